// The object that keeps one conversation: its turns in order, one request at a time.
import { DurableObject } from 'cloudflare:workers'
import { type Floor, openFloor } from '../floor.ts'
import type { LastServed } from '../service.ts'
import { type Joined, join, lastServed, type StoredMessage, type Turn } from './transcript.ts'

export type Recalled =
  | { readonly ok: true; readonly value: Joined; readonly allowedMicros?: number; readonly last?: LastServed }
  | { readonly ok: false; readonly waitedMs: number }

export class Conversation extends DurableObject {
  private turns: Turn[]
  private allowedMicros: number | undefined
  private readonly floor: Floor = openFloor()

  constructor(state: DurableObjectState, env: Cloudflare.Env) {
    super(state, env)
    const { sql } = state.storage
    sql.exec(
      'CREATE TABLE IF NOT EXISTS turns (position INTEGER PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, turn TEXT NOT NULL)',
    )
    sql.exec('CREATE TABLE IF NOT EXISTS allowed (only INTEGER PRIMARY KEY, micros INTEGER NOT NULL)')
    this.allowedMicros = sql.exec<{ micros: number }>('SELECT micros FROM allowed').toArray()[0]?.micros
    const rows = sql.exec<{ turn: string }>('SELECT turn FROM turns ORDER BY position').toArray()
    this.turns = rows.map((row) => JSON.parse(row.turn) as Turn)
  }

  /** Waits for the turn before this one, then says what the model should see. */
  async recall(
    requestId: string,
    sent: readonly StoredMessage[],
    allowedMicros: number | undefined,
  ): Promise<Recalled> {
    const startedAt = Date.now()
    if (allowedMicros !== undefined) this.allow(allowedMicros)
    if (!(await this.floor.take(requestId))) return { ok: false, waitedMs: Date.now() - startedAt }
    const allowed = this.allowedMicros === undefined ? {} : { allowedMicros: this.allowedMicros }
    const last = lastServed(this.turns)
    return { ok: true, value: join(this.turns, sent), ...allowed, ...(last === undefined ? {} : { last }) }
  }

  /** The first turn says what the conversation may cost in all; a later one can lower that, and never raise it. */
  private allow(micros: number): void {
    if (this.allowedMicros !== undefined && this.allowedMicros <= micros) return
    this.allowedMicros = micros
    this.ctx.storage.sql.exec('INSERT OR REPLACE INTO allowed (only, micros) VALUES (1, ?)', micros)
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
    this.floor.release(turn.requestId)
  }

  /** The request came to nothing: no turn is stored, so that the client can send it again. */
  async forgo(requestId: string): Promise<void> {
    this.floor.release(requestId)
  }

  async read(): Promise<Turn[]> {
    return this.turns
  }
}
