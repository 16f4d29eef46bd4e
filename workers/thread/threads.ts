// A question's way into its thread and out of it again: what came before it is told to the model, what comes of it is kept.
import { inputItemsOf, isReference, withItems } from '../../shared/dialects/openai-responses/items.ts'
import { Failed } from '../../shared/failure.ts'
import type { Fields } from '../../shared/fields.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { insist } from '../insist.ts'
import type { Caller, Cx, Fate } from '../service.ts'
import { saidIn } from './closing.ts'
import { PLACES } from './places.ts'
import { newId, newThread, responseOf, threadOf } from './ids.ts'
import { type Entry, markerOf } from './entry.ts'
import { fit } from './fitting.ts'
import type { Heard } from './drafts.ts'
import type { Keeping, Listed } from './keeper.ts'
import { entriesOf } from './measuring.ts'
import type { PageQuery } from './page.ts'
import type { Wanted } from './shelving.ts'
import { type Asking, type Due, NOTHING_BEFORE, NOWHERE, type Recall, type Recalled } from './recalled.ts'
import { reached } from './reached.ts'
import { resolve } from './references.ts'
import { itemsIn, type StoredConversation } from './store.ts'
import type { Span, SpanName, Written } from './summing.ts'
import { BOUNDLESS, countFor, limitOf, type Talking, tooLong } from './talking.ts'
import { openHeard, write } from './turn.ts'

/** What is asked of a thread's object; the real one is a Durable Object named by key and thread. */
export interface Thread {
  recall(asking: Asking): Promise<Recalled>
  forgo(id: string, conversationId: string | null): Promise<Fate>
  stepAside(id: string): Promise<void>
  keep(keeping: Keeping): Promise<Fate>
  hear(heard: Heard): Promise<void>
  begin(keeping: Keeping, task: string, keepMs: number | null): Promise<void>
  follow(id: string, afterEvent: number): Promise<ReadableStream<Uint8Array> | false | undefined>
  read(id: string): Promise<string | undefined>
  inputItems(id: string, query: PageQuery): Promise<Listed>
  remove(id: string): Promise<boolean>
  cancel(id: string): Promise<string | false | undefined>
  items(wanted: readonly Wanted[]): Promise<string>
  itemsHere(wanted: readonly Wanted[]): Promise<string>
  putConversation(conversation: StoredConversation, items: string): Promise<void>
  conversation(id: string): Promise<StoredConversation | undefined>
  removeConversation(id: string): Promise<boolean>
  listItems(conversationId: string, query: PageQuery): Promise<Listed>
  addItems(conversationId: string, items: string): Promise<Listed>
  item(conversationId: string, itemId: string): Promise<string | undefined>
  removeItem(conversationId: string, itemId: string): Promise<boolean>
  note(itemIds: readonly string[], response: string): Promise<void>
  whereabouts(itemIds: readonly string[]): Promise<Record<string, string>>
  span(due: Due): Promise<Span | undefined>
  summarised(name: SpanName, written: Written | undefined): Promise<void>
}

/** The threads of all keys; a key's own are named with its id, so that two keys never meet. */
export type Threads = (keyId: string, thread: string) => Thread

/** What is needed to come in. */
export interface Gate {
  readonly threads: Threads
  readonly talking: Talking
}

/** A question with what was said before it, as much of that as may be sent. */
export interface Entered {
  readonly request: ModelRequest
  /** The id of the response. */
  readonly id: string
  /** The thread, and what it is told when the question is left to it. */
  readonly thread: () => Thread
  readonly keeping: (response: Fields) => Keeping
  /** Call one of these, once: with the Response as it ended and who is to know what became of it, or because nothing came of it. */
  readonly keep: (response: Fields, tell: (fate: Fate) => void) => Promise<void>
  readonly forgo: () => Promise<Fate>
  /** Writes down the Response as it stands; false where no more of it is to be written. */
  readonly hear: (response: Fields) => Promise<boolean>
  /** Or this one, where the thread knows by itself how it ended. */
  readonly over: () => void
  /** Writes down where the items of the Response are found that have a vendor's ids; a part of `keep`. */
  readonly note: (response: Fields) => Promise<void>
  /** Has summed up what is not sent any more; a part of `keep`. */
  readonly sum: () => Promise<void>
}

/** The name under which a thread's turns meet at a provider; no client can give a conversation such a name. */
export const homeOf = (keyId: string, thread: string): string => `${keyId}/thread/${thread}`

/** What is known of a response's id before it has one: all of it, where it runs in the background, or its end. */
export interface Given {
  readonly id?: string
  readonly own?: string
}

export interface Asked {
  readonly request: ModelRequest
  /** Who pays for what is summed up. */
  readonly caller: Caller
}

export async function enter(
  { threads, talking }: Gate,
  { request, caller }: Asked,
  cx: Cx,
  given: Given = {},
): Promise<Entered> {
  const { previousId, conversationId, store = false, truncation } = request.response ?? {}
  const keyId = request.tenant ?? ''
  const name = threadFor(request, given.id)
  const id = given.id ?? newId('resp', name, given.own)
  const goesOn = previousId !== undefined || conversationId !== undefined
  const thread = (): Thread => threads(keyId, name)
  if (store || goesOn) thread() // where nothing can be kept, that is said before anything is paid
  const isFree = !goesOn && !store && truncation !== 'auto'
  const terms = isFree ? BOUNDLESS : await talking.termsOf(request, cx)
  const count = await countFor(talking, terms)
  const input = inputItemsOf(request, id)
  const asking: Asking = {
    id,
    ...(previousId === undefined ? {} : { previousId }),
    ...(conversationId === undefined ? {} : { conversationId }),
    own: goesOn || truncation === 'auto' ? entriesOf(input, count) : [],
    limit: limitOf(request, terms),
  }
  const floor = conversationId === undefined ? FREE : hold(thread(), { id, conversationId }, cx)
  try {
    const recalled = goesOn ? await reached(thread().recall(asking)) : recallNothing(asking)
    if (!recalled.ok) throw refusalOf(recalled, asking)
    const { items, upto, own: told, place, context, due } = recalled.value
    const history = itemsIn(items)
    const hasReferences = input.some(isReference)
    const ownThread = goesOn ? thread : undefined
    const own = hasReferences ? await resolve({ threads, keyId, ownThread }, input, history) : input
    const isCut = asking.own.length > 0 && (told.length < own.length || told.some(({ lean }) => lean))
    const isChanged = history.length > 0 || hasReferences || isCut
    const toldOwn = isCut ? tellOwn(own, asking.own, told) : own
    const keeping = (response: Fields): Keeping => ({
      id,
      parent: previousId ?? null,
      upto,
      conversationId: conversationId ?? null,
      createdAt: cx.now(),
      input: JSON.stringify(own),
      response: JSON.stringify(response),
      stored: store,
      inputTokens: own.map(count),
      saidTokens: saidIn(response).map(count),
      place,
    })
    const note = async (response: Fields): Promise<void> => {
      const foreign = saidIn(response).flatMap(({ id: itemId }) =>
        typeof itemId === 'string' && responseOf(itemId) === undefined ? [itemId] : [],
      )
      if (store && foreign.length > 0) await insist(() => threads(keyId, PLACES).note(foreign, id))
    }
    const sum = async (): Promise<void> => {
      const model = terms.summaryModel
      if (due === undefined || model === undefined) return
      const span = await thread().span(due)
      if (span === undefined) return
      const { start, depth, last, edition, previous } = span
      const asked = { previous, items: itemsIn(span.items), model, caller }
      await thread().summarised({ start, depth, last, edition }, await talking.summarise(asked, cx))
    }
    const isKept = store || conversationId !== undefined
    return {
      request: {
        ...(isChanged ? withItems(request, [...history, ...toldOwn]) : request),
        // What goes on, or will, is best answered where the past is computed already.
        ...(goesOn ? { thread: homeOf(keyId, name) } : {}),
        ...(goesOn || isCut ? { context: { turn: id, ...context } } : {}),
      },
      id,
      thread,
      keeping,
      keep: async (response, tell) => {
        const [fate] = await Promise.all([
          isKept ? write(thread(), keeping(response), cx) : NOTHING_KEPT,
          note(response),
        ]).finally(floor.over)
        tell(fate)
        if (fate !== 'erased') await sum()
      },
      hear: isKept ? openHeard({ thread, keeping }) : () => Promise.resolve(false),
      note,
      sum,
      forgo: floor.leave,
      over: floor.over,
    }
  } catch (error) {
    cx.defer(floor.leave())
    throw error
  }
}

/** A question that goes on from nothing may be too long by itself. */
function recallNothing({ own, limit }: Asking): Recalled {
  const fitted = fit(NOTHING_BEFORE, own, limit.drops ? limit : { ...limit, room: Infinity }, () => undefined)
  if (!fitted.ok) return { ok: false, why: 'long', tokens: fitted.tokens, room: fitted.room }
  const { own: told, left, tokens } = fitted.fit
  const value: Recall = {
    items: '[]',
    upto: null,
    own: told,
    place: NOWHERE,
    context: { left, summary: false, tokens },
  }
  return { ok: true, value }
}

const tellOwn = (own: readonly Fields[], entries: readonly Entry[], told: Recall['own']): readonly Fields[] =>
  told.flatMap(({ at, lean }): Fields[] => {
    const [item, entry] = [own[at], entries[at]]
    if (item === undefined || entry === undefined) return []
    return [lean ? markerOf(entry) : item]
  })

function refusalOf(recalled: Extract<Recalled, { ok: false }>, asking: Asking): Failed {
  switch (recalled.why) {
    case 'busy':
      return busy()
    case 'missing':
      return unknown(asking, recalled.id)
    case 'long':
      return tooLong(recalled)
  }
}

interface Hold {
  readonly leave: () => Promise<Fate>
  /** The object knows already. */
  readonly over: () => void
}

const NOTHING_KEPT: Fate = 'none'

const FREE: Hold = { leave: () => Promise.resolve('none'), over: () => undefined }

/**
 * A turn in the conversation. Deferred before it is waited for, since a client that leaves would hold it for ever: only
 * deferred work is sure to go on then.
 */
function hold(thread: Thread, { id, conversationId }: { id: string; conversationId: string }, cx: Cx): Hold {
  const { promise, resolve } = Promise.withResolvers<void>()
  cx.defer(promise)
  let left: Promise<Fate> | undefined
  const leave = (): Promise<Fate> => (left ??= thread.forgo(id, conversationId).finally(resolve))
  cx.signal.addEventListener('abort', () => cx.defer(leave()), { once: true })
  return { leave, over: resolve }
}

function threadFor({ response }: ModelRequest, given: string | undefined): string {
  const { previousId, conversationId } = response ?? {}
  if (given !== undefined) return threadOf(given, 'resp') ?? newThread()
  if (previousId !== undefined) {
    const thread = threadOf(previousId, 'resp')
    if (thread === undefined) throw unknown({ previousId }, previousId)
    return thread
  }
  if (conversationId === undefined) return newThread()
  const thread = threadOf(conversationId, 'conv')
  if (thread === undefined) throw unknown({}, conversationId)
  return thread
}

const busy = (): Failed =>
  new Failed({
    kind: 'conflict',
    code: 'conversation_locked',
    message:
      'Another response of this conversation has not ended for a minute. Wait for its end, then send this again.',
    retryAfterMs: 1_000,
  })

/** In OpenAI's words, which its clients look for: https://github.com/maximhq/bifrost/issues/2441 */
function unknown({ previousId }: Pick<Asking, 'previousId'>, missing: string): Failed {
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
