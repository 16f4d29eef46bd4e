// The isolate's side: at once when idle, in batches under load, the same again when it was not taken.
import { describe, expect, it, vi } from 'vitest'
import { type HandOver, rowsOf } from '../../../../workers/telemetry/letter.ts'
import { openLog } from '../../../../workers/telemetry/log.ts'
import { openTelemetry } from '../../../../workers/telemetry/handover.ts'
import type { Cx } from '../../../../workers/service.ts'
import { outcomeWith } from './outbox-rows.ts'

function stage(take: (handOver: HandOver) => Promise<void>) {
  const lines: string[] = []
  const deferred: Promise<unknown>[] = []
  const cx: Cx = {
    id: 'req',
    signal: new AbortController().signal,
    now: Date.now,
    defer: (task) => void deferred.push(task),
  }
  const log = openLog('off', (_, line) => void lines.push(line), Date.now)
  const telemetry = openTelemetry('isolate', { take }, log)
  return { lines, deferred, record: () => telemetry.record(outcomeWith(), cx) }
}

describe('handing over', () => {
  it('begins at once, and what comes meanwhile goes together', async () => {
    const taken: HandOver[] = []
    const gate = Promise.withResolvers<void>()
    const { record, deferred } = stage(async (handOver) => {
      taken.push(handOver)
      if (taken.length === 1) await gate.promise
    })
    for (let row = 0; row < 11; row += 1) record()
    expect(taken.map(({ count }) => count)).toEqual([1])
    gate.resolve()
    await Promise.all(deferred)
    expect(taken.map(({ number, count }) => [number, count])).toEqual([
      [1, 1],
      [2, 10],
    ])
    expect(deferred).toHaveLength(1)
    record()
    expect(taken.at(-1)).toMatchObject({ number: 3, count: 1 })
  })

  it('is repeated as it was, under its number, also by a later request', async () => {
    vi.useFakeTimers()
    try {
      const taken: HandOver[] = []
      let isAway = true
      const { record, deferred, lines } = stage(async (handOver) => {
        taken.push(handOver)
        if (isAway) throw new Error('gone')
      })
      record()
      await vi.advanceTimersByTimeAsync(10_000)
      await Promise.all(deferred)
      expect(taken).toHaveLength(5)
      isAway = false
      record()
      await Promise.all(deferred)
      expect(new Set(taken.slice(0, 6).map(({ number, rows }) => `${number} ${rows}`)).size).toBe(1)
      expect(taken.at(-1)).toMatchObject({ number: 2, count: 1 })
      expect(lines[0]).toContain('gone')
    } finally {
      vi.useRealTimers()
    }
  })

  it('is taken up by another request when the one that carried is not heard of', async () => {
    vi.useFakeTimers()
    try {
      const taken: HandOver[] = []
      const { record } = stage(async (handOver) => {
        taken.push(handOver)
        if (taken.length === 1) await new Promise(() => {}) // its request was ended
      })
      record()
      record()
      expect(taken).toHaveLength(1)
      await vi.advanceTimersByTimeAsync(21_000)
      record()
      await vi.advanceTimersByTimeAsync(0)
      expect(taken.map(({ number, count }) => [number, count])).toEqual([
        [1, 1],
        [1, 1],
        [2, 2],
      ])
    } finally {
      vi.useRealTimers()
    }
  })

  it('keeps twenty thousand rows while the outbox is away, then drops the oldest and says so', async () => {
    let isAway = true
    const rows: string[] = []
    const gate = Promise.withResolvers<void>()
    const { record, deferred, lines } = stage(async (handOver) => {
      if (isAway) await gate.promise
      rows.push(...rowsOf(handOver).map(([id]) => String(id)))
    })
    for (let row = 0; row < 20_011; row += 1) record()
    expect(lines.filter((line) => line.includes('dropped'))).toHaveLength(1)
    isAway = false
    gate.resolve()
    await Promise.all(deferred)
    expect(rows).toHaveLength(20_001) // the one on its way, and those that waited
    expect(new Set(rows).size).toBe(rows.length)
  })
})
