// The object that takes finished rows from isolates, keeps them until they are in D1, and counts them.
import { DurableObject } from 'cloudflare:workers'
import { type Courier, openCourier } from './courier.ts'
import { type Keeper, openKeeper } from './keeper.ts'
import type { HandOver } from './letter.ts'
import { type Group, type Live, liveOf, type Totals, totalsOf } from './live.ts'
import type { Exporter } from './otlp.ts'
import { openPost, type Post, said } from './post.ts'
import type { Range } from './range.ts'
import type { Row } from './record.ts'
import { type OpenWindows, openWindowsOf, type Stretch } from './series.ts'
import { openStore } from './store.ts'
import { findIn, textIn, type Wanted } from './unsent.ts'

export interface Outside {
  readonly database: D1Database
  /** Where traces and metrics go, where that is configured. */
  readonly exporter: Exporter | undefined
  readonly warn: (message: string) => void
}

/**
 * An outbox that was idle writes at once; a busy one gathers hand-overs so long, and writes them as one row. Isolates keep
 * theirs until then and do not wait: rows are lost in this time only where both die.
 */
const GATHER_MS = 200
const BUSY_MS = 1_000
/** What is due for D1 or a collector waits so long for company. */
const FLUSH_MS = 50
const EXPORT_MS = 1_000
const ROWS_PER_EXPORT = 500
/** The alarm looks after what a sleeping or killed object left. */
const NET_MS = 10_000

export abstract class OutboxObject extends DurableObject {
  private readonly keeper: Keeper
  private readonly post: Post
  private readonly couriers: readonly Courier[]
  private arrived: HandOver[] = []
  private writing: Promise<void> | undefined
  private wroteAt = 0
  private alarmAt: number | undefined

  constructor(state: DurableObjectState, env: Cloudflare.Env, outside: Outside) {
    super(state, env)
    const { database, exporter, warn } = outside
    const freshName = (): string => `${state.id.toString().slice(0, 12)}${crypto.randomUUID().slice(0, 4)}`
    this.keeper = openKeeper({
      store: openStore(state.storage.sql, freshName),
      hasTraces: exporter !== undefined,
      now: Date.now(),
      warn,
    })
    this.post = openPost(database, this.keeper, warn)
    const failed = (whither: string) => (error: unknown, failures: number) => {
      if (failures % 10 === 0) warn(`telemetry: ${whither} is away (${said(error)}), rows wait in the outbox`)
    }
    this.couriers = [
      openCourier({ deliver: () => this.post.deliver(Date.now()), gatherMs: FLUSH_MS, failed: failed('D1') }),
      ...(exporter === undefined
        ? []
        : [
            openCourier({
              deliver: () => this.deliverTraces(exporter),
              gatherMs: EXPORT_MS,
              failed: failed('the OTLP collector'),
            }),
          ]),
    ]
    this.go()
    state.waitUntil(this.setAlarm())
  }

  /** Resolves once the rows are kept for good. The same hand-over may be taken again. */
  async take(handOver: HandOver): Promise<void> {
    this.arrived.push(handOver)
    this.writing ??= this.write()
    await this.writing
  }

  async live(group: Group, range: Range): Promise<Live> {
    this.writeDown()
    return liveOf(this.keeper.books, group, range)
  }

  async series(stretch: Stretch): Promise<OpenWindows> {
    this.writeDown()
    return openWindowsOf(this.keeper.books, stretch)
  }

  async totals(): Promise<Totals> {
    this.writeDown()
    return totalsOf(this.keeper.books)
  }

  /** What D1 does not have yet. */
  async unsent(wanted: Wanted): Promise<Row[]> {
    this.writeDown()
    return findIn(this.keeper.unsent(), wanted)
  }

  /** What was said in the request of a row that D1 does not have yet. */
  async text(rowId: string): Promise<string | undefined> {
    return textIn(this.keeper.unsent(), rowId)
  }

  /** Forgets the words of these rows, where they are still here. */
  async forget(rows: readonly string[]): Promise<void> {
    this.writeDown()
    this.keeper.forgetWords(new Set(rows))
  }

  override async alarm(): Promise<void> {
    this.alarmAt = undefined
    this.go()
    await this.post.closeWindows(Date.now())
    if ((this.keeper.snapshotAt() ?? Number.POSITIVE_INFINITY) <= Date.now()) this.keeper.snapshot(Date.now())
    await this.setAlarm()
  }

  private async write(): Promise<void> {
    const isBusy = Date.now() - this.wroteAt < BUSY_MS
    await new Promise((resolve) => setTimeout(resolve, isBusy ? GATHER_MS : 0))
    this.writing = undefined
    try {
      this.writeDown()
    } finally {
      this.arrived = [] // where it failed, those who handed over are told, and do so again
    }
    await this.setAlarm()
  }

  /** What has arrived, at once: nobody is told less than what is here. */
  private writeDown(): void {
    const now = Date.now()
    if (this.arrived.length === 0) return
    this.wroteAt = now
    this.keeper.write(this.arrived, now)
    this.arrived = []
    if (this.keeper.snapshotAt() === 0) this.keeper.snapshot(now)
    this.go()
  }

  private go(): void {
    for (const courier of this.couriers) this.ctx.waitUntil(courier.go())
  }

  private async deliverTraces(exporter: Exporter): Promise<boolean> {
    const batches = this.keeper.next('traces', ROWS_PER_EXPORT)
    const instance = this.ctx.id.toString()
    if (batches.length > 0) {
      await exporter.sendTraces(batches, instance)
      this.keeper.sent('traces', batches)
    }
    const measure = { instance, totals: () => totalsOf(this.keeper.books) }
    return exporter.sendMetrics(measure, batches.length > 0, Date.now())
  }

  private async setAlarm(): Promise<void> {
    const now = Date.now()
    const due = Math.min(
      this.keeper.isUntraced() ? now + NET_MS : Number.POSITIVE_INFINITY,
      Math.max(this.keeper.pageAt() ?? Number.POSITIVE_INFINITY, now + NET_MS),
      this.keeper.snapshotAt() ?? Number.POSITIVE_INFINITY,
      Math.max(this.keeper.closesAt() ?? Number.POSITIVE_INFINITY, now + NET_MS),
    )
    if (!Number.isFinite(due) || (this.alarmAt !== undefined && this.alarmAt <= due)) return
    this.alarmAt = due
    await this.ctx.storage.setAlarm(due)
  }
}
