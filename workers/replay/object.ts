// The object that answers a request in its client's place and keeps the answer: for a client that lost its connection,
// and for one that asks the same again.
import { DurableObject } from 'cloudflare:workers'
import { Failed } from '../../shared/failure.ts'
import type { Seal } from '../../shared/seal.ts'
import { END, type Journal, openJournal } from '../journal/journal.ts'
import type { Unit } from '../journal/log.ts'
import type { Caller } from '../service.ts'
import { isRepeatable, newTry } from './names.ts'
import { decide, type Head, readHead, RUN_MS, writeHead } from './runs.ts'

/** A request as its client sent it, but for its key. */
export interface Task {
  /** The name of the object, which is that of the stream unless there may be several. */
  readonly object: string
  /** Path, and what of the query says how the answer is to be written. */
  readonly address: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Verified. */
  readonly caller: Caller
  readonly requestId: string
  readonly fingerprint: string
  readonly unit: Unit
  /** How long it is kept from its end on; and how long where it ended in an error. */
  readonly keepMs: number
  readonly brokenMs: number
}

interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

export interface Told extends Reply {
  readonly ok: true
  /** It was not begun for this request. */
  readonly isReplay: boolean
  /** Ends with END where it is whole. */
  readonly body: ReadableStream<Uint8Array>
}

export type Answered =
  | Told
  | { readonly ok: false; readonly why: 'missing' | 'reused' | 'lost' | 'cancelled' }

/**
 * `cancelled`: it was running, and ends now. `over`: it had ended. `forestalled`: it has not come yet, and is refused
 * should it come now. Undefined where there is none of that name.
 */
export type Cancelled = 'cancelled' | 'over' | 'forestalled' | undefined

/** What a run is told by its object, and tells it. */
export interface Run {
  readonly stream: string
  readonly signal: AbortSignal
  /** The stream ends in an error. */
  readonly broke: () => void
}

/** How a run began: an answer, or a failure, which is told to those who wait and kept for nobody. */
type Begun =
  | { readonly kind: 'answer' }
  | ({ readonly kind: 'failure'; readonly text: string } & Reply)
  | { readonly kind: 'lost' }

interface Running {
  readonly begun: Promise<Begun>
  readonly controller: AbortController
}

/** A request that is overtaken by its own cancellation is no later than this. */
const OVERTAKEN_MS = 10_000

const tooLong = new Failed({ kind: 'malformed', reason: 'it is longer than what is kept of a stream' })

/** What is given of the house. */
export interface Surroundings {
  readonly seal: Seal
  /** Answers as the gateway would have. */
  readonly answer: (task: Task, run: Run) => Promise<Response>
}

export class ReplayObject extends DurableObject {
  private readonly answer: Surroundings['answer']
  private readonly journal: Journal
  private readonly running = new Map<string, Running>()
  private forestalledAt = Number.NEGATIVE_INFINITY // in memory: it only has to outlive a request's way here
  private alarmAt: number | undefined // as set since this object woke up

  constructor(state: DurableObjectState, bindings: Cloudflare.Env, surroundings: Surroundings) {
    super(state, bindings)
    this.answer = surroundings.answer
    this.journal = openJournal(state.storage.sql, surroundings.seal)
  }

  /** Answers, once, however often it is asked the same. */
  async ask(task: Task): Promise<Answered> {
    const found = this.journal.latest(Date.now())
    const decision = decide(found, task.fingerprint)
    if (decision === 'reused') return { ok: false, why: 'reused' }
    if (found !== undefined && decision === 'follow') return this.tell(found.id, 0, true)
    if (Date.now() - this.forestalledAt < OVERTAKEN_MS) return { ok: false, why: 'cancelled' }
    const id = isRepeatable(task.object) ? newTry(task.object) : task.object
    this.ctx.waitUntil(this.run(id, task))
    await this.schedule()
    return this.tell(id, 0, false)
  }

  /** The rest of a stream. */
  async resume(stream: string, address: string, afterEvent: number): Promise<Answered> {
    const kept = this.journal.find(stream, Date.now())
    if (kept === undefined || readHead(kept.head).address !== address) return { ok: false, why: 'missing' }
    return this.tell(stream, afterEvent, true)
  }

  /** Ends a stream, or without a name what runs here, for everybody. */
  async cancel(stream: string | undefined, address: string): Promise<Cancelled> {
    const now = Date.now()
    const kept = stream === undefined ? this.journal.latest(now) : this.journal.find(stream, now)
    if (kept !== undefined && readHead(kept.head).address !== address) return undefined
    const running = kept === undefined ? undefined : this.running.get(kept.id)
    if (running !== undefined) {
      running.controller.abort(new Failed({ kind: 'cancelled' }))
      return 'cancelled'
    }
    if (kept !== undefined) return 'over'
    if (stream !== undefined) return undefined
    this.forestalledAt = now
    return 'forestalled'
  }

  /** Forgets all that is kept here, and what still comes. */
  async erase(): Promise<void> {
    for (const kept of this.journal.all()) this.journal.remove(kept)
    this.alarmAt = undefined
    this.journal.reset()
    await this.ctx.storage.deleteAlarm()
    await this.ctx.storage.deleteAll()
  }

  override async alarm(): Promise<void> {
    this.alarmAt = undefined // it has rung
    await this.schedule()
  }

  private async tell(id: string, afterEvent: number, isReplay: boolean): Promise<Answered> {
    const begun = await this.running.get(id)?.begun
    if (begun?.kind === 'lost') return { ok: false, why: 'lost' }
    if (begun?.kind === 'failure') {
      const { status, headers, text } = begun
      return { ok: true, status, headers, isReplay: false, body: wholeOf(text) }
    }
    const kept = this.journal.find(id, Date.now())
    const { status, headers } = readHead(kept?.head ?? '')
    if (kept === undefined || status === 0) return { ok: false, why: 'missing' }
    return { ok: true, status, headers, isReplay, body: this.journal.follow(id, afterEvent) }
  }

  private async run(id: string, task: Task): Promise<void> {
    const { address, fingerprint, unit, keepMs, brokenMs } = task
    const { promise, resolve } = Promise.withResolvers<Begun>()
    const controller = new AbortController()
    this.running.set(id, { begun: promise, controller })
    let head: Head = { address, fingerprint, status: 0, headers: {}, isBroken: false }
    const tape = this.journal.begin({ id, head: writeHead(head), unit, until: Date.now() + RUN_MS + keepMs })
    const broke = (): void => void (head = { ...head, isBroken: true })
    try {
      const response = await this.answer(task, { stream: id, signal: controller.signal, broke })
      const { status } = response
      const headers = Object.fromEntries(response.headers)
      if (response.ok) {
        head = { ...head, status, headers }
        tape.setHead(writeHead(head))
        resolve({ kind: 'answer' })
        for await (const text of textsOf(response)) if (!tape.append(text)) controller.abort(tooLong)
        tape.end({ head: writeHead(head), until: Date.now() + (head.isBroken ? brokenMs : keepMs) })
      } else {
        resolve({ kind: 'failure', status, headers, text: await response.text() })
        this.journal.remove(id)
      }
    } catch {
      resolve({ kind: 'lost' }) // said by the gateway's own log; here it only matters that nothing more comes
      tape.lose()
    }
    this.running.delete(id)
    await this.schedule()
  }

  /** Removes what has had its time, and wakes up when there will be more of that. */
  private async schedule(): Promise<void> {
    const due = this.journal.forget(Date.now())
    if (due === undefined) {
      this.journal.reset()
      this.alarmAt = undefined
      return this.ctx.storage.deleteAll()
    }
    if (due === this.alarmAt) return
    this.alarmAt = due
    // Not asked for before it is set: so it is written together with what it is for.
    await this.ctx.storage.setAlarm(due)
  }
}

async function* textsOf({ body }: Response): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  for await (const bytes of body ?? []) yield decoder.decode(bytes, { stream: true })
  yield decoder.decode()
}

/** A text that is all there is. */
function wholeOf(text: string): ReadableStream<Uint8Array> {
  const { body } = new Response(`${text}${String.fromCharCode(END)}`)
  return body ?? new ReadableStream({ type: 'bytes' })
}
