// What a thread does with its tables: keeps responses, tells what was said, adds to its conversation. Without waiting.
import type { Fields } from '../../shared/fields.ts'
import { failed, isInterrupted, isUnfinished, joinsConversation, saidIn, statusOf } from './closing.ts'
import type { Entry } from './entry.ts'
import { openErasing, type Erasing } from './erasing.ts'
import { pinned } from './line.ts'
import type { Kept } from './lineage.ts'
import { inConversation, type Named, toldTo } from './listing.ts'
import { counted, entriesOf, lineFor, saidEntries } from './measuring.ts'
import { listOfItems, type PageQuery, pageOf } from './page.ts'
import { type Asking, NOWHERE, type Place, recallFrom, type Recalled, responseIn } from './recalled.ts'
import { itemsIn, type ThreadStore } from './store.ts'
import { openSums, type Sums } from './summing.ts'
import { openTexts } from './telling.ts'

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
  /** Tokens of each item of its input, and of what it said; counted here where that is not told. */
  readonly inputTokens?: readonly number[]
  readonly saidTokens?: readonly number[]
  readonly place?: Place
}

export type Listed =
  | { readonly ok: true; readonly page: string }
  | { readonly ok: false; readonly missing: 'owner' | 'after' }

export interface Keeper extends Sums, Erasing {
  find(id: string): Kept | undefined
  response(id: string): Fields
  /** What came before a question, as much of it as it is to be told. */
  recall(asking: Asking): Recalled
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
  const responseOf = (id: string): Fields => responseIn(store.text(id, 'response'))
  const isConversation = (id: string): boolean => store.conversationUse()?.id === id

  const put = (keeping: Keeping, background: boolean): void => {
    const { id, parent, upto, createdAt, input, response } = keeping
    const [items, now] = [itemsIn(input), responseIn(response)]
    const said = saidEntries(now, keeping.saidTokens)
    const place = keeping.place ?? NOWHERE
    const measured = { id, parent, upto, input: counted(items, keeping.inputTokens), said, place }
    const kept = { id, parent, upto, createdAt, background, status: statusOf(now) }
    store.put(kept, lineFor(store, measured))
    store.putText(id, 'input', input)
    store.putText(id, 'response', response)
    const missing =
      parent === null ? undefined : store.find(parent) === undefined ? parent : store.gap(parent)
    if (missing !== undefined) store.putGap(id, missing) // erased while this one was answered
  }

  /** Written down now and then: every time would be a row a turn. */
  const use = (now: number): void => {
    const used = store.conversationUse()
    if (used !== undefined && now - used.at >= Math.min(USE_MS, conversationMs() / 100))
      store.useConversation(used.id, now)
  }

  const append = (items: readonly Fields[], entries: readonly Entry[], place?: Place): void => {
    const isBeginning = store.lastItem() === undefined
    const positions = store.append(items, entries)
    const sent = store.sent()
    const pins = pinned(sent.pins, entries, isBeginning, (at) => ({ response: null, at: positions[at] ?? 0 }))
    // A summary that came while the turn was answered is newer than the one that it was told.
    const summary = Math.max(sent.summary ?? 0, place?.summary ?? 0) || null
    store.putSent({ pins, summary, anchor: place === undefined ? sent.anchor : place.anchor })
  }

  interface Joining {
    readonly conversationId: unknown
    readonly input: readonly Fields[]
    readonly response: Fields
    readonly entries: readonly Entry[]
    readonly place: Place
  }

  const join = ({ conversationId, input, response, entries, place }: Joining, now: number): void => {
    if (typeof conversationId !== 'string' || !isConversation(conversationId)) return
    use(now)
    if (joinsConversation(response)) append([...input, ...saidIn(response)], entries, place)
  }

  const write = (kept: Kept, response: Fields): void => {
    const line = store.line(kept.id)
    const input = line?.entries.slice(0, line.inputs) ?? entriesOf(itemsIn(store.text(kept.id, 'input')))
    const place = line?.sent ?? NOWHERE
    const { id, parent, upto } = kept
    const { anchor, summary } = place
    const measured = { id, parent, upto, input, said: saidEntries(response), place: { anchor, summary } }
    store.put({ ...kept, status: statusOf(response) }, lineFor(store, measured))
    store.putText(kept.id, 'response', JSON.stringify(response))
    if (!isUnfinished(statusOf(response))) store.putText(id, 'task', '')
  }

  /** All of it is there already where the word that it was kept got lost, and it is kept again. */
  const isKept = ({ id, stored, input, response }: Keeping): boolean => {
    if (stored) return store.find(id) !== undefined
    // Of the answer alone that says nothing: some servers name every answer alike.
    const said = [...itemsIn(input), ...saidIn(responseIn(response))]
    return said.every((item) => typeof item['id'] === 'string' && store.hasLately(item['id']))
  }

  const lastPosition = ({ id }: Fields): number | undefined =>
    typeof id === 'string' && store.hasLately(id) ? store.positionsOf(id).at(-1) : undefined

  /** It was taken for one that a crash had cut off, and has come to its end after all. */
  const isCutOff = ({ id, stored }: Keeping, now: Fields): boolean => {
    if (isInterrupted(now)) return false
    if (stored) return store.find(id)?.status === 'incomplete' && isInterrupted(responseOf(id))
    return saidIn(now).some((item) => {
      const at = item['status'] === 'incomplete' ? undefined : lastPosition(item)
      return at !== undefined && store.item(at)?.['status'] === 'incomplete'
    })
  }

  const mend = ({ id, conversationId, saidTokens, place }: Keeping, now: Fields): void => {
    const kept = store.find(id)
    if (kept !== undefined) write(kept, now)
    if (conversationId === null || !isConversation(conversationId) || !joinsConversation(now)) return
    const said = saidIn(now)
    const entries = saidEntries(now, saidTokens)
    const places = said.map(lastPosition)
    for (const [at, item] of said.entries()) {
      const [position, entry] = [places[at], entries[at]]
      if (position !== undefined && entry !== undefined) store.changeItem(position, item, entry)
    }
    const isNew = (_: unknown, at: number): boolean => places[at] === undefined
    append(said.filter(isNew), entries.filter(isNew), place)
  }

  return {
    ...openSums(store),
    ...openErasing(store),
    find: (id) => store.find(id),
    response: responseOf,
    isConversation,
    recall(asking) {
      const { previousId, conversationId } = asking
      if (conversationId !== undefined)
        return isConversation(conversationId)
          ? recallFrom(store, { kind: 'conversation', upto: store.last() }, asking)
          : { ok: false, why: 'missing', id: conversationId }
      const id = previousId ?? ''
      const missing = store.find(id) === undefined ? id : store.gap(id)
      if (missing !== undefined) return { ok: false, why: 'missing', id: missing }
      return recallFrom(store, { kind: 'response', id }, asking)
    },
    keep(keeping, now) {
      const whole = responseIn(keeping.response)
      if (isCutOff(keeping, whole)) return mend(keeping, whole)
      if (isKept(keeping)) return
      const { stored, conversationId, inputTokens, saidTokens, place = NOWHERE } = keeping
      if (stored) put(keeping, false)
      const [input, response] = [itemsIn(keeping.input), responseIn(keeping.response)]
      const entries = [...counted(input, inputTokens), ...saidEntries(response, saidTokens)]
      join({ conversationId, input, response, entries, place }, now)
    },
    queue(keeping, task) {
      put(keeping, true)
      const { conversationId } = keeping
      store.putText(keeping.id, 'task', JSON.stringify({ task, conversationId }))
    },
    change(kept, response, now) {
      const { conversationId } = responseIn(store.text(kept.id, 'task'))
      write(kept, response)
      const { entries = [], sent: place = NOWHERE } = store.line(kept.id) ?? {}
      const input = itemsIn(store.text(kept.id, 'input'))
      join({ conversationId, input, response, entries, place }, now)
    },
    task: (id) => String(responseIn(store.text(id, 'task'))['task']),
    lose: (kept) => write(kept, failed(responseOf(kept.id), LOST)),
    inputItems: (id, query) =>
      store.find(id) === undefined
        ? { ok: false, missing: 'owner' }
        : listed(store, ordered(toldTo(store, id), query), query),
    listItems: (id, query) =>
      isConversation(id)
        ? listed(store, inConversation(store, query.order), query)
        : { ok: false, missing: 'owner' },
    addItems(id, items, now) {
      if (!isConversation(id)) return { ok: false, missing: 'owner' }
      use(now)
      const added = itemsIn(items)
      if (added.length > 0) append(added, entriesOf(added))
      return { ok: true, page: JSON.stringify(listOfItems(added, false)) }
    },
    item(id, response) {
      const at =
        response === undefined ? -1 : (store.line(response)?.entries ?? []).findIndex((one) => one.id === id)
      if (response !== undefined && at >= 0) return openTexts(store)({ response, at })
      const [position] = store.positionsOf(id)
      return position === undefined ? undefined : store.item(position)
    },
  }
}

/** What is told newest first, in the order that is asked for. */
const ordered = (named: Iterable<Named>, { order }: PageQuery): Iterable<Named> =>
  order === 'desc' ? named : [...named].toReversed()

function listed(store: ThreadStore, named: Iterable<Named>, query: PageQuery): Listed {
  const read = openTexts(store)
  const page = pageOf(named, ({ ref }) => read(ref), query)
  return page === undefined ? { ok: false, missing: 'after' } : { ok: true, page: JSON.stringify(page) }
}
