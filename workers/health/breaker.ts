// Tells how every call went, and lets the one that tries a target that was down find out even when nobody waits for it.
import type { Batch, ModelEvent } from '../../shared/event.ts'
import { Failed, failureOf } from '../../shared/failure.ts'
import type { Target } from '../../shared/plan.ts'
import { type Answer, type Cx, healthKey, type Layer, type Service } from '../service.ts'
import type { Reports } from './board.ts'

export interface Watched {
  readonly target: Target
  readonly request: { readonly stream: boolean }
}

/** A try that nobody waits for is given up after this; on Cloudflare deferred work ends after 30 s. */
const OUTLIVE_MS = 20_000

export const breaker =
  <In extends Watched>(reports: Reports): Layer<In, Answer> =>
  (inner) => {
    const told = telling(reports, inner)
    return (call, cx) =>
      reports.begin(healthKey(call.target), cx) ? outliving(told, call, cx) : told(call, cx)
  }

const telling =
  <In extends Watched>(reports: Reports, inner: Service<In, Answer>): Service<In, Answer> =>
  async (call, cx) => {
    const key = healthKey(call.target)
    const { stream } = call.request
    const beganAt = cx.now()
    try {
      const answer = await inner(call, cx)
      const answeredAt = cx.now()
      reports.report(key, { kind: 'answered', beganAt, tookMs: answeredAt - beganAt, stream }, cx)
      const end = (last: Last): void => {
        if (last.type === 'error') return reports.report(key, { kind: 'cut', failure: last.failure }, cx)
        const usage = last.usage === undefined ? {} : { usage: last.usage }
        reports.report(
          key,
          { kind: 'finished', ...usage, ...(stream ? { streamMs: cx.now() - answeredAt } : {}) },
          cx,
        )
      }
      return { ...answer, batches: watch(answer.batches, end) }
    } catch (error) {
      const failure = failureOf(error)
      if (cx.signal.aborted) reports.report(key, { kind: 'left', waitedMs: cx.now() - beganAt, stream }, cx)
      else reports.report(key, { kind: 'failed', beganAt, failure }, cx)
      throw error
    }
  }

type Last = Extract<ModelEvent, { type: 'finish' | 'error' }>

/** Looks at the end of every batch while it passes. The reader is given the very promise of the source: nothing is waited for. */
function watch(
  batches: AsyncGenerator<Batch, void, undefined>,
  end: (last: Last) => void,
): AsyncGenerator<Batch, void, undefined> {
  const look = ({ value }: IteratorResult<Batch, void>): void => {
    const last = value?.at(-1)?.events.at(-1)
    if (last?.type === 'finish' || last?.type === 'error') end(last)
  }
  return {
    next: () => {
      const read = batches.next()
      void read.then(look, () => undefined)
      return read
    },
    return: () => batches.return(undefined),
    throw: (error) => batches.throw(error),
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/**
 * A call whose caller may leave before it has said a word: another target is quicker, and this one would never be seen
 * to be up again. It goes on until then, alone. Once it has answered it ends with its reader, as any.
 */
async function outliving<In>(inner: Service<In, Answer>, call: In, cx: Cx): Promise<Answer> {
  const own = new AbortController()
  const work = inner(call, { ...cx, signal: own.signal })
  const { promise: left, reject } = Promise.withResolvers<never>()
  const leave = (): void => reject(cx.signal.reason)
  const follow = (): void => own.abort(cx.signal.reason)
  if (cx.signal.aborted) leave()
  else cx.signal.addEventListener('abort', leave, { once: true })
  try {
    const answer = await Promise.race([work, left])
    cx.signal.addEventListener('abort', follow, { once: true })
    return answer
  } catch (error) {
    if (cx.signal.aborted) cx.defer(hearOut(work, own))
    throw error
  } finally {
    cx.signal.removeEventListener('abort', leave)
  }
}

async function hearOut(work: Promise<Answer>, own: AbortController): Promise<void> {
  const timer = setTimeout(() => own.abort(new Failed({ kind: 'cancelled' })), OUTLIVE_MS)
  try {
    const answer = await work
    void answer.batches.return(undefined)
    own.abort(new Failed({ kind: 'cancelled' }))
  } catch {
    // its failure has been reported, and there is nobody to tell it to
  } finally {
    clearTimeout(timer)
  }
}
