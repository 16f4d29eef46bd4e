// What a visitor of a web site may ask for: one conversation, its own, within what its token says. Also how the token is had.
import { z } from 'zod'
import { Failed, type Failure } from '../../shared/failure.ts'
import { invalid, mistake } from '../../shared/mistake.ts'
import type { Caller, Cx } from '../service.ts'
import type { Visitors } from '../visitors/visitors.ts'
import { parse, readBody } from './receive.ts'

const BODY_BYTES = 16 * 1024

export const visitSchema = z.looseObject({
  renewal: z
    .string()
    .max(1_024)
    .nullish()
    .describe('What came with the last token, to go on with its conversation.'),
  challenge: z
    .string()
    .max(2_048)
    .nullish()
    .describe('What a challenge against bots gave the browser, where one is asked for.'),
})

const OPEN: readonly RegExp[] = [
  /^(?:POST|GET) \/v1\/chat\/completions$/,
  /^POST \/v1\/chat\/completions\/cancel$/,
  /^POST \/v1\/feedback$/,
  /^GET \/v1\/models(?:\/.+)?$/,
]

const OWN = /^(?:GET|DELETE) \/v1\/conversations\/([^/]+)(?:\/messages)?$/

/** What a publishable key that only gets tokens opens itself: what a page must know before its visitor speaks. */
const BEFORE = /^POST \/v1\/visitors\/token$|^GET \/v1\/models(?:\/.+)?$/

/**
 * Throws `forbidden` where a visitor asks for more than its conversation, and where a publishable key asks for what
 * only a visitor's token opens. `isBound`: the configuration binds visitors by a challenge or instructions, which whoever
 * has read the key out of the page would go round.
 */
export function checkVisit(caller: Caller, method: string, path: string, isBound: boolean): void {
  const { visitor, origins, tokenOnly = isBound } = caller
  if (visitor === undefined && origins !== undefined && tokenOnly && !BEFORE.test(`${method} ${path}`)) {
    const message = `This publishable key gets visitors' tokens, and opens no ${method} ${path} itself. Take a token with POST /v1/visitors/token, from a page of the key's origins, and send it in the key's place.`
    throw new Failed({ kind: 'forbidden', code: 'visitor_token_required', message })
  }
  if (visitor === undefined || OPEN.some((open) => open.test(`${method} ${path}`))) return
  const own = OWN.exec(`${method} ${path}`)?.[1]
  if (own !== undefined && decodeURIComponent(own) === visitor.conversation) return
  const message = `A visitor's token does not open ${method} ${path}. It opens its own conversation: POST /v1/chat/completions and its /cancel, GET and DELETE /v1/conversations/${visitor.conversation}, POST /v1/feedback and GET /v1/models.`
  throw new Failed({ kind: 'forbidden', code: 'visitor_not_allowed', message })
}

/** The request as it is understood: in the token's conversation, whatever the page says, and under names of its own. */
export function within({ visitor }: Caller, raw: Request): Request {
  if (visitor === undefined) return raw
  const { conversation } = visitor
  const headers = new Headers(raw.headers)
  const named = headers.get('x-minnow-conversation')
  if (named !== null && named !== conversation) {
    const message = `This token is good for the conversation ${conversation} only, and the request names another.`
    throw new Failed({ kind: 'forbidden', code: 'conversation_not_allowed', message })
  }
  headers.set('x-minnow-conversation', conversation)
  headers.delete('x-minnow-conversation-budget')
  const key = headers.get('idempotency-key')
  if (key !== null) headers.set('idempotency-key', `${conversation} ${key}`)
  return new Request(raw, { headers })
}

/** A page must be able to read why its token is no good: whose it was is not known then, and nothing is told but that. */
export const strayOrigin = (failure: Failure, { headers }: Request): string | undefined =>
  failure.kind === 'rejected' && failure.code?.startsWith('visitor_token_') === true
    ? (headers.get('origin') ?? undefined)
    : undefined

/** `POST /v1/visitors/token`: `{ renewal?, challenge? }` with the publishable key. */
export async function issueToken(
  raw: Request,
  caller: Caller,
  visitors: Visitors,
  cx: Cx,
): Promise<Response> {
  const text = await readBody(raw, BODY_BYTES)
  const body = text.trim() === '' ? {} : parse(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalid('The request body must be a JSON object, or empty.', undefined)
  const read = visitSchema.safeParse(body)
  if (!read.success) throw mistake(read.error, body)
  const { renewal, challenge } = read.data
  const issued = await visitors.issue({
    caller,
    origin: raw.headers.get('origin'),
    renewal: renewal ?? undefined,
    challenge,
    address: raw.headers.get('cf-connecting-ip'),
    now: cx.now(),
  })
  return Response.json(
    {
      object: 'visitor.token',
      token: issued.token,
      expires_at: Math.floor(issued.expiresAt / 1_000),
      renewal: issued.renewal,
      renewable_until: Math.floor(issued.renewableUntil / 1_000),
      conversation: issued.conversation,
      limits: { usd: issued.settings.budgetUsd, rpm: issued.settings.rpm },
    },
    { headers: { 'cache-control': 'no-store' } },
  )
}
