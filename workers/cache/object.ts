// The object that keeps a part of one tenant's answers, and lets those who ask the same at one time share one call.
import { DurableObject } from 'cloudflare:workers'
import type { Seal } from '../../shared/seal.ts'
import { type Filling, type Keeper, type Look, type Looked, openKeeper, type Stats } from './keeper.ts'
import { linesOf } from './line.ts'
import { openAnswerStore } from './store.ts'

/** What has had its time is looked for no oftener than this. */
const EXPIRE_MS = 60_000

export class AnswerCacheObject extends DurableObject {
  private readonly keeper: Keeper
  private isScheduled = false // as far as this object knows since it woke up

  constructor(state: DurableObjectState, bindings: Cloudflare.Env, seal: Seal) {
    super(state, bindings)
    this.keeper = openKeeper(openAnswerStore(state.storage.sql, seal))
  }

  /** An answer, or how to come by one. */
  async look(asked: Look): Promise<Looked> {
    return this.keeper.look(asked, Date.now())
  }

  /** Takes the lines of an answer from who leads; resolves with whether it was kept. */
  async hear(filling: Filling, stream: ReadableStream<Uint8Array>): Promise<boolean> {
    const flight = this.keeper.board(filling.key)
    if (flight === undefined) {
      await stream.cancel()
      return false
    }
    try {
      for await (const line of linesOf(stream)) if (!flight.append(`${line}\n`)) break
      const isKept = this.keeper.store(filling, flight, Date.now())
      if (isKept) await this.schedule()
      return isKept
    } catch {
      return false // who leads has gone, or there is no room: readers see that the end is missing
    } finally {
      flight.end()
    }
  }

  async stats(): Promise<Stats> {
    return this.keeper.stats(Date.now())
  }

  /** Forgets what was asked of one route, or everything; resolves with how many answers that were. */
  async purge(route: string | undefined): Promise<number> {
    return this.keeper.purge(route, Date.now())
  }

  override async alarm(): Promise<void> {
    this.isScheduled = false
    this.keeper.expire(Date.now())
    await this.schedule()
  }

  private async schedule(): Promise<void> {
    if (this.isScheduled) return
    const next = this.keeper.nextExpiry()
    if (next === undefined) {
      this.keeper.reset()
      return this.ctx.storage.deleteAll()
    }
    this.isScheduled = true
    await this.ctx.storage.setAlarm(Math.max(next, Date.now() + EXPIRE_MS))
  }
}
