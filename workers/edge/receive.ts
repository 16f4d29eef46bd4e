// A client's bytes into a model request: read within bounds, parsed once, checked at the door.
import { joined } from '../../shared/bytes.ts'
import type { Address, ClientDialect } from '../../shared/dialect.ts'
import { Failed } from '../../shared/failure.ts'
import { isFields, listOf } from '../../shared/fields.ts'
import { microsFromDollars } from '../../shared/money.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { type CacheWish, readCacheHeader } from '../../shared/reuse.ts'
import { takeWishes, type Wishes } from '../../shared/wishes.ts'
import { nameOf } from '../conversation/ids.ts'
import type { Caller } from '../service.ts'
import { conversationIn } from './conversations.ts'

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

export async function receive(
  request: Request,
  dialect: ClientDialect,
  caller: Caller,
  limitBytes: number,
  address?: Address,
): Promise<ModelRequest> {
  return understand(parse(await readBody(request, limitBytes)), request.headers, dialect, caller, address)
}

/** What a body, which has been read, asks for. */
export function understand(
  read: unknown,
  headers: Headers,
  dialect: ClientDialect,
  caller: Caller,
  address?: Address,
): ModelRequest {
  const { body, wishes } = takeWishes(read)
  const conversation = conversationIn(headers)
  checkTalk(wishes, conversation, dialect)
  const asked = readAsked(body, wishes, dialect, address)
  const maxCostMicros = readMaxCost(headers.get('x-minnow-max-cost'))
  const conversationMicros = readConversationBudget(headers)
  const passed = passedHeaders(headers, dialect.passHeaders ?? [])
  return {
    ...asked,
    ...instructed(asked.messages, caller),
    ...wishes,
    ...cacheWish(headers),
    ...(passed === undefined ? {} : { native: { ...asked.native, headers: passed } }),
    limits: {
      ...asked.limits,
      ...(maxCostMicros === undefined ? {} : { maxCostMicros }),
      ...(conversationMicros === undefined ? {} : { conversationMicros }),
    },
    tenant: caller.keyId,
    // Scoped to the key: two customers may use the same id without seeing each other.
    ...(conversation === undefined ? {} : { conversation: nameOf(caller.keyId, conversation) }),
  }
}

/** A visitor's page gives no instructions where the operator has: they would turn the site's assistant into anything. */
function instructed(
  messages: ModelRequest['messages'],
  { visitor }: Caller,
): { readonly messages?: ModelRequest['messages'] } {
  const text = visitor?.instructions
  if (text === undefined) return {}
  const said = messages.filter(({ role }) => role !== 'system' && role !== 'developer')
  return { messages: [{ role: 'system', parts: [{ type: 'text', text }] }, ...said] }
}

/** What is said of a turn needs a conversation that it is one of. */
function checkTalk({ talk }: Wishes, conversation: string | undefined, { id }: ClientDialect): void {
  if (talk === undefined || conversation !== undefined) return
  const { kind } = talk.goal
  if (kind === 'on' && id === 'openai-responses') return // whose conversations are named in the body
  const field = kind === 'on' ? 'contextTokens' : kind === 'again' ? 'regenerate' : kind
  throw invalid(
    `'minnow.${field}' is about a conversation that is kept: send 'x-minnow-conversation' with its id.`,
    `minnow.${field}`,
  )
}

/** Where a stored question is answered again, there need be no message: dialects want one, and a blank one is taken out. */
function readAsked(
  body: unknown,
  { talk }: Wishes,
  dialect: ClientDialect,
  address: Address | undefined,
): ModelRequest {
  const field = dialect.id === 'gemini' ? 'contents' : 'messages'
  const isBare = talk?.goal.kind === 'again' && isFields(body) && listOf(body[field]).length === 0
  if (!isBare) return dialect.readRequest(body, address)
  const blank =
    field === 'contents' ? { role: 'user', parts: [{ text: '.' }] } : { role: 'user', content: '.' }
  const asked = dialect.readRequest({ ...body, [field]: [blank] }, address)
  return { ...asked, messages: asked.messages.filter(({ role }) => role !== 'user') }
}

function invalid(message: string, param?: string): Failed {
  return new Failed({ kind: 'invalid-request', message, ...(param === undefined ? {} : { param }) })
}

/** What the header says wins over the body: it is nearer to who runs the client. */
function cacheWish(headers: Headers): { readonly cache?: CacheWish } {
  const header = headers.get(CACHE)
  if (header === null) return {}
  const cache = readCacheHeader(header)
  if (cache === undefined)
    throw invalid(
      `Invalid '${CACHE}': send 'on', 'off', 'exact' or 'semantic', with 'refresh', 'ttl=<seconds>' and 'scope=<key, project or user>' as you like.`,
      CACHE,
    )
  return { cache }
}

const CACHE = 'x-minnow-cache'

/** A header's value must be one that can be sent on: visible ASCII, and not a book. */
const SENDABLE = /^[\x20-\x7e]{1,1024}$/

function passedHeaders(headers: Headers, names: readonly string[]): Record<string, string> | undefined {
  const passed = names.flatMap((name): [string, string][] => {
    const value = headers.get(name)
    return value !== null && SENDABLE.test(value) ? [[name, value]] : []
  })
  return passed.length === 0 ? undefined : Object.fromEntries(passed)
}

export const readMaxCost = (header: string | null): number | undefined =>
  readDollars('x-minnow-max-cost', header)

function readConversationBudget(headers: Headers): number | undefined {
  const name = 'x-minnow-conversation-budget'
  const micros = readDollars(name, headers.get(name))
  if (micros !== undefined && !headers.has('x-minnow-conversation'))
    throw invalid(`'${name}' needs 'x-minnow-conversation' with the conversation's id.`, name)
  return micros
}

function readDollars(name: string, header: string | null): number | undefined {
  if (header === null) return undefined
  const dollars = Number(header)
  if (header.trim() === '' || !Number.isFinite(dollars) || dollars < 0)
    throw invalid(`Invalid '${name}': send a number of US dollars, such as 0.05.`, name)
  return microsFromDollars(dollars)
}

/**
 * A body over the limit is read on and dropped as far as this: a client that is still writing when we
 * answer and close sees a broken connection instead of the reason.
 */
const DRAIN_BYTES = 64 * 1024 * 1024

export async function readBody(request: Request, limitBytes: number): Promise<string> {
  const bytes = await readBytes(request, limitBytes)
  try {
    return strict.decode(bytes)
  } catch {
    throw invalid('The request body is not valid UTF-8.')
  }
}

export async function readBytes(request: Request, limitBytes: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > DRAIN_BYTES) throw new Failed({ kind: 'too-large', limitBytes })
  // With a declared length the runtime itself holds the client to it; without one the bytes are counted.
  return request.body === null || (declared > 0 && declared <= limitBytes)
    ? new Uint8Array(await request.arrayBuffer())
    : readBounded(request.body, limitBytes)
}

async function readBounded(body: ReadableStream<Uint8Array>, limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.byteLength
    if (length <= limitBytes) chunks.push(chunk)
    else if (length > DRAIN_BYTES) break
  }
  if (length > limitBytes) throw new Failed({ kind: 'too-large', limitBytes })
  return joined(chunks)
}

export function parse(text: string): unknown {
  if (text.trim() === '') throw invalid('The request body is empty. Send a JSON object.')
  try {
    return JSON.parse(text)
  } catch (error) {
    // The runtime's message says where; what stands there may be private and is left out.
    const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1]
    throw invalid(
      `The request body is not valid JSON${position === undefined ? '' : ` (near character ${position})`}.`,
    )
  }
}
