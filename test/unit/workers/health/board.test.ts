// Isolates that share what they know of targets: at once on their own, together a moment later, and never on the path.
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Failure } from '../../../../shared/failure.ts'
import { type Board, openBoard } from '../../../../workers/health/board.ts'
import { lapsesAt, soundCircuit } from '../../../../workers/health/circuit.ts'
import { cxAt } from '../../samples.ts'
import { openMemory } from './object.ts'

const NOW = 1_764_547_200_000
const PROBE_MS = 10_000
/** Of an exchange; what one isolate does is known to another after two of them at most. */
const DELAY_MS = 10
const KEY = 'lab/a'
const SPARE = 'lab/b'
const overloaded: Failure = { kind: 'overloaded', status: 503 }
const unknown: Failure = { kind: 'rejected', status: 404, message: 'no such model' }
const cx = cxAt(() => Date.now())

beforeEach(() => void vi.useFakeTimers({ now: NOW }))
afterEach(() => void vi.useRealTimers())

const setup = (isolates = 2) => {
  const objects = openMemory(PROBE_MS, DELAY_MS)
  const configured = new Set([KEY, SPARE])
  const boards = Array.from({ length: isolates }, (_, at) =>
    openBoard({ objects, probeMs: PROBE_MS, configured, isolate: `isolate-${at}` }),
  )
  const [one, two] = boards
  if (one === undefined) throw new Error('there is at least one isolate')
  return { objects, boards, one, two: two ?? one }
}

const answers = (board: Board, key = KEY, tookMs = 100): void => {
  board.begin(key, cx)
  board.report(key, { kind: 'answered', beganAt: Date.now() - tookMs, tookMs, stream: true }, cx)
}
const fails = (board: Board, key = KEY, failure: Failure = overloaded): boolean => {
  const isProbe = board.begin(key, cx)
  board.report(key, { kind: 'failed', beganAt: Date.now(), failure }, cx)
  return isProbe
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const standing = (board: Board, key = KEY) => board.standing(key, Date.now())

describe('an isolate', () => {
  it('that is fresh takes every target for sound, asks once in the background, and then knows', async () => {
    const { objects, one, two } = setup()
    for (let call = 0; call < 3; call += 1) fails(one)
    await pass(50)
    expect(standing(two)).toBe('up')
    expect(objects.exchanges.filter(({ isolate }) => isolate === 'isolate-1')).toEqual([])
    two.begin(SPARE, cx) // any call of the same request
    await pass(50)
    expect(standing(two)).toBe('down')
  })

  it('judges at once by what it saw itself', () => {
    const { one } = setup()
    fails(one)
    fails(one)
    expect(standing(one)).toBe('up')
    fails(one)
    expect(standing(one)).toBe('down')
  })

  it('tells a change of the circuit at once, and the others hear of it with their next exchange', async () => {
    const { objects, one, two } = setup()
    answers(two)
    await pass(2_000)
    for (let call = 0; call < 10; call += 1) fails(one)
    await pass(20)
    expect(objects.conditions.get(KEY)?.circuit.state).toBe('open')
    answers(two, KEY, 0)
    await pass(2_000)
    // Its own answer came after the outage began, so the circuit has closed again for all.
    expect(objects.conditions.get(KEY)?.circuit.state).toBe('closed')
  })

  it('exchanges about once a second while a target is busy, and not at all while it rests', async () => {
    const { objects, one } = setup(1)
    for (let call = 0; call < 500; call += 1) {
      answers(one)
      await pass(20)
    }
    await pass(2_000)
    const { length } = objects.exchanges
    expect(length).toBeGreaterThanOrEqual(9)
    expect(length).toBeLessThanOrEqual(13)
    expect(objects.conditions.get(KEY)?.stream.samples).toBe(500)
    await pass(60_000)
    expect(objects.exchanges).toHaveLength(length)
  })

  it('never waits: everything it answers, it answers from memory', () => {
    const { one } = setup(1)
    expect(one.begin(KEY, cx)).toBe(false)
    expect(standing(one)).toBe('up')
    expect(one.p95Ms(KEY, true)).toBeUndefined()
  })

  it('does not make objects for names that nothing has answered to', async () => {
    const { objects, one } = setup(1)
    for (let at = 0; at < 50; at += 1) fails(one, `lab/made-up-${at}`, unknown)
    await pass(5_000)
    expect(objects.exchanges).toEqual([])
    expect(one.seen()).toEqual([])
    answers(one, 'lab/real')
    await pass(5_000)
    expect(objects.conditions.has('lab/real')).toBe(true)
    expect(one.seen()).toEqual(['lab/real'])
  })

  it('remembers a bounded number of targets, those of the configuration first', () => {
    const { one } = setup(1)
    fails(one)
    for (let at = 0; at < 5_000; at += 1) answers(one, `lab/made-up-${at}`)
    expect(one.seen().length).toBeLessThanOrEqual(1_000)
    expect(one.condition(KEY)).toBeDefined()
    expect(one.condition('lab/made-up-4999')).toBeDefined()
    expect(one.condition('lab/made-up-0')).toBeUndefined()
  })
})

describe('the try of an interval', () => {
  it('belongs to one isolate, and to one request of it', async () => {
    const { one, two } = setup()
    for (let call = 0; call < 3; call += 1) fails(one)
    await pass(50)
    two.begin(SPARE, cx)
    standing(two)
    two.begin(SPARE, cx)
    await pass(PROBE_MS)
    expect([standing(one), standing(two)]).toEqual(['due', 'down'])
    expect(two.claimProbe(KEY, Date.now())).toBe(false)
    expect(one.claimProbe(KEY, Date.now())).toBe(true)
    expect(one.claimProbe(KEY, Date.now())).toBe(false)
    expect(one.begin(KEY, cx)).toBe(true)
    expect(one.begin(KEY, cx)).toBe(false)
  })

  it('closes the circuit for all when it is answered', async () => {
    const { one, two } = setup()
    for (let call = 0; call < 3; call += 1) fails(one)
    await pass(50)
    standing(two)
    two.begin(SPARE, cx)
    await pass(PROBE_MS)
    expect(standing(two)).toBe('down')
    one.claimProbe(KEY, Date.now())
    answers(one, KEY, 0)
    expect(standing(one)).toBe('up')
    await pass(1_000)
    standing(two)
    two.begin(SPARE, cx)
    await pass(50)
    expect(standing(two)).toBe('up')
  })

  it('goes to another isolate when its holder is gone', async () => {
    const { one, two } = setup()
    for (let call = 0; call < 3; call += 1) fails(one)
    await pass(PROBE_MS + 2_500)
    for (let turn = 0; turn < 2; turn += 1) {
      standing(two)
      two.begin(SPARE, cx)
      await pass(1_100)
    }
    expect(standing(two)).toBe('due')
  })

  it("is nobody's any more once a request has taken it and another isolate looks", async () => {
    const { one, two } = setup()
    for (let call = 0; call < 3; call += 1) fails(one)
    await pass(PROBE_MS + 100)
    expect(one.claimProbe(KEY, Date.now())).toBe(true)
    one.begin(KEY, cx) // it hangs
    await pass(50)
    for (let turn = 0; turn < 4; turn += 1) {
      standing(two)
      two.begin(SPARE, cx)
      await pass(2_000)
      expect(standing(two)).toBe('down')
    }
  })
})

describe('without the object', () => {
  it('an isolate opens, tries and closes by itself', async () => {
    const { objects, one } = setup(1)
    objects.reachable = false
    for (let call = 0; call < 3; call += 1) fails(one)
    await pass(50)
    expect(standing(one)).toBe('down')
    await pass(PROBE_MS)
    expect(standing(one)).toBe('due')
    expect(one.claimProbe(KEY, Date.now())).toBe(true)
    answers(one, KEY, 0)
    expect(standing(one)).toBe('up')
  })

  it("the try that it would have given away is anybody's", async () => {
    const { objects, one, two } = setup()
    for (let call = 0; call < 3; call += 1) fails(one)
    await pass(50)
    two.begin(KEY, cx)
    await pass(50)
    await pass(PROBE_MS)
    expect(standing(two)).toBe('down')
    objects.reachable = false
    two.begin(SPARE, cx)
    await pass(50)
    expect(standing(two)).toBe('due')
  })

  it('reports are kept and told later, once', async () => {
    const { objects, one } = setup(1)
    objects.reachable = false
    for (let call = 0; call < 200; call += 1) {
      answers(one)
      await pass(50)
    }
    expect(objects.conditions.has(KEY)).toBe(false)
    objects.reachable = true
    answers(one)
    await pass(3_000)
    expect(objects.conditions.get(KEY)?.stream.samples).toBe(201)
    // It is asked about once a second, however much there is to tell.
    expect(objects.exchanges.length).toBeLessThan(20)
  })

  it('an exchange that died with its request is made up for by another', async () => {
    const { objects, one } = setup(1)
    const { exchange } = objects
    objects.exchange = () => new Promise(() => undefined)
    answers(one)
    await pass(1_000)
    objects.exchange = exchange
    answers(one)
    await pass(20_000)
    expect(objects.conditions.has(KEY)).toBe(false)
    await pass(20_000)
    answers(one)
    await pass(3_000)
    expect(objects.conditions.get(KEY)?.stream.samples).toBe(3)
  })
})

describe('latency', () => {
  it('is shared, and known after twenty answers', async () => {
    const { one, two } = setup()
    for (let call = 0; call < 20; call += 1) answers(one, KEY, 400)
    expect(one.p95Ms(KEY, true)).toBeGreaterThan(380)
    expect(one.p95Ms(KEY, false)).toBeUndefined()
    await pass(1_500)
    two.begin(KEY, cx)
    await pass(50)
    expect(two.p95Ms(KEY, true)).toBeGreaterThan(380)
  })

  it('of a target that nobody waited for counts where it was longer than usual', () => {
    const { one } = setup(1)
    for (let call = 0; call < 20; call += 1) answers(one, KEY, 400)
    const samples = (): number | undefined => one.condition(KEY)?.stream.samples
    one.report(KEY, { kind: 'left', waitedMs: 50, stream: true }, cx)
    expect(samples()).toBe(20)
    for (let call = 0; call < 3; call += 1)
      one.report(KEY, { kind: 'left', waitedMs: 2_000, stream: true }, cx)
    expect(samples()).toBe(23)
    expect(one.p95Ms(KEY, true)).toBeGreaterThan(1_900)
    expect(standing(one)).toBe('up')
  })
})

describe('what calls use', () => {
  const usage = { input: 40, cacheRead: 60, cacheWrite: 0, output: 200, reasoning: 0 }
  const finishes = (board: Board): void => board.report(KEY, { kind: 'finished', usage, streamMs: 2_000 }, cx)

  it('is known at once, and shared with what is told next, without a word of its own', async () => {
    const { objects, one, two } = setup()
    expect(one.measured(KEY, true)).toBeUndefined()
    answers(one, KEY, 300)
    await pass(1_500)
    const told = objects.exchanges.length
    finishes(one)
    await pass(5_000)
    expect(objects.exchanges).toHaveLength(told)
    expect(one.measured(KEY, true)).toMatchObject({ tokensPerSecond: 100, use: { calls: 1, cacheRead: 60 } })
    answers(one, KEY, 300)
    await pass(1_500)
    two.begin(KEY, cx)
    await pass(50)
    expect(two.measured(KEY, true)).toMatchObject({ tokensPerSecond: 100, use: { calls: 1, output: 200 } })
  })

  it('does not close a circuit that streams have opened, nor open one', () => {
    const { one } = setup(1)
    for (let call = 0; call < 3; call += 1) fails(one)
    finishes(one)
    expect(standing(one)).toBe('down')
  })

  it('comes with how fast it is, apart for streams and whole replies', () => {
    const { one } = setup(1)
    for (let call = 0; call < 9; call += 1) answers(one, KEY, 400)
    expect(one.measured(KEY, true)?.p50Ms).toBeUndefined()
    answers(one, KEY, 400)
    expect(one.measured(KEY, true)?.p50Ms).toBeGreaterThan(380)
    expect(one.measured(KEY, true)?.p50Ms).toBeLessThan(420)
    expect(one.measured(KEY, false)?.p50Ms).toBeUndefined()
  })
})

describe('whatever happens', () => {
  const step = fc.record({
    isolate: fc.nat(2),
    waitMs: fc.constantFrom(0, 5, 200, 1_500, 6_000, 12_000),
    up: fc.boolean(),
    reachable: fc.constantFrom(true, true, true, false),
  })

  interface Try {
    readonly isolate: number
    readonly at: number
    /** It had let its try lie for so long that another may have been given it. */
    readonly isLate: boolean
  }

  it('of isolates that reach the object none tries twice within an interval, nor two that were in time, and all are up again in the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.boolean(), async (steps, isAlwaysReachable) => {
        const { objects, boards } = setup(3)
        let tries: Try[] = []
        /** As the planner and the layer do it: ask the target where it leads, else its spare. */
        const request = async (at: number, up: boolean): Promise<void> => {
          const board = boards[at % boards.length]
          if (board === undefined) return
          const now = Date.now()
          const seen = board.standing(KEY, now)
          const circuit = board.condition(KEY)?.circuit ?? soundCircuit
          const isProbe = seen === 'due' && board.claimProbe(KEY, now)
          if (isProbe && circuit.state !== 'closed')
            tries.push({
              isolate: at % boards.length,
              at: now,
              isLate: now >= lapsesAt(circuit) - 2 * DELAY_MS,
            })
          if (seen === 'down') return answers(board, SPARE, 0)
          expect(board.begin(KEY, cx)).toBe(isProbe)
          await pass(3)
          if (up) {
            board.report(KEY, { kind: 'answered', beganAt: now, tookMs: 3, stream: true }, cx)
            tries = []
          } else board.report(KEY, { kind: 'failed', beganAt: now, failure: overloaded }, cx)
        }
        for (const { isolate, waitMs, up, reachable } of steps) {
          objects.reachable = isAlwaysReachable || reachable
          await request(isolate, up)
          await pass(waitMs)
        }
        if (isAlwaysReachable)
          tries.forEach((one, index) => {
            for (const other of tries.slice(0, index))
              if (one.at - other.at < PROBE_MS * 0.9) {
                expect(one.isolate).not.toBe(other.isolate)
                expect(one.isLate || other.isLate).toBe(true)
              }
          })
        objects.reachable = true
        for (let turn = 0; turn < 60; turn += 1) {
          await request(turn, true)
          await pass(1_000)
        }
        expect(boards.map((board) => standing(board))).toEqual(['up', 'up', 'up'])
      }),
      { numRuns: 60 },
    )
  })
})
