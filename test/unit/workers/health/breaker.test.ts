// What the breaker tells of a call, and that it stands in nobody's way.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Batch, ModelEvent } from '../../../../shared/event.ts'
import { Failed, type Failure } from '../../../../shared/failure.ts'
import type { Reports } from '../../../../workers/health/board.ts'
import { breaker, type Watched } from '../../../../workers/health/breaker.ts'
import type { Result } from '../../../../workers/health/evidence.ts'
import type { Answer, Cx, Service } from '../../../../workers/service.ts'
import { answerOf, batchesOf, collect, cxAt, piece, say, STOP, target } from '../../samples.ts'

const NOW = 1_764_547_200_000
beforeEach(() => void vi.useFakeTimers({ now: NOW }))
afterEach(() => void vi.useRealTimers())

const call: Watched = { target: target('a'), request: { stream: true } }
const overloaded: Failure = { kind: 'overloaded', status: 503 }
const died: ModelEvent = { type: 'error', failure: { kind: 'unreachable', reason: 'reset' } }
const cancelled = new Failed({ kind: 'cancelled' })

interface Heard extends Reports {
  readonly results: { readonly key: string; readonly result: Result }[]
}
function listener(isProbe = false): Heard {
  const results: Heard['results'] = []
  return { results, begin: () => isProbe, report: (key, result) => void results.push({ key, result }) }
}
const cxNow = () => cxAt(() => Date.now())
const kinds = ({ results }: Heard) => results.map(({ result }) => result.kind)

/** Answers after a while unless it is aborted, or fails. */
const inner =
  (
    afterMs: number,
    batches: readonly Batch[],
    failure?: Failure,
    seen: Cx[] = [],
  ): Service<Watched, Answer> =>
  (_, cx) => {
    seen.push(cx)
    return new Promise((resolve, reject) => {
      cx.signal.addEventListener('abort', () => reject(cx.signal.reason))
      setTimeout(
        () =>
          failure === undefined
            ? resolve(answerOf(target('a'), batchesOf(...batches)))
            : reject(new Failed(failure)),
        afterMs,
      )
    })
  }

describe('a call', () => {
  it('that is answered is told with the time it took, and its stream with its end', async () => {
    const heard = listener()
    const cx = cxNow()
    const work = breaker(heard)(inner(250, [[piece(say('Hi'))], [piece(...STOP)]]))(call, cx)
    await vi.advanceTimersByTimeAsync(250)
    const answer = await work
    expect(heard.results).toEqual([
      {
        key: 'a-provider/a-model',
        result: { kind: 'answered', beganAt: NOW, tookMs: 250, stream: true },
      },
    ])
    expect(await collect(answer.batches)).toEqual([say('Hi'), ...STOP])
    expect(kinds(heard)).toEqual(['answered', 'finished'])
  })

  it('that ends is told with what it used and how long its stream took', async () => {
    const usage = { input: 1, cacheRead: 2, cacheWrite: 0, output: 50, reasoning: 0 }
    const finish: ModelEvent = { type: 'finish', reason: 'stop', usage }
    for (const stream of [true, false]) {
      const heard = listener()
      const work = breaker(heard)(inner(0, [[piece(say('Hi'))], [piece(finish)]]))(
        { ...call, request: { stream } },
        cxNow(),
      )
      await vi.advanceTimersByTimeAsync(0)
      const { batches } = await work
      await vi.advanceTimersByTimeAsync(700)
      await collect(batches)
      const streamMs = stream ? { streamMs: 700 } : {}
      expect(heard.results.at(-1)?.result).toEqual({ kind: 'finished', usage, ...streamMs })
    }
  })

  it('that fails is told with its failure, which is passed on', async () => {
    const heard = listener()
    const work = breaker(heard)(inner(20, [], overloaded))(call, cxNow()).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(20)
    expect(await work).toMatchObject({ failure: overloaded })
    expect(heard.results).toMatchObject([{ result: { kind: 'failed', beganAt: NOW, failure: overloaded } }])
  })

  it('whose stream dies is told as cut', async () => {
    const heard = listener()
    const work = breaker(heard)(inner(0, [[piece(say('Hi'))], [piece(say('x')), piece(died)]]))(call, cxNow())
    await vi.advanceTimersByTimeAsync(0)
    await collect((await work).batches)
    expect(heard.results.at(-1)?.result).toEqual({
      kind: 'cut',
      failure: { kind: 'unreachable', reason: 'reset' },
    })
  })

  it('that nobody waits for says only how long it was waited for', async () => {
    const heard = listener()
    const cx = cxNow()
    const work = breaker(heard)(inner(9_000, []))(call, cx).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(700)
    cx.abort(cancelled)
    expect(await work).toBe(cancelled)
    expect(heard.results.map(({ result }) => result)).toEqual([{ kind: 'left', waitedMs: 700, stream: true }])
  })

  it('whose reader leaves says nothing more', async () => {
    const heard = listener()
    const work = breaker(heard)(inner(0, [[piece(say('Hi'))], [piece(...STOP)]]))(call, cxNow())
    await vi.advanceTimersByTimeAsync(0)
    const { batches } = await work
    await batches.next()
    await batches.return(undefined)
    expect(await batches.next()).toEqual({ done: true, value: undefined })
    expect(kinds(heard)).toEqual(['answered'])
  })

  it('is read as if nobody looked: the reader gets the very promise of the source', async () => {
    const heard = listener()
    const source = batchesOf([piece(say('Hi'))], [piece(...STOP)])
    const next = vi.spyOn(source, 'next')
    const told = breaker(heard)(() => Promise.resolve(answerOf(target('a'), source)))
    const { batches } = await told(call, cxNow())
    const read = batches.next()
    expect(read).toBe(next.mock.results[0]?.value)
    expect(batches[Symbol.asyncIterator]()).toBe(batches)
    await read
  })
})

describe('a call that tries whether its target is up again', () => {
  it('and is answered in time is a call like any other', async () => {
    const heard = listener(true)
    const cx = cxNow()
    const seen: Cx[] = []
    const work = breaker(heard)(inner(50, [[piece(say('Hi'))], [piece(...STOP)]], undefined, seen))(call, cx)
    await vi.advanceTimersByTimeAsync(50)
    const answer = await work
    expect(kinds(heard)).toEqual(['answered'])
    expect(cx.deferred).toHaveLength(0)
    cx.abort(cancelled)
    expect(seen[0]?.signal.aborted).toBe(true)
    await answer.batches.return(undefined)
  })

  it('goes on when another target was quicker, until it has said a word, and is then hung up on', async () => {
    const heard = listener(true)
    const cx = cxNow()
    const seen: Cx[] = []
    const work = breaker(heard)(inner(3_000, [[piece(say('Hi'))]], undefined, seen))(call, cx).catch(
      (error: unknown) => error,
    )
    await vi.advanceTimersByTimeAsync(1_000)
    cx.abort(cancelled)
    expect(await work).toBe(cancelled)
    expect(seen[0]?.signal.aborted).toBe(false)
    expect(cx.deferred).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(2_000)
    await cx.deferred[0]
    expect(heard.results.map(({ result }) => result)).toEqual([
      { kind: 'answered', beganAt: NOW, tookMs: 3_000, stream: true },
    ])
    expect(seen[0]?.signal.aborted).toBe(true)
  })

  it('that fails after nobody waits any more is told all the same', async () => {
    const heard = listener(true)
    const cx = cxNow()
    const work = breaker(heard)(inner(3_000, [], overloaded))(call, cx).catch((error: unknown) => error)
    cx.abort(cancelled)
    expect(await work).toBe(cancelled)
    await vi.advanceTimersByTimeAsync(3_000)
    await cx.deferred[0]
    expect(kinds(heard)).toEqual(['failed'])
  })

  it('does not go on for ever', async () => {
    const heard = listener(true)
    const cx = cxNow()
    const seen: Cx[] = []
    const work = breaker(heard)(inner(600_000, [], undefined, seen))(call, cx).catch(
      (error: unknown) => error,
    )
    cx.abort(cancelled)
    await work
    await vi.advanceTimersByTimeAsync(20_000)
    await cx.deferred[0]
    expect(seen[0]?.signal.aborted).toBe(true)
    expect(kinds(heard)).toEqual(['left'])
  })

  it('of somebody who has left already fails at once', async () => {
    const heard = listener(true)
    const cx = cxNow()
    cx.abort(cancelled)
    const work = breaker(heard)(inner(5, [[piece(say('Hi'))]]))(call, cx).catch((error: unknown) => error)
    expect(await work).toBe(cancelled)
    await vi.advanceTimersByTimeAsync(5)
    await cx.deferred[0]
    expect(kinds(heard)).toEqual(['answered'])
  })
})
