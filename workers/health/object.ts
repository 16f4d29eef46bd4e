// The object that keeps one target's condition: load, merge a report, give the next try to one isolate, store, answer.
import { DurableObject } from 'cloudflare:workers'
import { hold } from './circuit.ts'
import { absorb, type Condition, type Report, soundCondition } from './condition.ts'

/** Counts and latencies are written this often, a change of the circuit at once. */
const WRITE_MS = 10_000

export class Health extends DurableObject {
  private condition: Condition
  private writtenAt = 0

  constructor(state: DurableObjectState, env: Cloudflare.Env) {
    super(state, env)
    const { sql } = state.storage
    sql.exec(
      'CREATE TABLE IF NOT EXISTS condition (id INTEGER PRIMARY KEY CHECK (id = 1), condition TEXT NOT NULL)',
    )
    const [row] = sql.exec<{ condition: string }>('SELECT condition FROM condition').toArray()
    this.condition = row === undefined ? soundCondition : (JSON.parse(row.condition) as Condition)
  }

  async exchange(isolate: string, report: Report | undefined, probeMs: number): Promise<Condition> {
    const now = Date.now()
    const absorbed = absorb(this.condition, report, { now, probeMs, chance: Math.random() })
    this.store({ ...absorbed, circuit: hold(absorbed.circuit, isolate, now) }, now)
    return this.condition
  }

  async read(): Promise<Condition> {
    return this.condition
  }

  private store(next: Condition, now: number): void {
    const { circuit } = this.condition
    const isTurn = next.circuit !== circuit && (next.circuit.state !== 'closed' || circuit.state !== 'closed')
    const isNews = next.tally !== this.condition.tally || next.circuit !== circuit
    this.condition = next
    if (!isTurn && (!isNews || now - this.writtenAt < WRITE_MS)) return
    this.writtenAt = now
    this.ctx.storage.sql.exec(
      'INSERT OR REPLACE INTO condition (id, condition) VALUES (1, ?)',
      JSON.stringify(next),
    )
  }
}
