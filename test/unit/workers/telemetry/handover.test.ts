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
  const telemetry = openTelemetry('isolate', { take }, log, (text) => text)
  return { lines, deferred, record: () => telemetry.record(outcomeWith(), cx) }
}

describe('handing over', () => {
  it('begins at once; what comes meanwhile goes together a moment later, whether or not there is an answer', async () => {
    vi.useFakeTimers()
    try {
      const taken: HandOver[] = []
      const gate = Promise.withResolvers<void>()
      const { record, deferred } = stage(async (handOver) => {
        taken.push(handOver)
        if (taken.length < 3) await gate.promise
      })
      const shown = (): unknown => taken.map(({ number, count }) => [number, count])
      record()
      expect(shown()).toEqual([[1, 1]])
      for (let row = 0; row < 5; row += 1) record()
      await vi.advanceTimersByTimeAsync(30)
      record()
      expect(shown()).toEqual([[1, 1]])
      await vi.advanceTimersByTimeAsync(11)
      expect(shown()).toEqual([
        [1, 1],
        [2, 6],
      ])
      gate.resolve()
      await Promise.all(deferred)
      record()
      await vi.advanceTimersByTimeAsync(0)
      expect(taken.at(-1)).toMatchObject({ number: 3, count: 1 })
    } finally {
      vi.useRealTimers()
    }
  })

  it('has eight on their way at most, and goes on with what waits when the oldest is taken', async () => {
    vi.useFakeTimers()
    try {
      const taken: HandOver[] = []
      const gates = Array.from({ length: 12 }, () => Promise.withResolvers<void>())
      const { record } = stage(async (handOver) => {
        taken.push(handOver)
        await gates[handOver.number]?.promise
      })
      for (let round = 0; round < 20; round += 1) {
        record()
        await vi.advanceTimersByTimeAsync(50)
      }
      expect(taken.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
      gates[2]?.resolve() // not the oldest
      await vi.advanceTimersByTimeAsync(50)
      expect(taken).toHaveLength(8)
      gates[1]?.resolve()
      await vi.advanceTimersByTimeAsync(50)
      expect(taken.slice(8).map(({ number, count }) => [number, count])).toEqual([[9, 12]])
    } finally {
      vi.useRealTimers()
    }
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
      await vi.advanceTimersByTimeAsync(100)
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
      await vi.advanceTimersByTimeAsync(0)
      record()
      await vi.advanceTimersByTimeAsync(21_000)
      record()
      await vi.advanceTimersByTimeAsync(50)
      expect(taken.map(({ number, count }) => [number, count])).toEqual([
        [1, 1],
        [2, 1],
        [1, 1],
        [3, 1],
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
    record()
    await Promise.resolve()
    for (let row = 0; row < 20_010; row += 1) record()
    expect(lines.filter((line) => line.includes('dropped'))).toHaveLength(1)
    isAway = false
    gate.resolve()
    await Promise.all(deferred)
    expect(rows).toHaveLength(20_001) // the one on its way, and those that waited
    expect(new Set(rows).size).toBe(rows.length)
  })
})
