// The object that keeps one conversation: its turns in order, one request at a time.
import { DurableObject } from 'cloudflare:workers'
import { type Joined, join, type StoredMessage, type Turn } from './transcript.ts'

export type Recalled =
  | { readonly ok: true; readonly value: Joined }
  | { readonly ok: false; readonly waitedMs: number }

/** A request waits this long for its turn. */
const PATIENCE_MS = 60_000
/** A turn that is never heard of again, because its isolate died, gives way after this; longer than any request. */
const LOST_MS = 21 * 60_000

interface Waiter {
  readonly requestId: string
  readonly wake: (mine: boolean) => void
}

export class Conversation extends DurableObject {
  private turns: Turn[]
  private speaking: { readonly requestId: string; readonly since: number } | undefined
  private readonly queue: Waiter[] = []

  constructor(state: DurableObjectState, env: Cloudflare.Env) {
    super(state, env)
    const { sql } = state.storage
    sql.exec(
      'CREATE TABLE IF NOT EXISTS turns (position INTEGER PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, turn TEXT NOT NULL)',
    )
    const rows = sql.exec<{ turn: string }>('SELECT turn FROM turns ORDER BY position').toArray()
    this.turns = rows.map((row) => JSON.parse(row.turn) as Turn)
  }

  /** Waits for the turn before this one, then says what the model should see. */
  async recall(requestId: string, sent: readonly StoredMessage[]): Promise<Recalled> {
    const startedAt = Date.now()
    if (!(await this.takeFloor(requestId))) return { ok: false, waitedMs: Date.now() - startedAt }
    return { ok: true, value: join(this.turns, sent) }
  }

  /** Stores a turn, once, and lets the next one speak. */
  async remember(turn: Turn): Promise<void> {
    if (this.turns.every((known) => known.requestId !== turn.requestId)) {
      this.ctx.storage.sql.exec(
        'INSERT INTO turns (request_id, turn) VALUES (?, ?)',
        turn.requestId,
        JSON.stringify(turn),
      )
      this.turns.push(turn)
    }
    this.release(turn.requestId)
  }

  /** The request came to nothing: no turn is stored, so that the client can send it again. */
  async forgo(requestId: string): Promise<void> {
    this.release(requestId)
  }

  async read(): Promise<Turn[]> {
    return this.turns
  }

  private takeFloor(requestId: string): Promise<boolean> {
    const now = Date.now()
    if (this.speaking !== undefined && now - this.speaking.since > LOST_MS) this.speaking = undefined
    if (this.speaking === undefined) {
      this.speaking = { requestId, since: now }
      return Promise.resolve(true)
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.queue.splice(this.queue.indexOf(waiter), 1)
        resolve(false)
      }, PATIENCE_MS)
      const waiter: Waiter = {
        requestId,
        wake: (mine) => {
          clearTimeout(timer)
          resolve(mine)
        },
      }
      this.queue.push(waiter)
    })
  }

  private release(requestId: string): void {
    const position = this.queue.findIndex((waiter) => waiter.requestId === requestId)
    if (position >= 0) this.queue.splice(position, 1)[0]?.wake(false) // it left before its turn came
    if (this.speaking?.requestId !== requestId) return
    const next = this.queue.shift()
    this.speaking = next === undefined ? undefined : { requestId: next.requestId, since: Date.now() }
    next?.wake(true)
  }
}
