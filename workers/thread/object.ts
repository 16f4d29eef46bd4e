// The object that keeps one thread: responses that go on from each other, and the conversation they may belong to.
import { DurableObject } from 'cloudflare:workers'
import { Failed } from '../../shared/failure.ts'
import type { Fields } from '../../shared/fields.ts'
import type { Seal } from '../../shared/seal.ts'
import { openFloor } from '../floor.ts'
import { openJournal, type Tape } from '../journal/journal.ts'
import { cancelled, isUnfinished } from './closing.ts'
import { type Keeping, type Listed, openKeeper, type Recalled } from './keeper.ts'
import { openLate } from './late.ts'
import { expired, type Kept, nextExpiry } from './lineage.ts'
import type { PageQuery } from './page.ts'
import { openPlaces } from './places.ts'
import { responseIn } from './recalled.ts'
import { openStore, type StoredConversation } from './store.ts'

export interface Asking {
  /** The id that the new response will have. */
  readonly id: string
  readonly previousId?: string
  readonly conversationId?: string
}

/**
 * A run in the background ends by then. What is pending keeps the object awake, without a client too:
 * https://developers.cloudflare.com/changelog/post/2026-10-01-pending-io-keep-alive/
 */
const RUN_MS = 14 * 60_000

const TOO_LONG = new Failed({ kind: 'malformed', reason: 'it is longer than what is kept of a stream' })

/** What a thread is given of the house. */
export interface Surroundings {
  readonly seal: Seal
  /** Answers a question in the background; resolves with the Response, however it ended. `say` is given its events. */
  readonly answer: (task: string, signal: AbortSignal, say: (text: string) => void) => Promise<string>
}

export class ThreadObject extends DurableObject {
  private readonly surroundings: Surroundings
  private readonly store = openStore(this.ctx.storage.sql)
  private readonly keeper = openKeeper(this.store)
  private readonly places = openPlaces(this.ctx.storage.sql)
  private readonly journal = openJournal(this.ctx.storage.sql) // of the events of runs that are streams
  private readonly floor = openFloor()
  private readonly late = openLate()
  private readonly running = new Map<string, AbortController>()
  private readonly deleted = new Set<string>() // nobody waits for these; one id each, and only until the object sleeps

  constructor(state: DurableObjectState, bindings: Cloudflare.Env, surroundings: Surroundings) {
    super(state, bindings)
    this.surroundings = surroundings
  }

  /** What a new question goes on from. In a conversation it waits for the end of the answer before. */
  async recall({ id, previousId, conversationId }: Asking): Promise<Recalled> {
    if (previousId !== undefined) {
      await this.find(previousId)
      return this.keeper.recall(previousId)
    }
    if (conversationId === undefined) return { ok: true, items: '[]', upto: null }
    if (!this.keeper.isConversation(conversationId)) return { ok: false, why: 'missing', id: conversationId }
    if (!(await this.floor.take(id))) return { ok: false, why: 'busy' }
    const recalled = this.keeper.recallConversation(conversationId)
    if (!recalled.ok) this.floor.release(id) // deleted while this one waited
    return recalled
  }

  /** Nothing came of the question: the conversation goes on without it. */
  async forgo(id: string): Promise<void> {
    this.floor.release(id)
  }

  /** Keeps a response, once, and lets the conversation go on. */
  async keep(keeping: Keeping): Promise<void> {
    this.keeper.keep(keeping)
    this.floor.release(keeping.id)
    this.late.wake()
    await this.schedule()
  }

  /** Takes a question to be answered in the background. `keepMs`: how long its events are kept, for a stream. */
  async begin(keeping: Keeping, task: string, keepMs: number | null): Promise<void> {
    this.keeper.queue(keeping, task)
    const kept = this.keeper.find(keeping.id)
    if (kept !== undefined) this.ctx.waitUntil(this.run(kept, keepMs))
    await this.schedule()
  }

  /** The events of a response after one, and those to come; undefined without the response, false without its events. */
  async follow(id: string, afterEvent: number): Promise<ReadableStream<Uint8Array> | false | undefined> {
    const kept = await this.find(id)
    if (kept === undefined) return undefined
    this.checkAlive(kept)
    return this.journal.find(id, Date.now()) !== undefined && this.journal.follow(id, afterEvent)
  }

  /** The Response; undefined where there is none. */
  async read(id: string): Promise<string | undefined> {
    const kept = await this.find(id)
    if (kept === undefined) return undefined
    this.checkAlive(kept)
    return this.store.text(id, 'response')
  }

  async inputItems(id: string, query: PageQuery): Promise<Listed> {
    await this.find(id)
    return this.keeper.inputItems(id, query)
  }

  /** Erases a response; a run in the background is stopped. */
  async remove(id: string): Promise<boolean> {
    if ((await this.find(id)) === undefined) return false
    this.deleted.add(id)
    this.stop(id)
    this.store.remove(id)
    this.journal.remove(id)
    await this.clear()
    return true
  }

  /** The Response, which is no more worked on; undefined where there is none, false where it does not run by itself. */
  async cancel(id: string): Promise<string | false | undefined> {
    const kept = await this.find(id)
    if (kept === undefined) return undefined
    if (!kept.background) return false
    this.checkAlive(kept)
    if (isUnfinished(this.store.find(id)?.status ?? '')) {
      this.stop(id)
      this.keeper.change(kept, cancelled(this.keeper.response(id)))
    }
    return this.store.text(id, 'response')
  }

  /** Items by their ids; those that are not there are left out. */
  async items(wanted: readonly { readonly id: string; readonly response: string }[]): Promise<string> {
    for (const { response } of wanted) await this.find(response)
    const found = wanted.map(({ id, response }) => this.keeper.item(id, response))
    return JSON.stringify(found.filter((item) => item !== undefined))
  }

  async putConversation(conversation: StoredConversation, items: string): Promise<void> {
    this.store.putConversation(conversation)
    this.keeper.addItems(conversation.id, items)
  }

  async conversation(id: string): Promise<StoredConversation | undefined> {
    return this.keeper.isConversation(id) ? this.store.conversation() : undefined
  }

  async removeConversation(id: string): Promise<boolean> {
    if (!this.keeper.isConversation(id)) return false
    this.store.removeConversation()
    await this.clear()
    return true
  }

  async listItems(conversationId: string, query: PageQuery): Promise<Listed> {
    return this.keeper.listItems(conversationId, query)
  }

  async addItems(conversationId: string, items: string): Promise<Listed> {
    return this.keeper.addItems(conversationId, items)
  }

  async item(conversationId: string, itemId: string): Promise<string | undefined> {
    const item = this.keeper.isConversation(conversationId) ? this.keeper.item(itemId) : undefined
    return item === undefined ? undefined : JSON.stringify(item)
  }

  async removeItem(conversationId: string, itemId: string): Promise<boolean> {
    return this.keeper.isConversation(conversationId) && this.store.removeItem(itemId)
  }

  /** Where items are kept that came with a vendor's ids; asked of one object a key only. */
  async note(itemIds: readonly string[], response: string): Promise<void> {
    this.places.note(itemIds, response, Date.now())
    this.late.wake()
    await this.schedule()
  }

  /** The responses that items came with, by the ids of the items. */
  async whereabouts(itemIds: readonly string[]): Promise<Record<string, string>> {
    const found: Record<string, string> = {}
    for (const id of itemIds) {
      const response = await this.late.wait(() => this.places.find(id))
      if (response === undefined) return found // one missing item is enough to refuse the question
      found[id] = response
    }
    return found
  }

  override async alarm(): Promise<void> {
    for (const id of expired(this.store.all(), Date.now())) this.store.remove(id)
    if (!(await this.clear())) await this.schedule()
  }

  private async run(kept: Kept, keepMs: number | null): Promise<void> {
    const { id } = kept
    const controller = new AbortController()
    const late = new Failed({ kind: 'timeout', phase: 'total', limitMs: RUN_MS })
    const timer = setTimeout(() => controller.abort(late), RUN_MS)
    const task = this.keeper.task(id)
    this.running.set(id, controller)
    this.keeper.change(kept, { ...this.keeper.response(id), status: 'in_progress' })
    const tape = keepMs === null ? undefined : this.tapeOf(id, keepMs)
    const say = (text: string): void => {
      if (tape?.append(text) === false) controller.abort(TOO_LONG)
    }
    const response = responseIn(await this.surroundings.answer(task, controller.signal, say).catch(() => '')) // a run that ends without a word is lost
    if (response['status'] === undefined) tape?.lose()
    else tape?.end({ head: '', until: Date.now() + (keepMs ?? 0) })
    clearTimeout(timer)
    this.running.delete(id)
    const now = this.store.find(id)
    if (now !== undefined) this.finish(now, response)
    this.floor.release(id) // taken when it asked what was said before
    if (tape !== undefined) await this.schedule()
  }

  private tapeOf(id: string, keepMs: number): Tape {
    return this.journal.begin({ id, head: '', unit: 'events', until: Date.now() + RUN_MS + keepMs })
  }

  private finish(now: Kept, response: Fields): void {
    if (response['status'] === undefined) this.keeper.lose(now)
    // Cancelled while it ran: what had come of it by then is kept.
    else if (now.status === 'cancelled')
      this.keeper.change(now, cancelled({ ...response, status: 'in_progress' }))
    else this.keeper.change(now, response)
  }

  private stop(id: string): void {
    this.running.get(id)?.abort(new Failed({ kind: 'cancelled' }))
  }

  private checkAlive({ id }: Kept): void {
    const now = this.store.find(id) // it may have ended while it was waited for
    if (now !== undefined && isUnfinished(now.status) && !this.running.has(id)) this.keeper.lose(now)
  }

  private find(id: string): Promise<Kept | undefined> {
    if (this.deleted.has(id)) return Promise.resolve(undefined)
    return this.late.wait(() => this.store.find(id))
  }

  /** Leaves nothing behind where nothing is kept any more. */
  private async clear(): Promise<boolean> {
    const isEmpty = this.store.all().length === 0 && this.store.conversation() === undefined
    if (!isEmpty || this.places.forget(Date.now()) !== undefined) return false
    await this.ctx.storage.deleteAll()
    this.store.reset()
    this.journal.reset()
    return true
  }

  /** Wakes up when something has had its time. */
  private async schedule(): Promise<void> {
    const now = Date.now()
    const dues = [nextExpiry(this.store.all(), now) ?? this.places.forget(now), this.journal.forget(now)]
    const due = dues.filter((at) => at !== undefined).sort((a, b) => a - b)[0]
    const set = await this.ctx.storage.getAlarm()
    if (due !== undefined && (set === null || due < set)) await this.ctx.storage.setAlarm(due)
  }
}
