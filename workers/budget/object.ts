// The object that keeps the books of one account: load, ask the ledger, store, answer.
import { DurableObject } from 'cloudflare:workers'
import type { Budget as Limit, Unit } from '../service.ts'
import type { Level } from './bucket.ts'
import {
  type Balance,
  type Draw,
  draw,
  expire,
  type Granted,
  type Lease,
  type Ledger,
  nextExpiry,
  type Refused,
  type Report,
  settle,
  shownOf,
} from './ledger.ts'

export type Drawn =
  | { readonly ok: true; readonly value: Granted }
  | { readonly ok: false; readonly refused: Refused }

type Table = 'spent' | 'overruns' | 'buried'

export class Budget extends DurableObject {
  private ledger: Ledger
  private alarmAt: number | undefined

  constructor(state: DurableObjectState, env: Cloudflare.Env) {
    super(state, env)
    const { sql } = state.storage
    sql.exec(
      'CREATE TABLE IF NOT EXISTS spent (slot TEXT PRIMARY KEY, amount INTEGER NOT NULL) WITHOUT ROWID',
    )
    sql.exec(
      'CREATE TABLE IF NOT EXISTS overruns (slot TEXT PRIMARY KEY, amount INTEGER NOT NULL) WITHOUT ROWID',
    )
    sql.exec(
      'CREATE TABLE IF NOT EXISTS buried (slot TEXT PRIMARY KEY, amount INTEGER NOT NULL) WITHOUT ROWID',
    )
    sql.exec('CREATE TABLE IF NOT EXISTS levels (unit TEXT PRIMARY KEY, level TEXT NOT NULL) WITHOUT ROWID')
    sql.exec('CREATE TABLE IF NOT EXISTS leases (id TEXT PRIMARY KEY, lease TEXT NOT NULL) WITHOUT ROWID')
    this.ledger = {
      spent: this.amountsIn('spent'),
      overruns: this.amountsIn('overruns'),
      buried: this.amountsIn('buried'),
      levels: Object.fromEntries(
        sql
          .exec<{ unit: string; level: string }>('SELECT unit, level FROM levels')
          .toArray()
          .map((row) => [row.unit, JSON.parse(row.level) as Level]),
      ),
      leases: Object.fromEntries(
        sql
          .exec<{ id: string; lease: string }>('SELECT id, lease FROM leases')
          .toArray()
          .map((row) => [row.id, JSON.parse(row.lease) as Lease]),
      ),
    }
  }

  private amountsIn(table: Table): Record<string, number> {
    const rows = this.ctx.storage.sql.exec<{ slot: string; amount: number }>(
      `SELECT slot, amount FROM ${table}`,
    )
    return Object.fromEntries(rows.toArray().map((row) => [row.slot, Number(row.amount)]))
  }

  async draw(budgets: readonly Limit[], asked: Draw, report: Report | undefined): Promise<Drawn> {
    const now = Date.now()
    const reported = report === undefined ? this.ledger : settle(this.ledger, report, now)
    const drawn = draw(reported, budgets, asked, now)
    await this.store('refused' in drawn ? reported : drawn.ledger)
    return 'refused' in drawn ? { ok: false, refused: drawn.refused } : { ok: true, value: drawn.granted }
  }

  async report(report: Report): Promise<void> {
    await this.store(settle(this.ledger, report, Date.now()))
  }

  async read(budgets: readonly Limit[]): Promise<Balance[]> {
    const now = Date.now()
    await this.store(expire(this.ledger, now))
    return budgets.map((budget) => shownOf(this.ledger, budget, now))
  }

  override async alarm(): Promise<void> {
    this.alarmAt = undefined
    await this.store(expire(this.ledger, Date.now()))
  }

  /** Writes the rows that differ; without an await in between they are one transaction. */
  private async store(next: Ledger): Promise<void> {
    const { sql } = this.ctx.storage
    const before = this.ledger
    this.ledger = next
    this.storeAmounts('spent', before.spent, next.spent)
    this.storeAmounts('overruns', before.overruns, next.overruns)
    this.storeAmounts('buried', before.buried, next.buried)
    for (const unit of ['usd', 'tokens', 'requests'] satisfies Unit[]) {
      const level = next.levels[unit]
      if (level !== undefined && level !== before.levels[unit])
        sql.exec('INSERT OR REPLACE INTO levels (unit, level) VALUES (?, ?)', unit, JSON.stringify(level))
    }
    for (const [id, lease] of Object.entries(next.leases)) {
      if (before.leases[id] !== lease)
        sql.exec('INSERT OR REPLACE INTO leases (id, lease) VALUES (?, ?)', id, JSON.stringify(lease))
    }
    for (const id of Object.keys(before.leases))
      if (next.leases[id] === undefined) sql.exec('DELETE FROM leases WHERE id = ?', id)
    // An alarm that comes early finds nothing due and is set again, so renewals of a lease need no write of their own.
    const due = nextExpiry(next)
    if (due !== undefined && (this.alarmAt === undefined || due < this.alarmAt)) {
      this.alarmAt = due
      await this.ctx.storage.setAlarm(due)
    }
  }

  private storeAmounts(table: Table, before: Ledger['spent'], next: Ledger['spent']): void {
    const { sql } = this.ctx.storage
    for (const [slot, amount] of Object.entries(next))
      if (before[slot] !== amount)
        sql.exec(`INSERT OR REPLACE INTO ${table} (slot, amount) VALUES (?, ?)`, slot, amount)
    for (const slot of Object.keys(before))
      if (next[slot] === undefined) sql.exec(`DELETE FROM ${table} WHERE slot = ?`, slot)
  }
}
