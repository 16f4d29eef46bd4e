// What is kept for clients of the Responses API, told and erased: responses, conversations and their items.
// Shapes: https://developers.openai.com/api/reference/resources/responses and .../resources/conversations
import type { Context } from 'hono'
import { z } from 'zod'
import { normalised } from '../../shared/dialects/openai-responses/items.ts'
import { openaiResponses } from '../../shared/dialects/openai-responses/index.ts'
import { checkItems } from '../../shared/dialects/openai-responses/schema.ts'
import type { Failed } from '../../shared/failure.ts'
import { isFields, parse as parseJson } from '../../shared/fields.ts'
import { invalid, mistake } from '../../shared/mistake.ts'
import type { ConversationDesk } from '../conversing.ts'
import type { Caller, Cx } from '../service.ts'
import { newId, newSeed, newThread, ownOf, threadOf } from '../thread/ids.ts'
import type { Listed } from '../thread/keeper.ts'
import type { PageQuery } from '../thread/page.ts'
import type { StoredConversation } from '../thread/store.ts'
import { streamOfOwn } from '../replay/names.ts'
import { reached } from '../thread/reached.ts'
import { homeOf, notFound, type Thread, type Threads } from '../thread/threads.ts'
import { parse, readBody } from './receive.ts'
import { find, type Keeping, markIn } from './replay.ts'
import { tellStream } from './respond.ts'

export interface Visit {
  readonly c: Context
  readonly cx: Cx
  readonly caller: Caller
}

type Handler = (visit: Visit) => Promise<Response>

export type Kept = Readonly<
  Record<
    | 'readResponse'
    | 'removeResponse'
    | 'cancelResponse'
    | 'inputItems'
    | 'makeConversation'
    | 'readConversation'
    | 'changeConversation'
    | 'removeConversation'
    | 'listItems'
    | 'addItems'
    | 'readItem'
    | 'removeItem',
    Handler
  >
>

const MOST_ITEMS = 20
const responses = openaiResponses()
const metadataSchema = z
  .record(z.string().max(64), z.string().max(512))
  .refine((pairs) => Object.keys(pairs).length <= 16, 'at most 16 pairs are kept')
export const makeSchema = z.looseObject({
  metadata: metadataSchema.nullish(),
  items: z.array(z.unknown()).max(MOST_ITEMS).nullish(),
})
export const changeSchema = z.looseObject({ metadata: metadataSchema.nullable() })
export const addSchema = z.looseObject({ items: z.array(z.unknown()).min(1).max(MOST_ITEMS) })
export const querySchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  order: z.enum(['asc', 'desc']).default('desc'),
  after: z.string().min(1).optional(),
})

export interface Shelves {
  readonly threads: Threads
  readonly conversations: Pick<ConversationDesk, 'eraseElsewhere'>
  readonly keeping: Keeping
  /** Forgets what a provider of ours keeps of a thread, by its name there. */
  readonly forgetAt: (keyId: string, home: string) => Promise<void>
  readonly bodyBytes: number
  readonly keepAliveMs: number
}

export function openKept(shelves: Shelves): Kept {
  const { threads, conversations, keeping, forgetAt, bodyBytes, keepAliveMs } = shelves
  const idIn = ({ c }: Visit): string => c.req.param('id') ?? ''

  const threadAt = (visit: Visit, kind: 'resp' | 'conv'): Thread => {
    const thread = threadOf(idIn(visit), kind)
    if (thread === undefined) throw missing(visit, kind)
    return threads(visit.caller.keyId, thread)
  }

  /** Leaves nothing of a thread anywhere, once a part of it was erased: what is left is computed again. */
  const forget = async (visit: Visit, kind: 'resp' | 'conv'): Promise<void> => {
    const { keyId } = visit.caller
    await reached(forgetAt(keyId, homeOf(keyId, threadOf(idIn(visit), kind) ?? '')))
    await conversations.eraseElsewhere(keyId, kind, idIn(visit))
    const stream = kind === 'resp' ? streamOfOwn(ownOf(idIn(visit)) ?? '') : ''
    if (stream !== '') await reached(keeping.replays(keyId, stream).erase())
  }

  const missing = (visit: Visit, kind: 'resp' | 'conv'): Failed =>
    notFound(kind === 'resp' ? 'Response' : 'Conversation', idIn(visit))

  const bodyOf = async <T>({ c }: Visit, schema: z.ZodType<T>): Promise<T> => {
    const text = await readBody(c.req.raw, bodyBytes)
    const body = text === '' ? {} : parse(text) // everything in it may be optional
    if (!isFields(body)) throw invalid('The request body must be a JSON object.', undefined)
    const read = schema.safeParse(body)
    if (!read.success) throw mistake(read.error, body)
    return read.data
  }

  const listed = (visit: Visit, kind: 'resp' | 'conv', found: Listed): Response => {
    if (found.ok) return json(found.page)
    if (found.missing === 'owner') throw missing(visit, kind)
    throw invalid("Invalid 'after': no item of this list has that id.", 'after')
  }

  const conversationAt = async (visit: Visit): Promise<StoredConversation> => {
    const found = await reached(threadAt(visit, 'conv').conversation(idIn(visit)))
    if (found === undefined) throw missing(visit, 'conv')
    return found
  }

  /** The events of a response after one of them: of a run in the background, or of a stream that is kept. */
  const follow = async (visit: Visit): Promise<Response> => {
    const { caller, cx, c } = visit
    const id = idIn(visit)
    const event = eventIn(visit)
    const thread = threadAt(visit, 'resp')
    const place = { caller, cx, headers: c.req.raw.headers, dialect: responses, address: '/v1/responses' }
    const found = await find(keeping, place, { stream: streamOfOwn(ownOf(id) ?? ''), event })
    if (found !== undefined) return found
    const body = await reached(thread.follow(id, event))
    if (body === undefined) throw missing(visit, 'resp')
    if (body !== false) return tellStream(id, body, { requestId: cx.id, keepAliveMs, now: cx.now })
    const message =
      "The events of this response are not kept, or not any more: leave 'stream' out and read the whole one. They are kept " +
      "of responses made with 'stream' and 'background', or with the header 'x-minnow-resumable: true'."
    throw invalid(message, 'stream')
  }

  return {
    async readResponse(visit) {
      if (visit.c.req.query('stream') === 'true') return follow(visit)
      const found = await reached(threadAt(visit, 'resp').read(idIn(visit)))
      if (found === undefined) throw missing(visit, 'resp')
      return json(found)
    },

    async removeResponse(visit) {
      if (!(await reached(threadAt(visit, 'resp').remove(idIn(visit))))) throw missing(visit, 'resp')
      await forget(visit, 'resp')
      return Response.json({ id: idIn(visit), object: 'response', deleted: true })
    },

    async cancelResponse(visit) {
      const found = await reached(threadAt(visit, 'resp').cancel(idIn(visit)))
      if (found === undefined) throw missing(visit, 'resp')
      if (found !== false) return json(found)
      throw invalid('Only responses that were created with background: true can be cancelled.', undefined)
    },

    inputItems: async (visit) =>
      listed(visit, 'resp', await reached(threadAt(visit, 'resp').inputItems(idIn(visit), queryOf(visit)))),

    async makeConversation(visit) {
      const { metadata, items } = await bodyOf(visit, makeSchema)
      const thread = newThread()
      const made = {
        id: newId('conv', thread),
        createdAt: visit.cx.now(),
        metadata: JSON.stringify(metadata ?? {}),
      }
      const first = normalised(checkItems(items ?? [], 'items', { items }), newSeed(thread))
      await reached(threads(visit.caller.keyId, thread).putConversation(made, JSON.stringify(first)))
      return Response.json(writeConversation(made))
    },

    readConversation: async (visit) => Response.json(writeConversation(await conversationAt(visit))),

    async changeConversation(visit) {
      const { metadata } = await bodyOf(visit, changeSchema)
      const changed = { ...(await conversationAt(visit)), metadata: JSON.stringify(metadata ?? {}) }
      await reached(threadAt(visit, 'conv').putConversation(changed, '[]'))
      return Response.json(writeConversation(changed))
    },

    async removeConversation(visit) {
      const isGone = await reached(threadAt(visit, 'conv').removeConversation(idIn(visit)))
      if (!isGone) throw missing(visit, 'conv')
      await forget(visit, 'conv')
      return Response.json({ id: idIn(visit), object: 'conversation.deleted', deleted: true })
    },

    listItems: async (visit) =>
      listed(visit, 'conv', await reached(threadAt(visit, 'conv').listItems(idIn(visit), queryOf(visit)))),

    async addItems(visit) {
      const { items } = await bodyOf(visit, addSchema)
      const thread = threadAt(visit, 'conv')
      const seed = newSeed(threadOf(idIn(visit), 'conv') ?? '')
      const added = normalised(checkItems(items, 'items', { items }), seed)
      return listed(visit, 'conv', await reached(thread.addItems(idIn(visit), JSON.stringify(added))))
    },

    async readItem(visit) {
      const itemId = visit.c.req.param('item') ?? ''
      const found = await reached(threadAt(visit, 'conv').item(idIn(visit), itemId))
      if (found === undefined) throw notFound('Item', itemId)
      return json(found)
    },

    async removeItem(visit) {
      const itemId = visit.c.req.param('item') ?? ''
      const conversation = await conversationAt(visit)
      const isGone = await reached(threadAt(visit, 'conv').removeItem(conversation.id, itemId))
      if (!isGone) throw notFound('Item', itemId)
      await forget(visit, 'conv')
      return Response.json(writeConversation(conversation))
    },
  }
}

const json = (text: string): Response =>
  new Response(text, { headers: { 'content-type': 'application/json' } })

const writeConversation = ({ id, createdAt, metadata }: StoredConversation): Record<string, unknown> => ({
  id,
  object: 'conversation',
  created_at: Math.floor(createdAt / 1000),
  metadata: parseJson(metadata),
})

/** The number of the event after which a client goes on; its own are counted from 0, ids from 1. */
function eventIn({ c }: Visit): number {
  const after = c.req.query('starting_after')
  if (after === undefined) return markIn(c.req.raw.headers)?.event ?? 0
  if (/^\d{1,9}$/.test(after)) return Number(after) + 1
  throw invalid("Invalid 'starting_after': the sequence_number of an event is expected.", 'starting_after')
}

function queryOf({ c }: Visit): PageQuery {
  const query = c.req.query()
  const read = querySchema.safeParse(query)
  if (!read.success) throw mistake(read.error, query)
  const { limit, order, after } = read.data
  return { limit, order, ...(after === undefined ? {} : { after }) }
}
