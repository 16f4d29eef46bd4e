// The object that takes finished rows from isolates, keeps them until they are in D1, and counts them.
import { DurableObject } from 'cloudflare:workers'
import { sizeOf } from './books.ts'
import { type Courier, openCourier } from './courier.ts'
import { type Keeper, openKeeper, PAGE_ROWS } from './keeper.ts'
import type { HandOver } from './letter.ts'
import { type Group, type Live, liveOf, type Totals, totalsOf } from './live.ts'
import type { Exporter } from './otlp.ts'
import type { Range } from './range.ts'
import type { Row } from './record.ts'
import { writeWindow } from './rollups.ts'
import { lastPut, putPage } from './shelf.ts'
import { openStore } from './store.ts'
import { findIn, type Wanted } from './unsent.ts'

export interface Outside {
  readonly database: D1Database
  /** Where traces and metrics go, where that is configured. */
  readonly exporter: Exporter | undefined
  readonly warn: (message: string) => void
}

/** An outbox that was idle writes at once; a busy one gathers hand-overs so long, and writes them as one row. */
const GATHER_MS = 20
const BUSY_MS = 1_000
/** What is due for D1 or a collector waits so long for company. */
const FLUSH_MS = 50
const EXPORT_MS = 1_000
const ROWS_PER_EXPORT = 500
/** The alarm looks after what a sleeping or killed object left. */
const NET_MS = 10_000

export abstract class OutboxObject extends DurableObject {
  private readonly keeper: Keeper
  private readonly outside: Outside
  private readonly couriers: readonly Courier[]
  private arrived: HandOver[] = []
  private writing: Promise<void> | undefined
  private wroteAt = 0
  private alarmAt: number | undefined
  /** D1 has told how far it has got, and nothing has failed since. */
  private isAgreed = false

  constructor(state: DurableObjectState, env: Cloudflare.Env, outside: Outside) {
    super(state, env)
    const { exporter, warn } = outside
    this.outside = outside
    const freshName = (): string => `${state.id.toString().slice(0, 12)}${crypto.randomUUID().slice(0, 4)}`
    this.keeper = openKeeper({
      store: openStore(state.storage.sql, freshName),
      hasTraces: exporter !== undefined,
      now: Date.now(),
      warn,
    })
    const failed = (whither: string) => (error: unknown, failures: number) => {
      if (failures % 10 === 0) warn(`telemetry: ${whither} is away (${said(error)}), rows wait in the outbox`)
    }
    this.couriers = [
      openCourier({ deliver: () => this.deliverRows(), gatherMs: FLUSH_MS, failed: failed('D1') }),
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
    return liveOf(this.keeper.books, group, range)
  }

  async totals(): Promise<Totals> {
    return totalsOf(this.keeper.books)
  }

  /** What D1 does not have yet. */
  async unsent(wanted: Wanted): Promise<Row[]> {
    return findIn(this.keeper.unsent(), wanted)
  }

  override async alarm(): Promise<void> {
    this.alarmAt = undefined
    this.go()
    await this.closeWindows()
    if ((this.keeper.snapshotAt() ?? Number.POSITIVE_INFINITY) <= Date.now()) this.keeper.snapshot(Date.now())
    await this.setAlarm()
  }

  private async write(): Promise<void> {
    const isBusy = Date.now() - this.wroteAt < BUSY_MS
    await new Promise((resolve) => setTimeout(resolve, isBusy ? GATHER_MS : 0))
    const now = Date.now()
    const handOvers = this.arrived
    this.arrived = []
    this.writing = undefined
    this.wroteAt = now
    this.keeper.write(handOvers, now)
    if (this.keeper.snapshotAt() === 0) this.keeper.snapshot(now)
    this.go()
    await this.setAlarm()
  }

  private go(): void {
    for (const courier of this.couriers) this.ctx.waitUntil(courier.go())
  }

  /** A page that is due. What became of one that failed, D1 says. */
  private async deliverRows(): Promise<boolean> {
    const { keeper, outside } = this
    if ((keeper.pageAt() ?? Number.POSITIVE_INFINITY) > Date.now()) return false
    if (!this.isAgreed) keeper.reached(await lastPut(outside.database, keeper.name))
    this.isAgreed = false
    const batches = keeper.next('database', PAGE_ROWS)
    const upto = batches.at(-1)?.id
    if (upto === undefined) return false
    const place = { outbox: keeper.name, after: keeper.sentUpto, upto }
    if (!(await putPage(outside.database, place, batches))) return true
    keeper.sent('database', batches)
    this.isAgreed = true
    return true
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

  /** Windows that are over go to D1 whole, and are forgotten here. */
  private async closeWindows(): Promise<void> {
    const closed = []
    for (const window of this.keeper.closable(Date.now())) {
      const size = sizeOf(window)
      try {
        await writeWindow(this.outside.database, window)
        closed.push({ window, size })
      } catch (error) {
        this.outside.warn(`telemetry: D1 did not take a rollup (${said(error)}), it is sent again`)
      }
    }
    if (closed.length > 0) this.keeper.close(closed, Date.now())
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

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error))
