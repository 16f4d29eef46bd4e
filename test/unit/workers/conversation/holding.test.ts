// What of an answer is written down while it is said, and when its last word goes out.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Batch } from '../../../../shared/event.ts'
import { hold } from '../../../../workers/conversation/holding.ts'
import type { Fate } from '../../../../workers/service.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

const word = (text: string, index = 0): Batch => [{ events: [{ type: 'text-delta', index, text }] }]
const end: Batch = [{ events: [{ type: 'finish', reason: 'stop' }] }]

/** An answer that is said as it is told to be, and what comes of it, with the time. */
function open(hear: (heard: { from: number; text: string }) => Promise<void> = () => Promise.resolve()) {
  const { promise: kept, resolve: keep } = Promise.withResolvers<Fate>()
  const said: { at: number; batch: Batch }[] = []
  const written: [number, number, string][] = []
  const queue: Batch[] = []
  let wake = (): void => undefined
  async function* answer(): AsyncGenerator<Batch, void, undefined> {
    for (;;) {
      const next = queue.shift()
      if (next !== undefined) yield next
      else await new Promise<void>((resolve) => (wake = resolve))
      if (next === end) return
    }
  }
  const all = (async () => {
    const hearing = (heard: { from: number; text: string }): Promise<void> => {
      written.push([Date.now(), heard.from, heard.text])
      return hear(heard)
    }
    for await (const batch of hold(answer(), { hear: hearing, kept })) said.push({ at: Date.now(), batch })
  })()
  return {
    said,
    written,
    keep,
    all,
    async say(batch: Batch, ms = 0): Promise<void> {
      queue.push(batch)
      wake()
      await vi.advanceTimersByTimeAsync(ms)
    },
  }
}

describe('the last word', () => {
  it('waits until the turn is kept, and nothing before it does', async () => {
    const { said, say, keep, all } = open()
    await say([...word('a'), ...end], 3_000)
    expect(said).toEqual([{ at: 0, batch: word('a') }])
    keep('kept')
    await say(end)
    await all
    expect(said.slice(1)).toEqual([
      { at: 3_000, batch: end },
      { at: 3_000, batch: end },
    ])
  })

  it('says so where that is not known in time, and only then', async () => {
    for (const [kept, expected] of [
      ['late', false],
      ['none', undefined],
      ['erased', undefined],
    ] as const) {
      const { said, say, keep, all } = open()
      await say(end, 5_000)
      keep(kept)
      await all
      expect([kept, said[0]?.batch[0]?.events[0]]).toEqual([
        kept,
        { type: 'finish', reason: 'stop', ...(expected === undefined ? {} : { kept: expected }) },
      ])
    }
  })
})

describe('what is heard', () => {
  it('of a short answer is not written down before its end', async () => {
    const { written, say, keep, all } = open()
    await say(word('one '), 100)
    await say(word('two'), 100)
    keep('kept')
    await say(end, 10_000)
    await all
    expect(written).toEqual([])
  })

  it('of a longer one is, soon and then now and then, the first choice only', async () => {
    const { written, say } = open()
    for (let at = 0; at < 50; at += 1) {
      await say(word(`${at} `), 50)
      await say(word('other', 1), 50)
    }
    expect(written.map(([at]) => at)).toEqual([250, 2_300, 4_300])
    const whole = Array.from({ length: 50 }, (_, at) => `${at} `).join('')
    const text = written.map((piece) => piece[2]).join('')
    expect(whole.startsWith(text)).toBe(true)
    expect(text.length).toBeGreaterThan(100)
    expect(written.map(([, from]) => from)).toEqual([0, 6, (written[1]?.[2].length ?? 0) + 6])
  })

  it('is said again with the next words where it could not be written', async () => {
    let failures = 1
    const { written, say } = open(() =>
      (failures -= 1) >= 0 ? Promise.reject(new Error('full')) : Promise.resolve(),
    )
    await say(word('one '), 300)
    await say(word('two'), 3_000)
    expect(written).toEqual([
      [250, 0, 'one '],
      [2_250, 0, 'one two'],
    ])
  })
})
