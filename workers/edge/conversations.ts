// The addresses under which conversations are listed, read, copied and erased; docs/conversations.md is their contract.
import type { Context } from 'hono'
import { z } from 'zod'
import { Failed } from '../../shared/failure.ts'
import { isFields } from '../../shared/fields.ts'
import { invalid, mistake } from '../../shared/mistake.ts'
import { isConversationId, isOfResponses, newConversationId } from '../conversation/ids.ts'
import type { Page, SaidTurn, TurnQuery } from '../conversation/reading.ts'
import { writeLines, writeMarkdown, writeMessages } from '../conversation/writing.ts'
import type { ConversationDesk, Known } from '../conversing.ts'
import type { Caller, Cx } from '../service.ts'
import { parse, readBody } from './receive.ts'

export interface Visit {
  readonly c: Context
  readonly cx: Cx
  readonly caller: Caller
}

type Handler = (visit: Visit) => Promise<Response>

export interface Talks {
  readonly list: Handler
  readonly read: Handler
  readonly messages: Handler
  readonly branch: Handler
  readonly remove: Handler
  /** Ours where the address names one of ours, else the other: one address, two kinds of ids. */
  readonly or: (ours: Handler, theirs: Handler) => Handler
}

const turn = z.string().min(1).max(64)
export const listSchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: z.string().min(1).max(128).optional(),
})
export const readSchema = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(100),
  order: z.enum(['asc', 'desc']).default('asc'),
  after: turn.optional(),
  turn: turn.optional(),
  format: z.enum(['json', 'jsonl', 'markdown']).default('json'),
})
export const branchSchema = z.strictObject({ turn: turn.nullish(), id: z.string().nullish() })

/** Turns of an export that are read at a time. */
const EXPORTED = 100

export function openTalks(desk: ConversationDesk, bodyBytes: number): Talks {
  const idIn = ({ c }: Visit): string => c.req.param('id') ?? ''

  /** Ids of another form were never anybody's, and no object is asked for them. */
  const ours =
    (answer: Handler): Handler =>
    async (visit) => {
      if (!isConversationId(idIn(visit))) throw missing(idIn(visit))
      return answer(visit)
    }

  const known = async (visit: Visit): Promise<Known> => {
    const found = await desk.about(visit.caller.keyId, idIn(visit))
    if (found === undefined) throw missing(idIn(visit))
    return found
  }

  const pageOf = async (visit: Visit, query: TurnQuery): Promise<Extract<Page, { ok: true }>> => {
    const page = await desk.read(visit.caller.keyId, idIn(visit), query)
    if (page.ok) return page
    switch (page.missing) {
      case 'conversation':
        throw missing(idIn(visit))
      case 'turn':
        throw noTurn(query.turn ?? '', 'turn')
      case 'after':
        throw invalid("Invalid 'after': no turn of this branch has that id.", 'after')
    }
  }

  /** All of a branch, a page of turns after another. */
  async function* turns(visit: Visit, query: TurnQuery): AsyncGenerator<readonly SaidTurn[]> {
    let page = await pageOf(visit, query)
    yield page.turns
    while (page.hasMore) {
      page = await pageOf(visit, { ...query, after: page.turns.at(-1)?.id ?? '' })
      yield page.turns
    }
  }

  return {
    or: (own, theirs) => async (visit) => (isConversationId(idIn(visit)) ? own(visit) : theirs(visit)),

    async list(visit) {
      refuseVisitor(visit.caller, 'list conversations')
      const { limit, after } = queryIn(visit, listSchema)
      const page = await desk.list(visit.caller.keyId, limit, after)
      if (!page.ok) throw invalid("Invalid 'after': this key has no conversation of that id.", 'after')
      const data = page.data.map(({ id, createdAt }) => ({
        id,
        object: 'conversation',
        created_at: seconds(createdAt),
      }))
      return Response.json(listOf(data, page.hasMore))
    },

    async read(visit) {
      allow(visit, idIn(visit), 'read conversations')
      return Response.json(writeKnown(idIn(visit), await known(visit)))
    },

    messages: ours(async (visit) => {
      allow(visit, idIn(visit), 'read conversations')
      const { format, turn: last, after, ...rest } = queryIn(visit, readSchema)
      const query: TurnQuery = {
        ...rest,
        ...(last === undefined ? {} : { turn: last }),
        ...(after === undefined ? {} : { after }),
      }
      if (format === 'json') {
        const page = await pageOf(visit, query)
        const names = { first_id: page.turns[0]?.id ?? '', last_id: page.turns.at(-1)?.id ?? '' }
        const data = page.turns.flatMap(writeMessages)
        return Response.json({ object: 'list', data, ...names, has_more: page.hasMore })
      }
      const pages = turns(visit, { ...query, limit: EXPORTED })
      const first = await pages.next() // what is wrong is said before anything is told
      const write = format === 'jsonl' ? writeLines : writeMarkdown
      const type = format === 'jsonl' ? 'application/jsonl' : 'text/markdown'
      return new Response(streamOf(first.done === true ? [] : first.value, pages, write), {
        headers: {
          'content-type': `${type}; charset=utf-8`,
          'content-disposition': `attachment; filename="conversation.${format === 'jsonl' ? 'jsonl' : 'md'}"`,
          'x-content-type-options': 'nosniff',
        },
      })
    }),

    branch: ours(async (visit) => {
      const { caller, cx, c } = visit
      refuseVisitor(caller, 'copy conversations')
      const id = idIn(visit)
      const said = await readBody(c.req.raw, bodyBytes)
      const body = said === '' ? {} : parse(said)
      if (!isFields(body)) throw invalid('The request body must be a JSON object.', undefined)
      const read = branchSchema.safeParse(body)
      if (!read.success) throw mistake(read.error, body)
      const to = read.data.id ?? newConversationId()
      if (!isConversationId(to)) throw badId('id', to)
      const from = read.data.turn ?? (await known(visit)).lastTurn
      const done = await desk.branch(caller.keyId, id, { to, turn: from, now: cx.now() })
      if (done === 'conversation') throw missing(id)
      if (done === 'turn') throw noTurn(from, 'turn')
      if (done === 'taken') {
        const message = `There is a conversation '${to}' already. Send another 'id', or none.`
        throw new Failed({ kind: 'conflict', code: 'conversation_exists', message })
      }
      const made = await desk.about(caller.keyId, to)
      if (made === undefined) throw missing(to)
      return Response.json({ ...writeKnown(to, made), branched_from: { id, turn: from } })
    }),

    async remove(visit) {
      const id = idIn(visit)
      allow(visit, id, 'erase conversations')
      if (!(await desk.erase(visit.caller.keyId, id))) throw missing(id)
      return Response.json({ id, object: 'conversation.deleted', deleted: true })
    },
  }
}

/** The conversation that a request speaks in, as its header says. */
export function conversationIn(headers: Headers): string | undefined {
  const id = headers.get(HEADER)
  if (id === null) return undefined
  if (!isConversationId(id)) throw badId(HEADER, id)
  return id
}

const HEADER = 'x-minnow-conversation'

const badId = (name: string, id: string): Failed =>
  isOfResponses(id)
    ? invalid(
        `Invalid '${name}': '${id}' is the id of a conversation of the Responses API, which is gone on with in POST /v1/responses. Choose an id of another form.`,
        name,
      )
    : invalid(`Invalid '${name}': send 1 to 128 letters, digits and . _ : @ - as its id.`, name)

/** A key that stands in a page belongs to all who read it; its visitors' tokens are for one conversation each. */
function refuseBrowser({ origins, visitor }: Caller, what: string): void {
  if (origins === undefined || visitor !== undefined) return
  const message = `A publishable key may not ${what}: everybody who reads the page has it. Use a secret key, or a visitor's token for the one conversation.`
  throw new Failed({ kind: 'forbidden', message, code: 'publishable_key' })
}

function refuseVisitor(caller: Caller, what: string): void {
  refuseBrowser(caller, what)
  if (caller.visitor !== undefined) throw notYours()
}

function allow({ caller }: Visit, id: string, what: string): void {
  refuseBrowser(caller, what)
  if (caller.visitor !== undefined && caller.visitor.conversation !== id) throw notYours()
}

const notYours = (): Failed =>
  new Failed({
    kind: 'forbidden',
    message: "A visitor's token reads and erases its own conversation only.",
    code: 'conversation_not_allowed',
  })

const missing = (id: string): Failed =>
  new Failed({ kind: 'not-found', message: `Conversation with id '${id.slice(0, 128)}' not found.` })

const noTurn = (id: string, param: string): Failed =>
  new Failed({
    kind: 'not-found',
    message: `There is no turn '${id.slice(0, 64)}' in this conversation. GET /v1/conversations/{id}/messages tells its turns.`,
    code: 'turn_not_found',
    param,
  })

const seconds = (ms: number): number => Math.floor(ms / 1_000)

const writeKnown = (id: string, known: Known): Record<string, unknown> => ({
  id,
  object: 'conversation',
  created_at: seconds(known.createdAt),
  last_turn_at: seconds(known.lastTurnAt),
  expires_at: seconds(known.expiresAt),
  last_turn: known.lastTurn,
  turns: known.turns,
  tokens: known.tokens,
  bytes: known.bytes,
})

const listOf = (data: readonly { readonly id: string }[], hasMore: boolean): Record<string, unknown> => ({
  object: 'list',
  data,
  first_id: data[0]?.id ?? '',
  last_id: data.at(-1)?.id ?? '',
  has_more: hasMore,
})

function queryIn<T>({ c }: Visit, schema: z.ZodType<T>): T {
  const query = c.req.query()
  const read = schema.safeParse(query)
  if (!read.success) throw mistake(read.error, query)
  return read.data
}

const encoder = new TextEncoder()

function streamOf(
  first: readonly SaidTurn[],
  rest: AsyncGenerator<readonly SaidTurn[]>,
  write: (turns: readonly SaidTurn[]) => string,
): ReadableStream<Uint8Array> {
  let next: readonly SaidTurn[] | undefined = first
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (next === undefined) return controller.close()
      controller.enqueue(encoder.encode(write(next)))
      const more = await rest.next()
      next = more.done === true ? undefined : more.value
      if (next === undefined) controller.close()
    },
  })
}
