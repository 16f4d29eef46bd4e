// Trying targets: in order, in time, bounded, with every attempt written down.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Failed, type Failure, failureOf } from '../../../../shared/failure.ts'
import type { Plan } from '../../../../shared/plan.ts'
import type { Call } from '../../../../workers/attempt/deadline.ts'
import { race, type Raced } from '../../../../workers/attempt/race.ts'
import type { Answer, Cx, Pay, Service } from '../../../../workers/service.ts'
import { answerOf, batchesOf, cxAt, piece, planOf, requestFor, say, type TestCx } from '../../samples.ts'

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

type Move = 'answers' | 'hangs' | Failure
interface Begun {
  readonly target: string
  readonly at: number
  readonly escalate: boolean
  readonly signal: AbortSignal
  returned: boolean
}

/** A provider of given moves per target, each after a delay; the last move repeats. */
function field(moves: Readonly<Record<string, readonly (readonly [afterMs: number, move: Move])[]>>) {
  const begun: Begun[] = []
  const counts = new Map<string, number>()
  const call: Service<Call, Answer> = ({ target, escalate }, cx: Cx) => {
    const turn = counts.get(target.name) ?? 0
    counts.set(target.name, turn + 1)
    const [afterMs, move] = moves[target.name]?.[turn] ?? moves[target.name]?.at(-1) ?? [0, 'hangs']
    const entry: Begun = {
      target: target.name,
      at: Date.now() - 1_000_000,
      escalate,
      signal: cx.signal,
      returned: false,
    }
    begun.push(entry)
    const batches = batchesOf([piece(say(target.name))])
    const answer = answerOf(
      target,
      Object.assign(batches, {
        return: () => Promise.resolve({ done: true, value: void (entry.returned = true) } as const),
      }),
    )
    return new Promise((resolve, reject) => {
      cx.signal.addEventListener('abort', () => reject(cx.signal.reason))
      if (move === 'hangs') return
      setTimeout(() => (move === 'answers' ? resolve(answer) : reject(new Failed(move))), afterMs)
    })
  }
  return { call, begun }
}

const overloaded: Failure = { kind: 'overloaded', status: 503 }
const OVER: Failure = { kind: 'over-budget', unit: 'usd', code: 'insufficient_quota', message: 'No.' }
const limited = (retryAfterMs?: number): Failure => ({
  kind: 'rate-limited',
  status: 429,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
})

interface Ran {
  readonly raced: Raced
  readonly begun: readonly Begun[]
  readonly tookMs: number
}

async function run(
  moves: Parameters<typeof field>[0],
  over: Partial<Plan> = {},
  act?: (cx: TestCx) => void,
): Promise<Ran> {
  const { call, begun } = field(moves)
  const cx = cxAt()
  act?.(cx)
  const work = race(call)({ request: requestFor('Hi'), plan: planOf(Object.keys(moves), over) }, cx)
  const ended: Raced[] = []
  void work.then((result) => ended.push(result))
  for (let ms = 0; ms < 120_000 && ended.length === 0; ms += 5) await vi.advanceTimersByTimeAsync(5)
  const tookMs = Date.now() - 1_000_000
  const [raced] = ended
  if (raced === undefined) throw new Error('the race did not end within two minutes')
  await vi.advanceTimersByTimeAsync(60_000)
  return { raced, begun, tookMs }
}

const winner = ({ raced }: Ran) => (raced.ok ? raced.answer.target.name : undefined)
const names = ({ begun }: Ran) => begun.map(({ target }) => target)

describe('one target', () => {
  it('that answers is asked once', async () => {
    const ran = await run({ a: [[10, 'answers']] })
    expect([winner(ran), names(ran)]).toEqual(['a', ['a']])
    expect(ran.raced.attempts).toMatchObject([{ target: 'a', end: 'answered' }])
  })

  it('that fails with 503 once is tried once more, after a pause of at most 200 ms', async () => {
    const ran = await run({
      a: [
        [10, overloaded],
        [10, 'answers'],
      ],
    })
    expect(winner(ran)).toBe('a')
    expect((ran.begun[1]?.at ?? 0) - 10).toBeLessThanOrEqual(205)
    expect(ran.raced.attempts.map(({ end }) => end)).toEqual(['overloaded', 'answered'])
  })

  it('that cannot be reached, or sends rubbish, is tried once more', async () => {
    for (const failure of [
      { kind: 'unreachable', reason: 'reset' },
      { kind: 'malformed', reason: 'empty' },
    ] as const) {
      expect(
        names(
          await run({
            a: [
              [0, failure],
              [0, 'answers'],
            ],
          }),
        ),
      ).toEqual(['a', 'a'])
    }
  })

  it('that limits its rate is tried again when it said, where there is no other', async () => {
    const ran = await run({
      a: [
        [0, limited(2_000)],
        [0, 'answers'],
      ],
    })
    expect(winner(ran)).toBe('a')
    expect(ran.begun[1]?.at).toBeGreaterThanOrEqual(2_000)
    expect(ran.begun[1]?.at).toBeLessThan(2_100)
  })

  it('that asks for a minute is not waited for', async () => {
    const ran = await run({
      a: [
        [0, limited(60_000)],
        [0, 'answers'],
      ],
    })
    expect(ran.raced).toMatchObject({
      ok: false,
      failure: { kind: 'exhausted', last: { kind: 'rate-limited', retryAfterMs: 60_000 } },
    })
    expect(names(ran)).toEqual(['a'])
  })

  it('is tried as often as configured, no more', async () => {
    expect(names(await run({ a: [[0, overloaded]] }, { retries: { sameTarget: 0, total: 4 } }))).toEqual([
      'a',
    ])
    expect(
      names(await run({ a: [[0, overloaded]] }, { retries: { sameTarget: 3, total: 16 } })),
    ).toHaveLength(4)
    expect(names(await run({ a: [[0, overloaded]] }, { retries: { sameTarget: 5, total: 2 } }))).toHaveLength(
      2,
    )
  })
})

describe('several targets', () => {
  it('are tried in order, each after the failure of the one before', async () => {
    const ran = await run(
      { a: [[10, overloaded]], b: [[10, overloaded]], c: [[10, 'answers']] },
      { retries: { sameTarget: 0, total: 4 } },
    )
    expect([winner(ran), names(ran)]).toEqual(['c', ['a', 'b', 'c']])
    expect(ran.begun.map(({ escalate }) => escalate)).toEqual([true, true, false])
  })

  it('may not decline on the last attempt of the total, whoever stands behind them', async () => {
    const ran = await run(
      { a: [[10, overloaded]], b: [[10, 'answers']], c: [[10, 'answers']] },
      { retries: { sameTarget: 0, total: 2 } },
    )
    expect(ran.begun.map(({ escalate }) => escalate)).toEqual([true, false])
  })

  it('include the same one again before the next', async () => {
    expect(names(await run({ a: [[0, overloaded]], b: [[0, 'answers']] }))).toEqual(['a', 'a', 'b'])
  })

  for (const failure of [
    limited(),
    limited(2_000),
    { kind: 'credentials', status: 401 },
    { kind: 'timeout', phase: 'head', limitMs: 5 },
    { kind: 'context-length', status: 400, message: 'long' },
    { kind: 'unsure', message: 'hm' },
  ] as const) {
    it(`go straight on after ${JSON.stringify(failure)}`, async () => {
      const ran = await run({ a: [[0, failure]], b: [[0, 'answers']] })
      expect([winner(ran), names(ran)]).toEqual(['b', ['a', 'b']])
      expect(ran.tookMs).toBeLessThan(100)
    })
  }

  it('wait a little for one that asked for little', async () => {
    const ran = await run({
      a: [
        [0, { ...overloaded, retryAfterMs: 800 }],
        [0, 'answers'],
      ],
      b: [[0, 'answers']],
    })
    expect(names(ran)).toEqual(['a', 'a'])
    expect(ran.begun[1]?.at).toBeGreaterThanOrEqual(800)
  })

  it('do not wait for one that asked for more than a second', async () => {
    expect(
      names(await run({ a: [[0, { ...overloaded, retryAfterMs: 1_500 }]], b: [[0, 'answers']] })),
    ).toEqual(['a', 'b'])
  })

  const never: readonly Failure[] = [
    { kind: 'rejected', status: 400, message: 'no' },
    { kind: 'refused', status: 400, message: 'no' },
    { kind: 'internal', message: 'oops' },
  ]
  for (const failure of never) {
    it(`are not tried after ${failure.kind}: nobody else would say otherwise`, async () => {
      const ran = await run({ a: [[0, failure]], b: [[0, 'answers']] })
      expect(ran.raced).toMatchObject({ ok: false, failure })
      expect(names(ran)).toEqual(['a'])
    })
  }

  it('that all fail are exhausted, naming every attempt', async () => {
    const ran = await run({ a: [[10, overloaded]], b: [[20, { kind: 'unreachable', reason: 'reset' }]] })
    expect(ran.raced).toMatchObject({
      ok: false,
      failure: {
        kind: 'exhausted',
        last: { kind: 'unreachable' },
        attempts: [
          { target: 'a', status: 503, reason: 'overloaded', durationMs: 10 },
          { target: 'a', status: 503 },
          { target: 'b', reason: 'unreachable', durationMs: 20 },
          { target: 'b' },
        ],
      },
    })
    expect(ran.raced.attempts).toHaveLength(4)
  })

  it('that are all too small say so as the provider did', async () => {
    const failure: Failure = { kind: 'context-length', status: 400, message: 'long' }
    expect((await run({ a: [[0, failure]], b: [[0, failure]] })).raced).toMatchObject({ ok: false, failure })
  })

  it('are never asked more than the total, however many there are', async () => {
    const ran = await run(
      { a: [[0, overloaded]], b: [[0, overloaded]], c: [[0, overloaded]], d: [[0, overloaded]] },
      { retries: { sameTarget: 2, total: 5 } },
    )
    expect(ran.begun).toHaveLength(5)
    expect(ran.raced.ok).toBe(false)
  })
})

describe('a hedge', () => {
  const hedgeAfterMs = 50

  it('starts the next target when the current one keeps us waiting; the first answer wins, the loser is cancelled', async () => {
    const ran = await run({ a: [[0, 'hangs']], b: [[10, 'answers']] }, { hedgeAfterMs })
    expect(winner(ran)).toBe('b')
    expect(ran.begun.map(({ at }) => at)).toEqual([0, 50])
    expect(ran.begun[0]?.signal.aborted).toBe(true)
    expect(failureOf(ran.begun[0]?.signal.reason)).toEqual({ kind: 'cancelled' })
    expect(ran.begun[1]?.signal.aborted).toBe(false)
    expect(ran.raced.attempts.map(({ end }) => end)).toEqual(['lost', 'answered'])
  })

  it('is not started when the answer comes in time', async () => {
    expect(names(await run({ a: [[40, 'answers']], b: [[0, 'answers']] }, { hedgeAfterMs }))).toEqual(['a'])
  })

  it('leaves the first one running, which may still win', async () => {
    const ran = await run({ a: [[60, 'answers']], b: [[500, 'answers']] }, { hedgeAfterMs })
    expect([winner(ran), names(ran)]).toEqual(['a', ['a', 'b']])
    expect(ran.begun[1]?.signal.aborted).toBe(true)
  })

  it('whose answer comes too late is put away unread', async () => {
    const { call, begun } = field({ a: [[50, 'answers']], b: [[0, 'answers']] })
    const deaf: Service<Call, Answer> = (given, cx) =>
      call(given, given.target.name === 'a' ? { ...cx, signal: new AbortController().signal } : cx)
    const work = race(deaf)(
      { request: requestFor('Hi'), plan: planOf(['a', 'b'], { hedgeAfterMs: 10 }) },
      cxAt(),
    )
    await vi.advanceTimersByTimeAsync(20)
    const raced = await work
    expect(raced).toMatchObject({ ok: true, answer: { target: { name: 'b' } } })
    await vi.advanceTimersByTimeAsync(100)
    expect(begun.map(({ target, returned }) => [target, returned])).toEqual([
      ['a', true],
      ['b', false],
    ])
  })

  it('goes through all targets while nobody answers', async () => {
    const ran = await run({ a: [[0, 'hangs']], b: [[0, 'hangs']], c: [[5, 'answers']] }, { hedgeAfterMs })
    expect(ran.begun.map(({ at }) => at)).toEqual([0, 50, 100])
    expect(winner(ran)).toBe('c')
  })

  it('does not keep a failure from starting the next at once', async () => {
    const ran = await run(
      { a: [[5, { kind: 'credentials', status: 401 }]], b: [[5, 'answers']] },
      { hedgeAfterMs },
    )
    expect(ran.begun.map(({ at }) => at)).toEqual([0, 5])
  })

  it('is asked for first, and what is refused once is not asked for again', async () => {
    const { call, begun } = field({ a: [[200, 'answers']], b: [[0, 'answers']] })
    const pay = vi.fn((): ReturnType<Pay> => Promise.resolve({ ok: false, failure: OVER }))
    const plan = planOf(['a', 'b'], { hedgeAfterMs })
    const work = race(call)({ request: requestFor('Hi'), plan, pay }, cxAt())
    await vi.advanceTimersByTimeAsync(300)
    expect((await work).ok).toBe(true)
    expect(begun.map(({ target }) => target)).toEqual(['a'])
    expect(pay).toHaveBeenCalledOnce()
  })

  it('that lost is said to have lost at once, before it has noticed', async () => {
    const { call } = field({ a: [[0, 'hangs']], b: [[10, 'answers']] })
    const deaf: Service<Call, Answer> = (given, cx) =>
      call(given, given.target.name === 'a' ? { ...cx, signal: new AbortController().signal } : cx)
    const work = race(deaf)({ request: requestFor('Hi'), plan: planOf(['a', 'b'], { hedgeAfterMs }) }, cxAt())
    await vi.advanceTimersByTimeAsync(100)
    expect((await work).attempts).toMatchObject([{ end: 'lost', durationMs: 60 }, { end: 'answered' }])
    expect(await work).toMatchObject({ position: 1 })
  })

  it('stays within the total, also when both sides try again at once', async () => {
    for (let turn = 0; turn < 20; turn += 1) {
      vi.setSystemTime(1_000_000)
      const ran = await run(
        { a: [[60, overloaded]], b: [[15, overloaded]] },
        { hedgeAfterMs, retries: { sameTarget: 3, total: 3 } },
      )
      expect(ran.begun.length).toBeLessThanOrEqual(3)
    }
  })
})

describe('a target behind another', () => {
  const plan = planOf(['a', 'b', 'c'])
  const asked = requestFor('Hi')
  const barred: Failure = { kind: 'credentials', status: 401 }
  const payFor = (names: readonly string[]): Pay =>
    vi.fn(({ name }) =>
      Promise.resolve(
        names.includes(name)
          ? { ok: true as const, request: { ...asked, limits: { maxOutput: 9 } } }
          : { ok: false as const, failure: OVER },
      ),
    )

  it('is asked what was paid for it, and those that nobody pays for are passed over', async () => {
    const { call, begun } = field({ a: [[5, barred]], c: [[5, 'answers']] })
    const pay = payFor(['c'])
    const work = race(call)({ request: asked, plan, pay }, cxAt())
    await vi.advanceTimersByTimeAsync(100)
    expect(await work).toMatchObject({ ok: true, request: { limits: { maxOutput: 9 } } })
    expect(begun.map(({ target }) => target)).toEqual(['a', 'c'])
    expect(vi.mocked(pay).mock.calls.map(([{ name }, isBeside]) => [name, isBeside])).toEqual([
      ['b', false],
      ['c', false],
    ])
  })

  it('that nobody pays for ends the request in that, with what was tried before', async () => {
    const { call } = field({ a: [[5, barred]] })
    const work = race(call)({ request: asked, plan, pay: payFor([]) }, cxAt())
    await vi.advanceTimersByTimeAsync(100)
    expect(await work).toMatchObject({
      ok: false,
      failure: { kind: 'over-budget', message: expect.stringMatching(/^No\. It was to go on to 'b'/) },
      attempts: [{ target: 'a', end: 'credentials' }],
    })
  })

  it('that is not paid for beside the first may be in place of it', async () => {
    const { call, begun } = field({ a: [[200, barred]], b: [[5, 'answers']] })
    const pay: Pay = (_, isBeside) =>
      Promise.resolve(isBeside ? { ok: false, failure: OVER } : { ok: true, request: asked })
    const hedged = planOf(['a', 'b'], { hedgeAfterMs: 60 })
    const work = race(call)({ request: asked, plan: hedged, pay }, cxAt())
    await vi.advanceTimersByTimeAsync(300)
    expect((await work).ok).toBe(true)
    expect(begun.map(({ target, at }) => [target, at])).toEqual([
      ['a', 0],
      ['b', 200],
    ])
  })
})

describe('a context that is too long', () => {
  const long: Failure = { kind: 'context-length', status: 400, message: 'long' }
  it('goes to a larger one, past those that read no more', async () => {
    const { call, begun } = field({ a: [[0, long]], b: [[0, 'answers']], c: [[0, 'answers']] })
    const plan = planOf(['a', 'b', 'c'])
    const windows = [8_000, 8_000, 32_000]
    const targets = plan.targets.map((one, at) => ({ ...one, contextWindow: windows[at] ?? 0 }))
    const work = race(call)({ request: requestFor('Hi'), plan: { ...plan, targets } }, cxAt())
    await vi.advanceTimersByTimeAsync(10)
    expect([(await work).ok, begun.map(({ target }) => target)]).toEqual([true, ['a', 'c']])
  })
})

describe('retries', () => {
  it('are not taken where the allowance of the target is spent', async () => {
    const { call, begun } = field({ a: [[0, overloaded]], b: [[0, 'answers']] })
    const asked: string[] = []
    const work = race(call, ({ name }) => (asked.push(name), false))(
      { request: requestFor('Hi'), plan: planOf(['a', 'b']) },
      cxAt(),
    )
    await vi.advanceTimersByTimeAsync(1_000)
    expect((await work).ok).toBe(true)
    expect([begun.map(({ target }) => target), asked]).toEqual([['a', 'b'], ['a']])
  })

  it('are not for a target whose recovery is being tried', async () => {
    expect(names(await run({ a: [[0, overloaded]], b: [[0, 'answers']] }, { probe: true }))).toEqual([
      'a',
      'b',
    ])
  })
})

describe('an answer whose vendor bills it whole', () => {
  const answering = async (billsCancelled: boolean) => {
    const { call, begun } = field({ a: [[0, 'answers']] })
    const plan = planOf(['a'])
    const targets = plan.targets.map((one) => (billsCancelled ? { ...one, billsCancelled } : one))
    const cx = cxAt()
    const work = race(call)({ request: requestFor('Hi'), plan: { ...plan, targets } }, cx)
    await vi.advanceTimersByTimeAsync(10)
    await work
    cx.abort(new Failed({ kind: 'cancelled' }))
    return begun[0]?.signal.aborted
  }
  it('goes on when the client leaves', async () => expect(await answering(true)).toBe(false))
  it('as no other does', async () => expect(await answering(false)).toBe(true))
})

describe('when nobody waits any more', () => {
  const cancelled = new Failed({ kind: 'cancelled' })

  it('the call is cancelled and nothing else is tried', async () => {
    const ran = await run(
      { a: [[0, 'hangs']], b: [[0, 'answers']] },
      {},
      (cx) => void setTimeout(() => cx.abort(cancelled), 30),
    )
    expect(ran.raced).toMatchObject({ ok: false, failure: { kind: 'cancelled' } })
    expect(names(ran)).toEqual(['a'])
    expect(ran.begun[0]?.signal.aborted).toBe(true)
  })

  it('a pause before a retry ends at once', async () => {
    const ran = await run(
      { a: [[0, limited(4_000)]] },
      {},
      (cx) => void setTimeout(() => cx.abort(cancelled), 30),
    )
    expect(ran.raced).toMatchObject({ ok: false, failure: { kind: 'cancelled' } })
    expect(ran.tookMs).toBeLessThan(50)
  })

  it('a total timeout is told as such', async () => {
    const late = new Failed({ kind: 'timeout', phase: 'total', limitMs: 30 })
    const ran = await run({ a: [[0, 'hangs']] }, {}, (cx) => void setTimeout(() => cx.abort(late), 30))
    expect(ran.raced).toMatchObject({ ok: false, failure: { kind: 'timeout', phase: 'total' } })
  })

  it('both sides of a hedge are cancelled', async () => {
    const ran = await run(
      { a: [[0, 'hangs']], b: [[0, 'hangs']] },
      { hedgeAfterMs: 10 },
      (cx) => void setTimeout(() => cx.abort(cancelled), 30),
    )
    expect(ran.begun.map(({ signal }) => signal.aborted)).toEqual([true, true])
  })
})
