// The object that carries re-benchmarks on: one run at a time, by alarm, through restarts.
import { DurableObject } from 'cloudflare:workers'
import { closeRun } from './closing.ts'
import type { House } from './house.ts'
import { tell } from './notice.ts'
import { planOf } from './plan.ts'
import { openRunner } from './runner.ts'
import { isDue, type Samples, samplesOf } from './settings.ts'
import { openStore, type Run } from './store.ts'

export interface Order {
  readonly reason: 'schedule' | 'operator'
  readonly models?: readonly string[] | undefined
  readonly seed?: string | undefined
  readonly limitMicros?: number | undefined
  readonly samples?: { readonly [name in keyof Samples]?: Samples[name] | undefined }
}

export interface Progress {
  readonly id: string
  readonly seed: string
  readonly reason: Run['reason']
  readonly startedAt: number
  readonly models: readonly string[]
  readonly probes: number
  readonly done: number
  readonly spentMicros: number
  readonly limitMicros: number
}

/** The run that goes on now: a new one, or the one that was under way. */
export interface Begun extends Progress {
  readonly isNew: boolean
}

/** An invocation of the alarm works so long, then the next goes on. */
const SLICE_MS = 20_000
/** An alarm that is killed midway is missed for so long. */
const NET_MS = 3_000
const AGAIN_MS = 10_000

export abstract class RebenchObject extends DurableObject {
  private readonly store = openStore(this.ctx.storage.sql)
  private readonly house: () => House
  private isWorking = false

  /** `house` is opened when it is first needed. */
  constructor(state: DurableObjectState, env: Cloudflare.Env, house: () => House) {
    super(state, env)
    this.house = house
    if (this.store.current() !== undefined) state.waitUntil(this.wake())
  }

  /** Begins a run, unless one is under way: that one is named. */
  async begin(order: Order): Promise<Begun> {
    const { settings, models: all, subjects } = this.house()
    const now = Date.now()
    const under = this.progressOf(this.store.current())
    if (under !== undefined) return { ...under, isNew: false }
    const run: Run = {
      id: `bench_${now.toString(36)}_${crypto.randomUUID().slice(0, 8)}`,
      seed: order.seed ?? crypto.randomUUID(),
      reason: order.reason,
      startedAt: now,
      models: [...new Set((order.models ?? settings.models ?? all).flatMap(subjects))],
      limitMicros: order.limitMicros ?? settings.runMicros,
    }
    this.store.begin(run, planOf(run.models, samplesOf(order.samples ?? {}, settings.samples)))
    await this.ctx.storage.setAlarm(now)
    return { ...this.shown(run), isNew: true }
  }

  /** Comes by now and then: begins what is due, and sees to it that what is under way goes on. */
  async tick(): Promise<void> {
    if (this.store.current() !== undefined) return this.wake()
    if (isDue(this.house().settings, this.store.lastStartedAt(), Date.now()))
      await this.begin({ reason: 'schedule' })
  }

  async progress(): Promise<Progress | undefined> {
    return this.progressOf(this.store.current())
  }

  override async alarm(): Promise<void> {
    this.isWorking = true
    await this.ctx.storage.setAlarm(Date.now() + NET_MS) // for an object that dies before the end of this
    try {
      const workedAt = await this.work()
      // Another run may have begun since the last one was closed.
      const nextAt = this.store.current() === undefined ? workedAt : (workedAt ?? Date.now())
      if (nextAt === undefined) await this.ctx.storage.deleteAlarm()
      else await this.ctx.storage.setAlarm(nextAt)
    } finally {
      this.isWorking = false
    }
  }

  /** Says when to go on; undefined when nothing is left. */
  private async work(): Promise<number | undefined> {
    const { store } = this
    const house = this.house()
    const run = store.current()
    if (run !== undefined) {
      if (store.counts(run.id).over === 0)
        await house
          .refreshPrices()
          .catch((error: unknown) => house.warn(`rebench: old prices hold: ${said(error)}`))
      const nextAt = await openRunner(store, house).go(run, Date.now() + SLICE_MS)
      if (nextAt !== undefined) return nextAt
      try {
        const notices = await closeRun(run, store, house, Date.now())
        store.end(run.id, store.spent(run).run, notices, Date.now())
      } catch (error) {
        house.warn(`rebench: the results of ${run.id} are not kept yet: ${said(error)}`)
        return Date.now() + AGAIN_MS
      }
    }
    await tell(store, house)
    return store.nextNoticeAt()
  }

  private async wake(): Promise<void> {
    if (this.isWorking || (await this.ctx.storage.getAlarm()) !== null) return
    await this.ctx.storage.setAlarm(Date.now())
  }

  private progressOf(run: Run | undefined): Progress | undefined {
    return run === undefined ? undefined : this.shown(run)
  }

  private shown(run: Run): Progress {
    const { all, over } = this.store.counts(run.id)
    return { ...run, probes: all, done: over, spentMicros: this.store.spent(run).run }
  }
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error))
