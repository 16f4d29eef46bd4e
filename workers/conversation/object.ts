// The object that keeps one conversation: its turns in order, one request at a time.
import { DurableObject } from 'cloudflare:workers'
import { type Floor, openFloor } from '../floor.ts'
import { ARRIVED_MS, openTraces, type Trace, type Traces } from '../traces.ts'
import type { Told } from './adding.ts'
import { type Drafts, type Heard, openDrafts } from './drafts.ts'
import type { Asking, Recalled } from './joining.ts'
import { type Keeper, openKeeper } from './keeper.ts'
import { type Loose, openLoose } from './loose.ts'
import { isOlder, renew } from './older.ts'
import { about, type About, copyOf, type Page, readPage, type SaidTurn, type TurnQuery } from './reading.ts'
import type { Entered, Erased, Forgone, Leaving, Remembered, Surroundings } from './spoken.ts'
import { type ConversationStore, openStore } from './store.ts'
import type { Span, Written } from './summing.ts'

/** A conversation looks so often whether its texts are to be sealed with a newer key. */
const LOOK_MS = 7 * 86_400_000
/** At most so many texts are sealed again at a time, so that a request need not wait long. */
const RESEALED = 256
/** While somebody sums up nobody else is asked to; nor for so long after it came to nothing. */
const SUMMING_MS = 60_000

/** What could not be erased is tried again after this. */
const AGAIN_MS = 60_000

const NOBODY = (): boolean => false

export class ConversationObject extends DurableObject {
  private readonly surroundings: Surroundings
  private readonly store: ConversationStore
  private readonly keeper: Keeper
  private readonly drafts: Drafts
  private readonly loose: Loose
  private readonly traces: Traces
  private readonly floor: Floor = openFloor()
  private readonly open = new Set<string>() // turns that have begun; one id each, until they end
  private readonly erased = new Set<string>() // those of them whose conversation is gone
  private summingUntil = 0 // somebody sums it up at the moment

  constructor(state: DurableObjectState, env: Cloudflare.Env, surroundings: Surroundings) {
    super(state, env)
    this.surroundings = surroundings
    const { storage } = state
    this.store = openStore(storage.sql, surroundings.seal)
    this.keeper = openKeeper(this.store, surroundings.seal)
    this.drafts = openDrafts(storage.sql, surroundings.seal)
    this.traces = openTraces(storage.sql)
    this.loose = openLoose(this.drafts, (told, leaving) => this.change(() => this.write(told, leaving)))
    if (isOlder(storage.sql)) storage.transactionSync(() => renew(storage.sql, this.store, this.keeper))
  }

  /** Waits for the turn before this one, then says what the model should see. `allowedMicros`: what it may cost in all. */
  async recall(turnId: string, asking: Asking, allowedMicros: number | undefined): Promise<Entered> {
    const startedAt = Date.now()
    if (allowedMicros !== undefined) this.allow(allowedMicros)
    if (!(await this.floor.take(turnId))) return { ok: false, why: 'busy', waitedMs: Date.now() - startedAt }
    try {
      this.loose.write(NOBODY) // nobody else speaks now: what was left of others has no end any more, or has it later
      const recalled = await this.join(asking)
      if (!recalled.ok) {
        this.floor.release(turnId)
        return recalled
      }
      this.open.add(turnId)
      const allowed = this.store.fact('allowed')
      const last = this.keeper.lastServed()
      return {
        ...recalled,
        isListed: this.store.fact('listed') !== undefined,
        ...(allowed === undefined ? {} : { allowedMicros: Number(allowed) }),
        ...(last === undefined ? {} : { last }),
      }
    } catch (error) {
      this.floor.release(turnId)
      throw error
    }
  }

  /** Counts where estimates will not do; where what was counted cannot be written down, they have to. */
  private async join(asking: Asking): Promise<Recalled> {
    if (!this.keeper.isTight(asking)) return this.keeper.recall(asking)
    const count = await this.surroundings.count()
    try {
      return this.change(() => this.keeper.recall(asking, count))
    } catch {
      return this.keeper.recall(asking) // says what is wrong, where it is not the writing
    }
  }

  /** The first turn says what the conversation may cost in all; a later one can lower that, and never raise it. */
  private allow(micros: number): void {
    const known = this.store.fact('allowed')
    if (known === undefined || Number(known) > micros) this.store.setFact('allowed', String(micros))
  }

  /** Stores a turn, once, and lets the next one speak. Rejects where it could not be written; it may be told again. */
  async remember(told: Told, leaving: Leaving): Promise<Remembered> {
    if (this.erased.has(told.id)) {
      this.leave(told.id)
      await this.forget(told.id, leaving)
      return { isErased: true }
    }
    this.loose.hold(told, leaving)
    this.change(() => this.write(told, leaving))
    this.loose.drop(told.id)
    this.leave(told.id)
    await this.schedule(told.at + leaving.keepMs)
    const span = leaving.sums ? this.nextSpan() : undefined
    return { isErased: false, ...(span === undefined ? {} : { span }) }
  }

  /** Words of a turn that is being answered. */
  async hear(turnId: string, heard: Heard): Promise<void> {
    if (this.erased.has(turnId) || this.store.find(turnId) !== undefined) return
    this.change(() => this.drafts.hear(turnId, heard))
    const { begun } = heard
    if (begun !== undefined) await this.schedule(begun.at + begun.leaving.keepMs)
  }

  /** What was erased while it was answered has been put into the list of its key meanwhile. */
  private async forget(turnId: string, { name, traces }: Leaving): Promise<void> {
    if (this.store.head() === undefined) await this.surroundings.forget(name)
    await this.abandon(traces)
    this.erased.delete(turnId)
  }

  /** What erased turns have left elsewhere is erased once more when what was on its way has arrived. */
  private async abandon(traces: readonly Trace[]): Promise<void> {
    if (traces.length === 0) return
    this.change(() => this.traces.leave(traces))
    await this.schedule(Date.now() + ARRIVED_MS)
  }

  private write(told: Told, { name, isListed, keepMs, traces }: Leaving): void {
    this.drafts.remove(told.id)
    if (!this.keeper.remember(told)) return
    this.traces.note(traces, told.at)
    for (const [fact, value] of [
      ['name', name],
      ['keep-ms', String(keepMs)],
      ...(isListed ? ([['listed', '1']] as const) : []),
    ] as const)
      if (this.store.fact(fact) !== value) this.store.setFact(fact, value)
  }

  /** The request came to nothing, and no turn is stored; or words of it were heard, and those are. */
  async forgo(turnId: string, forgone: Forgone): Promise<void> {
    const isErased = this.erased.delete(turnId)
    this.leave(turnId)
    if (forgone.wasHeard) return
    this.drafts.remove(turnId)
    const { traces = [], keepMs = 0 } = forgone.leaving ?? {}
    if (isErased) return this.abandon(traces)
    if (traces.length === 0) return
    this.change(() => this.traces.note(traces, Date.now()))
    await this.schedule(Date.now() + keepMs)
  }

  /** It cannot be written yet; the next one need not wait for that. */
  async stepAside(turnId: string): Promise<void> {
    this.floor.release(turnId)
  }

  private leave(turnId: string): void {
    this.open.delete(turnId)
    this.floor.release(turnId)
  }

  private nextSpan(): Span | undefined {
    if (Date.now() < this.summingUntil) return undefined
    const span = this.keeper.span()
    if (span !== undefined) this.summingUntil = Date.now() + SUMMING_MS
    return span
  }

  /** A summary was written, or none: `written` is absent where nobody could. */
  async summarised(span: Pick<Span, 'turn' | 'upto' | 'depth'>, written: Written | undefined): Promise<void> {
    this.summingUntil = written === undefined ? Date.now() + SUMMING_MS : 0
    if (written !== undefined) this.change(() => this.keeper.summarised(span, written))
  }

  async about(): Promise<(About & { readonly expiresAt: number }) | undefined> {
    this.loose.write((turn) => this.open.has(turn))
    const found = about(this.store)
    return found && { ...found, expiresAt: found.lastTurnAt + this.keepMs() }
  }

  async read(query: TurnQuery): Promise<Page> {
    this.loose.write((turn) => this.open.has(turn))
    return readPage(this.store, query)
  }

  /** Takes over turns of another conversation; false where it has turns of its own. `isFirst`: it is to have none yet. */
  async adopt(turns: readonly SaidTurn[], leaving: Leaving, isFirst: boolean): Promise<boolean> {
    if (isFirst && this.store.head() !== undefined) return false
    this.change(() => {
      for (const turn of turns) this.write(copyOf(turn, this.store.head()?.id ?? null), leaving)
    })
    await this.schedule(Date.now() + leaving.keepMs)
    return true
  }

  /** Erases everything; a turn that is being answered is not stored. Tells what its turns have left elsewhere. */
  async erase(): Promise<Erased> {
    const drafts = this.drafts.all()
    const traces = [...this.traces.all(), ...drafts.flatMap(({ begun }) => begun.leaving.traces)]
    const left = [...traces, ...this.traces.left()]
    const wasThere = this.store.head() !== undefined || this.open.size + drafts.length + traces.length > 0
    this.loose.clear()
    for (const turn of this.open) this.erased.add(turn)
    await this.ctx.storage.deleteAlarm()
    await this.ctx.storage.deleteAll()
    this.reset()
    await this.abandon(left)
    return { wasThere, traces }
  }

  override async alarm(): Promise<void> {
    await this.clear()
    this.loose.write((turn) => this.open.has(turn))
    const [now, head] = [Date.now(), this.store.head()]
    if (head === undefined && this.open.size > 0) return // its end sets another
    const endsAt = head === undefined ? this.lastTrace() : head.at + this.keepMs()
    if (endsAt > now) {
      const hasMore = this.change(() => this.store.reseal(RESEALED))
      return this.ctx.storage.setAlarm(hasMore ? now : Math.min(endsAt, now + LOOK_MS))
    }
    const name = this.store.fact('name')
    if (name !== undefined) await this.surroundings.forget(name)
    await this.erase()
  }

  private async clear(): Promise<void> {
    const left = this.traces.left()
    if (left.length === 0) return
    await this.ctx.storage.setAlarm(Date.now() + AGAIN_MS) // where something cannot be reached now
    await this.surroundings.clear(left)
    this.change(() => this.traces.clear())
  }

  /** Of what came to nothing there is nothing here but where its words are. */
  private lastTrace(): number {
    return Math.max(0, ...this.traces.all().map(({ until }) => until))
  }

  private keepMs(): number {
    return Number(this.store.fact('keep-ms') ?? Number.POSITIVE_INFINITY)
  }

  /** An alarm that is set already comes no later than it should, or finds out that it came early. */
  private async schedule(endsAt: number): Promise<void> {
    const due = Math.min(endsAt, Date.now() + LOOK_MS)
    const set = await this.ctx.storage.getAlarm()
    if (set === null || set > due) await this.ctx.storage.setAlarm(due)
  }

  /** All of it or nothing; the storage's tables too. */
  private change<T>(work: () => T): T {
    try {
      return this.ctx.storage.transactionSync(work)
    } catch (error) {
      this.reset()
      throw error
    }
  }

  private reset(): void {
    this.store.reset()
    this.drafts.reset()
    this.traces.reset()
  }
}
