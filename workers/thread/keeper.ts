// What a thread does with its tables: keeps responses, tells what was said, adds to its conversation. Without waiting.
import type { Fields } from '../../shared/fields.ts'
import { failed, isUnfinished, joinsConversation, saidIn, statusOf } from './closing.ts'
import type { Kept } from './lineage.ts'
import { listOfItems, type PageQuery, pageOf } from './page.ts'
import { type Book, responseIn, saidUpTo, toldTo } from './recalled.ts'
import { itemsIn, type ThreadStore } from './store.ts'

/** A response that is to be kept. Texts that cross the border of the object are JSON: kept as they come, sent as they are. */
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

export type Recalled =
  | { readonly ok: true; readonly items: string; readonly upto: number | null }
  | { readonly ok: false; readonly why: 'missing'; readonly id: string }
  | { readonly ok: false; readonly why: 'busy' }

export type Listed =
  | { readonly ok: true; readonly page: string }
  | { readonly ok: false; readonly missing: 'owner' | 'after' }

export interface Keeper {
  find(id: string): Kept | undefined
  response(id: string): Fields
  recall(previousId: string): Recalled
  /** Everything in the conversation by now. */
  recallConversation(id: string): Recalled
  isConversation(id: string): boolean
  keep(keeping: Keeping, now: number): void
  queue(keeping: Keeping, task: string): void
  /** The Response of a run as it stands now; it joins its conversation once it has ended well. */
  change(kept: Kept, response: Fields, now: number): void
  /** What a run needs, and nothing else does. */
  task(id: string): string
  /** What runs by the tables and does not, was lost with the isolate that it ran in. */
  lose(kept: Kept): void
  inputItems(id: string, query: PageQuery): Listed
  listItems(conversationId: string, query: PageQuery): Listed
  addItems(conversationId: string, items: string, now: number): Listed
  /** An item of the conversation, or of a response. */
  item(id: string, response?: string): Fields | undefined
}

/** A conversation may go so much too early, or a hundredth of its time where that is less. */
const USE_MS = 86_400_000

const LOST = 'The gateway was stopped while it was answering; nothing more will come of this response.'

/** `conversationMs`: how long a conversation is kept from its last word on. */
export function openKeeper(store: ThreadStore, conversationMs: () => number): Keeper {
  const book: Book = {
    find: (id) => store.find(id),
    input: (id) => itemsIn(store.text(id, 'input')),
    response: (id) => responseIn(store.text(id, 'response')),
    items: (upto) => store.items(upto),
  }
  const isConversation = (id: string): boolean => store.conversationUse()?.id === id

  const put = ({ id, parent, upto, createdAt, input, response }: Keeping, background: boolean): void => {
    store.put({ id, parent, upto, createdAt, background, status: statusOf(responseIn(response)) })
    store.putText(id, 'input', input)
    store.putText(id, 'response', response)
  }

  /** Written down now and then: every time would be a row a turn. */
  const use = (now: number): void => {
    const used = store.conversationUse()
    if (used !== undefined && now - used.at >= Math.min(USE_MS, conversationMs() / 100))
      store.useConversation(used.id, now)
  }

  const join = (conversationId: unknown, input: readonly Fields[], response: Fields, now: number): void => {
    if (typeof conversationId !== 'string' || !isConversation(conversationId)) return
    use(now)
    if (!joinsConversation(response)) return
    const said = [...input, ...saidIn(response)]
    // All of it is there already where the word that it was kept got lost, and it is kept again. Of the answer alone
    // that says nothing: some servers name every answer alike.
    if (!said.every(({ id }) => typeof id === 'string' && store.hasLately(id))) store.append(said)
  }

  const write = (kept: Kept, response: Fields): void => {
    store.put({ ...kept, status: statusOf(response) })
    store.putText(kept.id, 'response', JSON.stringify(response))
    if (!isUnfinished(statusOf(response))) store.putText(kept.id, 'task', '')
  }

  return {
    find: book.find,
    response: book.response,
    isConversation,
    recall(previousId) {
      const said = saidUpTo(previousId, book)
      if (typeof said === 'string') return { ok: false, why: 'missing', id: said }
      return { ok: true, items: JSON.stringify(said), upto: null }
    },
    recallConversation(id) {
      if (!isConversation(id)) return { ok: false, why: 'missing', id }
      const upto = store.last()
      return { ok: true, items: JSON.stringify(store.items(upto)), upto }
    },
    keep(keeping, now) {
      if (keeping.stored) put(keeping, false)
      join(keeping.conversationId, itemsIn(keeping.input), responseIn(keeping.response), now)
    },
    queue(keeping, task) {
      put(keeping, true)
      const { conversationId } = keeping
      store.putText(keeping.id, 'task', JSON.stringify({ task, conversationId }))
    },
    change(kept, response, now) {
      const { conversationId } = responseIn(store.text(kept.id, 'task'))
      write(kept, response)
      join(conversationId, book.input(kept.id), response, now)
    },
    task: (id) => String(responseIn(store.text(id, 'task'))['task']),
    lose: (kept) => write(kept, failed(book.response(kept.id), LOST)),
    inputItems(id, query) {
      const told = toldTo(id, book)
      return typeof told === 'string' ? { ok: false, missing: 'owner' } : listed(told, query)
    },
    listItems: (id, query) =>
      isConversation(id) ? listed(store.items(), query) : { ok: false, missing: 'owner' },
    addItems(id, items, now) {
      if (!isConversation(id)) return { ok: false, missing: 'owner' }
      use(now)
      const added = itemsIn(items)
      store.append(added)
      return { ok: true, page: JSON.stringify(listOfItems(added, false)) }
    },
    item(id, response) {
      const isKept = response !== undefined && book.find(response) !== undefined
      const own = isKept ? [...book.input(response), ...saidIn(book.response(response))] : []
      return [...own, ...store.items()].find((one) => one['id'] === id)
    },
  }
}

function listed(items: readonly Fields[], query: PageQuery): Listed {
  const page = pageOf(items, query)
  return page === undefined ? { ok: false, missing: 'after' } : { ok: true, page: JSON.stringify(page) }
}
