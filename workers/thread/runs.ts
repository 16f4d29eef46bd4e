// What a thread answers in the background: begun once, followed, stopped, and written down however it ended.
import { Failed } from '../../shared/failure.ts'
import type { Fields } from '../../shared/fields.ts'
import { persist } from '../insist.ts'
import type { Journal, Tape } from '../journal/journal.ts'
import { cancelled, isUnfinished } from './closing.ts'
import type { Keeper } from './keeper.ts'
import type { Kept } from './lineage.ts'
import { responseIn } from './recalled.ts'

/** Answers a question in the background; resolves with the Response, however it ended. `say` is given its events. */
export type AnswerTask = (task: string, signal: AbortSignal, say: (text: string) => void) => Promise<string>

export interface Runs {
  /** Resolves when it is over. `keepMs`: how long its events are kept, for a stream. */
  run(kept: Kept, keepMs: number | null): Promise<void>
  /** The Response as it has come by now, which is no more worked on. */
  cancel(kept: Kept): void
  stop(id: string): void
  /** What runs by the tables and does not was lost with its isolate; from now on they say so. */
  check(kept: Kept): void
}

/**
 * A run in the background ends by then. What is pending keeps the object awake, without a client too:
 * https://developers.cloudflare.com/changelog/post/2026-10-01-pending-io-keep-alive/
 */
const RUN_MS = 14 * 60_000

/** Its end is tried to be written down for so long. */
const TRYING_MS = 60_000

const TOO_LONG = new Failed({ kind: 'malformed', reason: 'it is longer than what is kept of a stream' })

export interface Running {
  readonly keeper: Keeper
  readonly journal: Journal
  readonly answer: AnswerTask
  readonly change: (work: () => void) => void
}

export function openRuns({ keeper, journal, answer, change }: Running): Runs {
  const running = new Map<string, AbortController>()

  const tapeOf = (id: string, keepMs: number): Tape =>
    journal.begin({ id, head: '', unit: 'events', until: Date.now() + RUN_MS + keepMs })

  const begin = (kept: Kept): void => {
    try {
      change(() => keeper.change(kept, { ...keeper.response(kept.id), status: 'in_progress' }, Date.now()))
    } catch {
      // it says that it waits until its end can be written
    }
  }

  const finish = (id: string, response: Fields): void => {
    const now = keeper.find(id)
    if (now === undefined) return
    if (response['status'] === undefined) keeper.lose(now)
    // Cancelled while it ran: what had come of it by then is kept.
    else if (now.status === 'cancelled')
      keeper.change(now, cancelled({ ...response, status: 'in_progress' }), Date.now())
    else keeper.change(now, response, Date.now())
  }

  const stop = (id: string): void => running.get(id)?.abort(new Failed({ kind: 'cancelled' }))

  return {
    async run(kept, keepMs) {
      const { id } = kept
      const controller = new AbortController()
      const late = new Failed({ kind: 'timeout', phase: 'total', limitMs: RUN_MS })
      const timer = setTimeout(() => controller.abort(late), RUN_MS)
      const task = keeper.task(id)
      running.set(id, controller)
      begin(kept)
      const tape = keepMs === null ? undefined : tapeOf(id, keepMs)
      const say = (text: string): void => {
        if (tape?.append(text) === false) controller.abort(TOO_LONG)
      }
      const response = responseIn(await answer(task, controller.signal, say).catch(() => '')) // a run that ends without a word is lost
      if (response['status'] === undefined) tape?.lose()
      else tape?.end({ head: '', until: Date.now() + (keepMs ?? 0) })
      clearTimeout(timer)
      await persist(async () => change(() => finish(id, response)), TRYING_MS, Date.now).finally(() =>
        running.delete(id),
      )
    },
    cancel(kept) {
      if (!isUnfinished(keeper.find(kept.id)?.status ?? '')) return
      stop(kept.id)
      keeper.change(kept, cancelled(keeper.response(kept.id)), Date.now())
    },
    stop,
    check({ id }) {
      const now = keeper.find(id) // it may have ended while it was waited for
      if (now !== undefined && isUnfinished(now.status) && !running.has(id)) keeper.lose(now)
    },
  }
}
