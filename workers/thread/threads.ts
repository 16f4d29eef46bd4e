// A question's way into its thread and out of it again: what came before it is told to the model, what comes of it is kept.
import { inputItemsOf, isReference, withItems } from '../../shared/dialects/openai-responses/items.ts'
import { Failed } from '../../shared/failure.ts'
import type { Fields } from '../../shared/fields.ts'
import { sealTrouble } from '../../shared/seal.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { insist } from '../insist.ts'
import type { Cx } from '../service.ts'
import { saidIn } from './closing.ts'
import { PLACES } from './places.ts'
import { newId, newThread, responseOf, threadOf } from './ids.ts'
import type { Keeping, Listed, Recalled } from './keeper.ts'
import type { Asking } from './object.ts'
import type { PageQuery } from './page.ts'
import { itemsIn, type StoredConversation } from './store.ts'

/** What is asked of a thread's object; the real one is a Durable Object named by key and thread. */
export interface Thread {
  recall(asking: Asking): Promise<Recalled>
  forgo(id: string): Promise<void>
  keep(keeping: Keeping): Promise<void>
  begin(keeping: Keeping, task: string, keepMs: number | null): Promise<void>
  follow(id: string, afterEvent: number): Promise<ReadableStream<Uint8Array> | false | undefined>
  read(id: string): Promise<string | undefined>
  inputItems(id: string, query: PageQuery): Promise<Listed>
  remove(id: string): Promise<boolean>
  cancel(id: string): Promise<string | false | undefined>
  items(wanted: readonly { readonly id: string; readonly response: string }[]): Promise<string>
  putConversation(conversation: StoredConversation, items: string): Promise<void>
  conversation(id: string): Promise<StoredConversation | undefined>
  removeConversation(id: string): Promise<boolean>
  listItems(conversationId: string, query: PageQuery): Promise<Listed>
  addItems(conversationId: string, items: string): Promise<Listed>
  item(conversationId: string, itemId: string): Promise<string | undefined>
  removeItem(conversationId: string, itemId: string): Promise<boolean>
  note(itemIds: readonly string[], response: string): Promise<void>
  whereabouts(itemIds: readonly string[]): Promise<Record<string, string>>
}

/** The threads of all keys; a key's own are named with its id, so that two keys never meet. */
export type Threads = (keyId: string, thread: string) => Thread

/** A question with everything that was said before it. */
export interface Entered {
  readonly request: ModelRequest
  /** The id of the response. */
  readonly id: string
  /** The thread, and what it is told when the question is left to it. */
  readonly thread: () => Thread
  readonly keeping: (response: Fields) => Keeping
  /** Call one of these, once: with the Response as it ended, or because nothing came of it. */
  readonly keep: (response: Fields) => Promise<void>
  readonly forgo: () => Promise<void>
  /** Or this one, where the thread knows by itself how it ended. */
  readonly over: () => void
  /** Writes down where the items of the Response are found that have a vendor's ids; a part of `keep`. */
  readonly note: (response: Fields) => Promise<void>
}

/** The name under which a thread's turns meet at a provider; no client can give a conversation such a name. */
export const homeOf = (keyId: string, thread: string): string => `${keyId}/thread/${thread}`

/** A question that names more answers than this by their items is not looked up in all of them. */
const MOST_THREADS = 64

/** What is known of a response's id before it has one: all of it, where it runs in the background, or its end. */
export interface Given {
  readonly id?: string
  readonly own?: string
}

export async function enter(
  threads: Threads,
  request: ModelRequest,
  cx: Cx,
  given: Given = {},
): Promise<Entered> {
  const { previousId, conversationId, store = false } = request.response ?? {}
  const keyId = request.tenant ?? ''
  const name = threadFor(request, given.id)
  const id = given.id ?? newId('resp', name, given.own)
  const goesOn = previousId !== undefined || conversationId !== undefined
  const thread = (): Thread => threads(keyId, name)
  if (store || goesOn) thread() // where nothing can be kept, that is said before anything is paid
  const asking: Asking = {
    id,
    ...(previousId === undefined ? {} : { previousId }),
    ...(conversationId === undefined ? {} : { conversationId }),
  }
  const floor = conversationId === undefined ? FREE : hold(thread(), id, cx)
  try {
    const recalled = goesOn ? await reached(thread().recall(asking)) : NOTHING
    if (!recalled.ok) throw recalled.why === 'busy' ? busy() : unknown(asking, recalled.id)
    const history = itemsIn(recalled.items)
    const input = inputItemsOf(request, id)
    const hasReferences = input.some(isReference)
    const own = hasReferences ? await resolve(threads, keyId, input, history) : input
    const keeping = (response: Fields): Keeping => ({
      id,
      parent: previousId ?? null,
      upto: recalled.upto,
      conversationId: conversationId ?? null,
      createdAt: cx.now(),
      input: JSON.stringify(own),
      response: JSON.stringify(response),
      stored: store,
    })
    const note = async (response: Fields): Promise<void> => {
      const foreign = saidIn(response).flatMap(({ id: itemId }) =>
        typeof itemId === 'string' && responseOf(itemId) === undefined ? [itemId] : [],
      )
      if (store && foreign.length > 0) await threads(keyId, PLACES).note(foreign, id)
    }
    return {
      request: {
        ...(history.length > 0 || hasReferences ? withItems(request, [...history, ...own]) : request),
        // What goes on, or will, is best answered where the past is computed already.
        ...(goesOn ? { thread: homeOf(keyId, name) } : {}),
      },
      id,
      thread,
      keeping,
      keep: async (response) => {
        const isKept = store || conversationId !== undefined
        const kept = keeping(response)
        const keep = isKept ? insist(() => thread().keep(kept)) : undefined
        // What cannot be kept holds nobody up who waits for the next turn.
        const left = keep?.catch((error: unknown) =>
          thread()
            .forgo(id)
            .then(() => Promise.reject(error)),
        )
        await Promise.all([left, note(response)]).finally(floor.over)
      },
      note,
      forgo: floor.leave,
      over: floor.over,
    }
  } catch (error) {
    cx.defer(floor.leave())
    throw error
  }
}

interface Hold {
  readonly leave: () => Promise<void>
  /** The object knows already. */
  readonly over: () => void
}

const FREE: Hold = { leave: () => Promise.resolve(), over: () => undefined }

/**
 * A turn in the conversation. Deferred before it is waited for, since a client that leaves would hold it for ever: only
 * deferred work is sure to go on then.
 */
function hold(thread: Thread, id: string, cx: Cx): Hold {
  const { promise, resolve } = Promise.withResolvers<void>()
  cx.defer(promise)
  let left: Promise<void> | undefined
  const leave = (): Promise<void> => (left ??= thread.forgo(id).finally(resolve))
  cx.signal.addEventListener('abort', () => cx.defer(leave()), { once: true })
  return { leave, over: resolve }
}

const NOTHING: Recalled = { ok: true, items: '[]', upto: null }

function threadFor({ response }: ModelRequest, given: string | undefined): string {
  const { previousId, conversationId } = response ?? {}
  if (given !== undefined) return threadOf(given, 'resp') ?? newThread()
  if (previousId !== undefined) {
    const thread = threadOf(previousId, 'resp')
    if (thread === undefined) throw unknown({ id: '', previousId }, previousId)
    return thread
  }
  if (conversationId === undefined) return newThread()
  const thread = threadOf(conversationId, 'conv')
  if (thread === undefined) throw unknown({ id: '', conversationId }, conversationId)
  return thread
}

/** The input with the items themselves where it only names them. */
async function resolve(
  threads: Threads,
  keyId: string,
  input: readonly Fields[],
  history: readonly Fields[],
): Promise<readonly Fields[]> {
  const known = new Map(history.map((item) => [item['id'], item]))
  const ids = input.filter((item) => isReference(item) && !known.has(item['id'])).map(({ id }) => String(id))
  const elsewhere = ids.filter((id) => responseOf(id) === undefined)
  const noted = elsewhere.length === 0 ? {} : await reached(threads(keyId, PLACES).whereabouts(elsewhere))
  const wanted = new Map<string, { id: string; response: string }[]>()
  for (const id of ids) {
    const response = responseOf(id) ?? noted[id] ?? ''
    const thread = threadOf(response, 'resp')
    if (thread === undefined) throw noItem(id)
    wanted.set(thread, [...(wanted.get(thread) ?? []), { id, response }])
  }
  if (wanted.size > MOST_THREADS) {
    const message = `Invalid 'input': its references lead to ${wanted.size} conversations, at most ${MOST_THREADS} are looked up.`
    throw new Failed({ kind: 'invalid-request', message, param: 'input' })
  }
  const found = await Promise.all(
    [...wanted].map(([name, items]) => reached(threads(keyId, name).items(items))),
  )
  for (const item of found.flatMap(itemsIn)) known.set(item['id'], item)
  return input.map((item) => {
    if (!isReference(item)) return item
    const referred = known.get(item['id'])
    if (referred === undefined) throw noItem(String(item['id']))
    return referred
  })
}

export const reached = <T>(call: Promise<T>): Promise<T> =>
  call.catch((error: unknown) => {
    throw (
      sealTrouble(error) ??
      new Failed({ kind: 'unavailable', what: 'What is kept of this conversation', retryAfterMs: 1_000 })
    )
  })

const noItem = (id: string): Failed =>
  new Failed({ kind: 'not-found', message: `Item with id '${id}' not found.`, param: 'input' })

const busy = (): Failed =>
  new Failed({
    kind: 'conflict',
    code: 'conversation_locked',
    message:
      'Another response of this conversation has not ended for a minute. Wait for its end, then send this again.',
    retryAfterMs: 1_000,
  })

/** In OpenAI's words, which its clients look for: https://github.com/maximhq/bifrost/issues/2441 */
function unknown({ previousId }: Asking, missing: string): Failed {
  if (previousId === undefined) return notFound('Conversation', missing)
  return new Failed({
    kind: 'invalid-request',
    message: `Previous response with id '${missing}' not found.`,
    param: 'previous_response_id',
    code: 'previous_response_not_found',
  })
}

export const notFound = (what: 'Response' | 'Conversation' | 'Item', id: string): Failed =>
  new Failed({ kind: 'not-found', message: `${what} with id '${id.slice(0, 128)}' not found.` })
