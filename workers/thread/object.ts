// The object that keeps one thread: responses that go on from each other, and the conversation they may belong to.
import { DurableObject } from 'cloudflare:workers'
import type { Seal } from '../../shared/seal.ts'
import { openFloor } from '../floor.ts'
import { openJournal } from '../journal/journal.ts'
import { openExpiry } from './expiry.ts'
import { type Keeping, type Listed, openKeeper, type Recalled } from './keeper.ts'
import { openLate } from './late.ts'
import type { Kept } from './lineage.ts'
import type { PageQuery } from './page.ts'
import { openPlaces } from './places.ts'
import { type AnswerTask, openRuns } from './runs.ts'
import { openStore, type StoredConversation } from './store.ts'

export interface Asking {
  /** The id that the new response will have. */
  readonly id: string
  readonly previousId?: string
  readonly conversationId?: string
}

/** What a thread is given of the house. */
export interface Surroundings {
  readonly seal: Seal
  readonly answer: AnswerTask
  /** How long a conversation is kept from its last word on. */
  readonly conversationMs: () => number
}

/** What is made once for an object that is awake. */
function open({ storage }: DurableObjectState, { seal, answer, conversationMs }: Surroundings) {
  const store = openStore(storage.sql, seal)
  const keeper = openKeeper(store, conversationMs)
  const places = openPlaces(storage.sql)
  const journal = openJournal(storage.sql, seal) // of the events of runs that are streams
  const expiry = openExpiry({ storage, store, journal, places, conversationMs })
  return { store, keeper, places, journal, expiry, runs: openRuns(keeper, journal, answer) }
}

export class ThreadObject extends DurableObject {
  private readonly parts: ReturnType<typeof open>
  private readonly floor = openFloor()
  private readonly late = openLate()
  private readonly deleted = new Set<string>() // nobody waits for these; one id each, and only until the object sleeps

  constructor(state: DurableObjectState, bindings: Cloudflare.Env, surroundings: Surroundings) {
    super(state, bindings)
    this.parts = open(state, surroundings)
  }

  /** What a new question goes on from. In a conversation it waits for the end of the answer before. */
  async recall({ id, previousId, conversationId }: Asking): Promise<Recalled> {
    const { keeper } = this.parts
    if (previousId !== undefined) {
      await this.find(previousId)
      return keeper.recall(previousId)
    }
    if (conversationId === undefined) return { ok: true, items: '[]', upto: null }
    if (!keeper.isConversation(conversationId)) return { ok: false, why: 'missing', id: conversationId }
    if (!(await this.floor.take(id))) return { ok: false, why: 'busy' }
    try {
      const recalled = keeper.recallConversation(conversationId)
      if (!recalled.ok) this.floor.release(id) // deleted while this one waited
      return recalled
    } catch (error) {
      this.floor.release(id) // what cannot be opened holds nobody up
      throw error
    }
  }

  /** Nothing came of the question: the conversation goes on without it. */
  async forgo(id: string): Promise<void> {
    this.floor.release(id)
  }

  /** Keeps a response, once, and lets the conversation go on. */
  async keep(keeping: Keeping): Promise<void> {
    this.change(() => this.parts.keeper.keep(keeping, Date.now()))
    this.floor.release(keeping.id)
    this.late.wake()
    await this.parts.expiry.schedule()
  }

  /** Takes a question to be answered in the background. `keepMs`: how long its events are kept, for a stream. */
  async begin(keeping: Keeping, task: string, keepMs: number | null): Promise<void> {
    this.parts.keeper.queue(keeping, task)
    const kept = this.parts.keeper.find(keeping.id)
    if (kept !== undefined) this.ctx.waitUntil(this.run(kept, keepMs))
    await this.parts.expiry.schedule()
  }

  /** The events of a response after one, and those to come; undefined without the response, false without its events. */
  async follow(id: string, afterEvent: number): Promise<ReadableStream<Uint8Array> | false | undefined> {
    const { journal } = this.parts
    if ((await this.find(id)) === undefined) return undefined
    return journal.find(id, Date.now()) !== undefined && journal.follow(id, afterEvent)
  }

  /** The Response; undefined where there is none. */
  async read(id: string): Promise<string | undefined> {
    return (await this.find(id)) && this.parts.store.text(id, 'response')
  }

  async inputItems(id: string, query: PageQuery): Promise<Listed> {
    await this.find(id)
    return this.parts.keeper.inputItems(id, query)
  }

  /** Erases a response; a run in the background is stopped. */
  async remove(id: string): Promise<boolean> {
    if ((await this.find(id)) === undefined) return false
    await this.erase([id])
    return true
  }

  /** The Response, which is no more worked on; undefined where there is none, false where it does not run by itself. */
  async cancel(id: string): Promise<string | false | undefined> {
    const kept = await this.find(id)
    if (kept === undefined) return undefined
    if (!kept.background) return false
    this.parts.runs.cancel(kept)
    return this.parts.store.text(id, 'response')
  }

  /** Items by their ids; those that are not there are left out. */
  async items(wanted: readonly { readonly id: string; readonly response: string }[]): Promise<string> {
    for (const { response } of wanted) await this.find(response)
    const found = wanted.map(({ id, response }) => this.parts.keeper.item(id, response))
    return JSON.stringify(found.filter((item) => item !== undefined))
  }

  async putConversation(conversation: StoredConversation, items: string): Promise<void> {
    this.parts.store.putConversation(conversation, Date.now())
    await this.addItems(conversation.id, items)
  }

  async conversation(id: string): Promise<StoredConversation | undefined> {
    return this.parts.keeper.isConversation(id) ? this.parts.store.conversation() : undefined
  }

  /** Erases a conversation and the responses that were made in it. */
  async removeConversation(id: string): Promise<boolean> {
    if (!this.parts.keeper.isConversation(id)) return false
    this.parts.store.removeConversation()
    await this.erase(this.parts.store.all().flatMap((kept) => (kept.upto === null ? [] : [kept.id])))
    return true
  }

  async listItems(conversationId: string, query: PageQuery): Promise<Listed> {
    return this.parts.keeper.listItems(conversationId, query)
  }

  async addItems(conversationId: string, items: string): Promise<Listed> {
    const added = this.parts.keeper.addItems(conversationId, items, Date.now())
    await this.parts.expiry.schedule()
    return added
  }

  async item(conversationId: string, itemId: string): Promise<string | undefined> {
    const { keeper } = this.parts
    const item = keeper.isConversation(conversationId) ? keeper.item(itemId) : undefined
    return item && JSON.stringify(item)
  }

  async removeItem(conversationId: string, itemId: string): Promise<boolean> {
    return this.parts.keeper.isConversation(conversationId) && this.parts.store.removeItem(itemId)
  }

  /** Where items are kept that came with a vendor's ids; asked of one object a key only. */
  async note(itemIds: readonly string[], response: string): Promise<void> {
    this.parts.places.note(itemIds, response, Date.now())
    this.late.wake()
    await this.parts.expiry.schedule()
  }

  /** The responses that items came with, by the ids of the items. */
  async whereabouts(itemIds: readonly string[]): Promise<Record<string, string>> {
    const found: Record<string, string> = {}
    for (const id of itemIds) {
      const response = await this.late.wait(() => this.parts.places.find(id))
      if (response === undefined) return found // one missing item is enough to refuse the question
      found[id] = response
    }
    return found
  }

  override async alarm(): Promise<void> {
    await this.parts.expiry.ring()
  }

  /** All of it or nothing, the tables too, so that it can be tried again. */
  private change(work: () => void): void {
    try {
      this.ctx.storage.transactionSync(work)
    } catch (error) {
      this.parts.store.reset()
      throw error
    }
  }

  private async run(kept: Kept, keepMs: number | null): Promise<void> {
    await this.parts.runs.run(kept, keepMs)
    this.floor.release(kept.id) // taken when it asked what was said before
    if (keepMs !== null) await this.parts.expiry.schedule()
  }

  private async erase(ids: readonly string[]): Promise<void> {
    const { store, journal, runs, expiry } = this.parts
    for (const id of ids) {
      this.deleted.add(id)
      runs.stop(id)
      store.remove(id)
      journal.remove(id)
    }
    await expiry.clear()
  }

  private async find(id: string): Promise<Kept | undefined> {
    const kept = this.deleted.has(id) ? undefined : await this.late.wait(() => this.parts.store.find(id))
    if (kept !== undefined) this.parts.runs.check(kept)
    return kept
  }
}
