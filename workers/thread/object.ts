// The object that keeps one thread: responses that go on from each other, and the conversation they may belong to.
import { DurableObject } from 'cloudflare:workers'
import type { Fate } from '../service.ts'
import type { Heard } from './drafts.ts'
import type { Keeping, Listed } from './keeper.ts'
import type { PageQuery } from './page.ts'
import { openParts, type Parts, type Surroundings } from './parts.ts'
import type { Asking, Due, Recalled } from './recalled.ts'
import { openShelving, type Shelving, type Wanted } from './shelving.ts'
import { openSpeaking, type Speaking } from './speaking.ts'
import type { StoredConversation } from './store.ts'
import type { Span, SpanName, Written } from './summing.ts'

export class ThreadObject extends DurableObject {
  private readonly parts: Parts
  private readonly speaking: Speaking
  private readonly shelving: Shelving

  constructor(state: DurableObjectState, bindings: Cloudflare.Env, surroundings: Surroundings) {
    super(state, bindings)
    this.parts = openParts(state, surroundings)
    this.speaking = openSpeaking(this.parts, (work) => state.waitUntil(work))
    this.shelving = openShelving(this.parts)
  }

  /** What a new question goes on from. In a conversation it waits for the end of the answer before. */
  async recall(asking: Asking): Promise<Recalled> {
    return this.speaking.recall(asking)
  }

  /** Nothing came of the question: the conversation goes on without it. */
  async forgo(id: string, conversationId: string | null): Promise<Fate> {
    return this.speaking.forgo(id, conversationId)
  }

  /** It cannot be written yet; the next one need not wait for that. */
  async stepAside(id: string): Promise<void> {
    this.parts.floor.release(id)
  }

  /** Keeps a response, once, and lets the conversation go on. Rejects where it could not be written; it may be told again. */
  async keep(keeping: Keeping): Promise<Fate> {
    return this.speaking.keep(keeping)
  }

  /** As much as there is of a response that is being answered. */
  async hear(heard: Heard): Promise<void> {
    return this.speaking.hear(heard)
  }

  /** Takes a question to be answered in the background. `keepMs`: how long its events are kept, for a stream. */
  async begin(keeping: Keeping, task: string, keepMs: number | null): Promise<void> {
    return this.speaking.begin(keeping, task, keepMs)
  }

  /** What is to be summed up of what a question was not told; nothing while somebody does. */
  async span(due: Due): Promise<Span | undefined> {
    return this.speaking.span(due)
  }

  /** A summary was written, or none: `written` is absent where nobody could. */
  async summarised(name: SpanName, written: Written | undefined): Promise<void> {
    this.speaking.summarised(name, written)
  }

  async follow(id: string, afterEvent: number): Promise<ReadableStream<Uint8Array> | false | undefined> {
    return this.shelving.follow(id, afterEvent)
  }

  async read(id: string): Promise<string | undefined> {
    return this.shelving.read(id)
  }

  async inputItems(id: string, query: PageQuery): Promise<Listed> {
    return this.shelving.inputItems(id, query)
  }

  /** Erases a response; a run in the background is stopped. */
  async remove(id: string): Promise<boolean> {
    return this.shelving.remove(id)
  }

  /** The Response, which is no more worked on; undefined where there is none, false where it does not run by itself. */
  async cancel(id: string): Promise<string | false | undefined> {
    return this.speaking.cancel(id)
  }

  async items(wanted: readonly Wanted[]): Promise<string> {
    return this.shelving.items(wanted)
  }

  /** The same of those that are known already: nobody waits for others. */
  async itemsHere(wanted: readonly Wanted[]): Promise<string> {
    return this.shelving.itemsHere(wanted)
  }

  async putConversation(conversation: StoredConversation, items: string): Promise<void> {
    return this.shelving.putConversation(conversation, items)
  }

  async conversation(id: string): Promise<StoredConversation | undefined> {
    return this.shelving.conversation(id)
  }

  /** Erases a conversation and the responses that were made in it. */
  async removeConversation(id: string): Promise<boolean> {
    return this.shelving.removeConversation(id)
  }

  async listItems(conversationId: string, query: PageQuery): Promise<Listed> {
    return this.shelving.listItems(conversationId, query)
  }

  async addItems(conversationId: string, items: string): Promise<Listed> {
    return this.shelving.addItems(conversationId, items)
  }

  async item(conversationId: string, itemId: string): Promise<string | undefined> {
    return this.shelving.item(conversationId, itemId)
  }

  /** Erases an item from the conversation, and from the responses that it came with. */
  async removeItem(conversationId: string, itemId: string): Promise<boolean> {
    return this.shelving.removeItem(conversationId, itemId)
  }

  /** Where items are kept that came with a vendor's ids; asked of one object a key only. */
  async note(itemIds: readonly string[], response: string): Promise<void> {
    return this.shelving.note(itemIds, response)
  }

  /** The responses that items came with, by the ids of the items. */
  async whereabouts(itemIds: readonly string[]): Promise<Record<string, string>> {
    return this.shelving.whereabouts(itemIds)
  }

  override async alarm(): Promise<void> {
    this.parts.loose.write()
    await this.parts.expiry.ring()
  }
}
