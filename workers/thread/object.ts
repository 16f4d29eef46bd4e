// The object that keeps one thread: responses that go on from each other, and the conversation they may belong to.
import { DurableObject } from 'cloudflare:workers'
import { Failed } from '../../shared/failure.ts'
import type { Fields } from '../../shared/fields.ts'
import { type Floor, openFloor } from '../floor.ts'
import { cancelled, failed, isUnfinished, joinsConversation, saidIn, statusOf } from './closing.ts'
import { expired, type Kept, nextExpiry } from './lineage.ts'
import { listOfItems, type PageQuery, pageOf } from './page.ts'
import { type Book, responseIn, saidUpTo, toldTo } from './recalled.ts'
import { itemsIn, openStore, type StoredConversation, type ThreadStore } from './store.ts'

/** Texts that cross the border of the object are JSON: they are kept as they come and sent as they are. */
export type Recalled =
  | { readonly ok: true; readonly items: string; readonly upto: number | null }
  | { readonly ok: false; readonly why: 'missing'; readonly id: string }
  | { readonly ok: false; readonly why: 'busy' }

export interface Asking {
  /** The id that the new response will have. */
  readonly id: string
  readonly previousId?: string
  readonly conversationId?: string
}

/** A response that is to be kept. */
export interface Keeping {
  readonly id: string
  readonly parent: string | null
  readonly upto: number | null
  readonly conversationId: string | null
  readonly createdAt: number
  /** The items of its own input, and the Response. */
  readonly input: string
  readonly response: string
  /** False where the client wants only the conversation kept. */
  readonly stored: boolean
}

export type Listed =
  | { readonly ok: true; readonly page: string }
  | { readonly ok: false; readonly missing: 'owner' | 'after' }

/** One that is not known is waited for so long: the answer of a fast client's last turn may be still on its way here. */
const LATE_MS = 1_000
/** A run in the background ends by then: an alarm may take 15 minutes. https://developers.cloudflare.com/durable-objects/platform/limits/ */
const RUN_MS = 14 * 60_000
const LOST = 'The gateway was stopped while it was answering; nothing more will come of this response.'

export abstract class ThreadObject<Env = Cloudflare.Env> extends DurableObject<Env> {
  private readonly store: ThreadStore
  private readonly book: Book
  private readonly floor: Floor = openFloor()
  private readonly running = new Map<string, AbortController>()
  private readonly waiting = new Set<() => void>()
  private readonly deleted = new Set<string>() // nobody waits for these; one id each, and only until the object sleeps

  /** Answers a question in the background; resolves with the Response, however it ended. */
  protected abstract answer(task: string, signal: AbortSignal): Promise<string>

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.store = openStore(state.storage.sql)
    const { store } = this
    this.book = {
      find: (id) => store.find(id),
      input: (id) => itemsIn(store.text(id, 'input')),
      response: (id) => responseIn(store.text(id, 'response')),
      items: (upto) => store.items(upto),
    }
  }

  /** What a new question goes on from. In a conversation it waits for the end of the answer before. */
  async recall({ id, previousId, conversationId }: Asking): Promise<Recalled> {
    if (conversationId !== undefined) return this.joinConversation(id, conversationId)
    if (previousId === undefined) return { ok: true, items: '[]', upto: null }
    await this.find(previousId)
    const said = saidUpTo(previousId, this.book)
    if (typeof said === 'string') return { ok: false, why: 'missing', id: said }
    return { ok: true, items: JSON.stringify(said), upto: null }
  }

  private async joinConversation(id: string, conversationId: string): Promise<Recalled> {
    const missing = { ok: false, why: 'missing', id: conversationId } as const
    if (this.store.conversation()?.id !== conversationId) return missing
    if (!(await this.floor.take(id))) return { ok: false, why: 'busy' }
    if (this.store.conversation()?.id === conversationId) {
      const upto = this.store.last()
      return { ok: true, items: JSON.stringify(this.store.items(upto)), upto }
    }
    this.floor.release(id)
    return missing
  }

  /** Nothing came of the question: the conversation goes on without it. */
  async forgo(id: string): Promise<void> {
    this.floor.release(id)
  }

  /** Keeps a response, once, and lets the conversation go on. */
  async keep(keeping: Keeping): Promise<void> {
    const { id, stored, parent, upto, createdAt } = keeping
    const response = responseIn(keeping.response)
    if (this.deleted.has(id)) return this.floor.release(id)
    if (stored) {
      this.store.put({ id, parent, upto, createdAt, status: statusOf(response), background: false })
      this.store.putText(id, 'input', keeping.input)
      this.store.putText(id, 'response', keeping.response)
    }
    this.join(keeping.conversationId, itemsIn(keeping.input), response)
    this.floor.release(id)
    for (const wake of this.waiting) wake()
    await this.schedule()
  }

  /** Takes a question to be answered in the background. */
  async begin(keeping: Keeping, task: string): Promise<void> {
    const { id, parent, upto, createdAt } = keeping
    this.store.put({ id, parent, upto, createdAt, status: 'queued', background: true })
    this.store.putText(id, 'input', keeping.input)
    this.store.putText(id, 'response', keeping.response)
    this.store.putText(id, 'task', JSON.stringify({ task, conversationId: keeping.conversationId }))
    await this.ctx.storage.setAlarm(Date.now())
  }

  /** The Response; undefined where there is none. */
  async read(id: string): Promise<string | undefined> {
    const kept = await this.find(id)
    if (kept === undefined) return undefined
    if (kept.status === 'queued') await this.schedule()
    this.checkAlive(kept)
    return this.store.text(id, 'response')
  }

  async inputItems(id: string, query: PageQuery): Promise<Listed> {
    const told = (await this.find(id)) === undefined ? id : toldTo(id, this.book)
    if (typeof told === 'string') return { ok: false, missing: 'owner' }
    return listed(told, query)
  }

  /** Erases a response; a run in the background is stopped. */
  async remove(id: string): Promise<boolean> {
    if ((await this.find(id)) === undefined) return false
    this.deleted.add(id)
    this.running.get(id)?.abort(new Failed({ kind: 'cancelled' }))
    this.store.remove(id)
    return true
  }

  /** The Response, which is no more worked on; undefined where there is none, false where it does not run by itself. */
  async cancel(id: string): Promise<string | false | undefined> {
    const kept = await this.find(id)
    if (kept === undefined) return undefined
    if (!kept.background) return false
    this.checkAlive(kept)
    if (isUnfinished(this.store.find(id)?.status ?? '')) {
      this.running.get(id)?.abort(new Failed({ kind: 'cancelled' }))
      this.end(kept, cancelled(this.book.response(id)))
    }
    return this.store.text(id, 'response')
  }

  /** Items by their ids, wherever in the thread they stand; those that are not there are left out. */
  async items(wanted: readonly { readonly id: string; readonly response: string }[]): Promise<string> {
    const found: Fields[] = []
    for (const { id, response } of wanted) {
      const kept = await this.find(response)
      const own =
        kept === undefined ? [] : [...this.book.input(response), ...saidIn(this.book.response(response))]
      const item = [...own, ...this.store.items()].find((one) => one['id'] === id)
      if (item !== undefined) found.push(item)
    }
    return JSON.stringify(found)
  }

  async putConversation(conversation: StoredConversation, items: string): Promise<void> {
    this.store.putConversation(conversation)
    this.store.append(itemsIn(items))
  }

  async conversation(id: string): Promise<StoredConversation | undefined> {
    const conversation = this.store.conversation()
    return conversation?.id === id ? conversation : undefined
  }

  async removeConversation(id: string): Promise<boolean> {
    if (this.store.conversation()?.id !== id) return false
    this.store.removeConversation()
    return true
  }

  async listItems(conversationId: string, query: PageQuery): Promise<Listed> {
    if (this.store.conversation()?.id !== conversationId) return { ok: false, missing: 'owner' }
    return listed(this.store.items(), query)
  }

  async addItems(conversationId: string, items: string): Promise<Listed> {
    if (this.store.conversation()?.id !== conversationId) return { ok: false, missing: 'owner' }
    const added = itemsIn(items)
    this.store.append(added)
    return { ok: true, page: JSON.stringify(listOfItems(added, false)) }
  }

  async item(conversationId: string, itemId: string): Promise<string | undefined> {
    if (this.store.conversation()?.id !== conversationId) return undefined
    const item = this.store.items().find((one) => one['id'] === itemId)
    return item === undefined ? undefined : JSON.stringify(item)
  }

  async removeItem(conversationId: string, itemId: string): Promise<boolean> {
    return this.store.conversation()?.id === conversationId && this.store.removeItem(itemId)
  }

  override async alarm(): Promise<void> {
    const all = this.store.all()
    for (const kept of all) this.checkAlive(kept)
    await Promise.all(all.filter(({ status }) => status === 'queued').map((kept) => this.run(kept)))
    for (const id of expired(this.store.all(), Date.now())) this.store.remove(id)
    if (this.store.all().length === 0 && this.store.conversation() === undefined) {
      await this.ctx.storage.deleteAll()
      return this.store.reset()
    }
    await this.schedule()
  }

  private async run(kept: Kept): Promise<void> {
    const { id } = kept
    const { task, conversationId } = responseIn(this.store.text(id, 'task'))
    const controller = new AbortController()
    this.running.set(id, controller)
    const late = new Failed({ kind: 'timeout', phase: 'total', limitMs: RUN_MS })
    const timer = setTimeout(() => controller.abort(late), RUN_MS)
    this.end(kept, { ...this.book.response(id), status: 'in_progress' }, 'running')
    const response = responseIn(
      await this.answer(String(task), controller.signal).catch(() => '{}'), // it says itself why; a run without a word is lost
    )
    clearTimeout(timer)
    this.running.delete(id)
    const now = this.store.find(id)
    if (now === undefined) return
    // Cancelled while it ran: what had come of it by then is kept.
    if (now.status === 'cancelled') this.end(now, cancelled({ ...response, status: 'in_progress' }))
    else if (response['status'] === undefined) this.end(now, failed(this.book.response(id), LOST))
    else {
      this.end(now, response)
      this.join(typeof conversationId === 'string' ? conversationId : null, this.book.input(id), response)
    }
  }

  private end(kept: Kept, response: Fields, still?: 'running'): void {
    this.store.put({ ...kept, status: statusOf(response) })
    this.store.putText(kept.id, 'response', JSON.stringify(response))
    if (still === undefined) this.store.putText(kept.id, 'task', '')
  }

  /** What is said to run and does not was lost with the isolate that it ran in. */
  private checkAlive(kept: Kept): void {
    if (kept.status === 'in_progress' && !this.running.has(kept.id))
      this.end(kept, failed(this.book.response(kept.id), LOST))
  }

  /** The items of a response join its conversation. */
  private join(conversationId: string | null, input: readonly Fields[], response: Fields): void {
    if (conversationId === null || this.store.conversation()?.id !== conversationId) return
    if (joinsConversation(response)) this.store.append([...input, ...saidIn(response)])
  }

  private async find(id: string): Promise<Kept | undefined> {
    const end = Date.now() + LATE_MS
    let kept = this.store.find(id)
    while (kept === undefined && !this.deleted.has(id) && Date.now() < end) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer)
          this.waiting.delete(wake)
          resolve()
        }
        const timer = setTimeout(wake, LATE_MS)
        this.waiting.add(wake)
      })
      kept = this.store.find(id)
    }
    return kept
  }

  /** Wakes up for what is queued, or when something has had its time. */
  private async schedule(): Promise<void> {
    const all = this.store.all()
    const due = all.some(({ status }) => status === 'queued') ? Date.now() : nextExpiry(all, Date.now())
    const set = await this.ctx.storage.getAlarm()
    if (due !== undefined && (set === null || due < set)) await this.ctx.storage.setAlarm(due)
  }
}

function listed(items: readonly Fields[], query: PageQuery): Listed {
  const page = pageOf(items, query)
  return page === undefined ? { ok: false, missing: 'after' } : { ok: true, page: JSON.stringify(page) }
}
