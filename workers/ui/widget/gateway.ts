// The gateway as the widget asks it: a token for one conversation, answers that stream and can be taken up again, opinions.
import { readStream } from './stream.ts'

/** What the gateway said no with, in its own words; `status` 0: nobody answered. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  readonly code: string
  readonly retryAfterMs: number | undefined

  constructor(status: number, code: string, message: string, retryAfterMs?: number) {
    super(message)
    this.status = status
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

export interface Place {
  readonly host: string
  readonly key: string
  /** What a challenge against bots gives; asked for when the gateway wants one. */
  readonly challenge: () => Promise<string | undefined>
}

export interface Ticket {
  readonly token: string
  readonly conversation: string
  readonly renewal: string
  readonly expiresAt: number
}

export interface Question {
  readonly body: unknown
  readonly key: string
  readonly mark: string | undefined
  readonly signal: AbortSignal
}

export interface Head {
  readonly requestId: string | undefined
  readonly turn: string | undefined
  readonly route: string | undefined
}

export interface Listener {
  head(head: Head): void
  /** `mark` names the event with which the text came. */
  text(piece: string, mark: string): void
}

export interface Gateway {
  /** Resolves at the answer's end. Throws `Refused`. */
  ask(question: Question, listener: Listener): Promise<void>
  /** Ends the answer to a question; who knows nothing of it refuses it when it comes. */
  cancel(key: string): Promise<void>
  rate(requestId: string, score: number): Promise<void>
  erase(name: string): Promise<void>
}

/** A token is renewed so long before its end. */
const EARLY_MS = 30_000

/** Who says nothing for so long is asked once more: the same is never run twice, and an answer under way is joined. */
const HEAD_MS = 30_000

const EDGE = '/v1/chat/completions'

/** One conversation's talk with the gateway. `keep` is told what takes the conversation up again, and `renewal` says it. */
export function openGateway(
  place: Place,
  renewal: () => string | undefined,
  keep: (ticket: Ticket) => void,
): Gateway {
  let ticket: Ticket | undefined
  let coming: Promise<Ticket> | undefined

  const exchange = (challenge?: string): Promise<Response> =>
    call(place, '/v1/visitors/token', {
      method: 'POST',
      headers: { authorization: `Bearer ${place.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ renewal: renewal(), challenge }),
    })

  const enterAnew = async (): Promise<Ticket> => {
    const reply = await exchange().catch(async (error: unknown) => {
      const isAsked = error instanceof Refused && error.code === 'challenge_required'
      const passed = isAsked ? await place.challenge() : undefined
      if (passed === undefined) throw error
      return exchange(passed)
    })
    const said = (await reply.json()) as Record<string, unknown>
    ticket = {
      token: String(said['token']),
      conversation: String(said['conversation']),
      renewal: String(said['renewal']),
      expiresAt: Number(said['expires_at']) * 1_000,
    }
    keep(ticket)
    return ticket
  }

  const enter = async (): Promise<string> => {
    if (ticket !== undefined && ticket.expiresAt - EARLY_MS > Date.now()) return ticket.token
    coming ??= enterAnew().finally(() => (coming = undefined))
    return (await coming).token
  }

  /** With a fresh token where the one that was held turns out to be no good. */
  const send = async (path: string, init: RequestInit, isAgain = false): Promise<Response> => {
    const token = await enter()
    const headers = { ...(init.headers as Record<string, string>), authorization: `Bearer ${token}` }
    try {
      return await call(place, path, { ...init, headers })
    } catch (error) {
      if (isAgain || !(error instanceof Refused) || !error.code.startsWith('visitor_token')) throw error
      ticket = undefined
      return send(path, init, true)
    }
  }

  return {
    async ask({ body, key, mark, signal }, listener) {
      const reply = await send(EDGE, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': key,
          'x-minnow-resumable': 'true',
          ...(mark === undefined ? {} : { 'last-event-id': mark }),
        },
        body: JSON.stringify(body),
        signal,
      })
      const { headers } = reply
      listener.head({
        requestId: headers.get('x-request-id') ?? undefined,
        turn: headers.get('x-minnow-turn') ?? undefined,
        route: headers.get('x-minnow-route')?.split(';')[0],
      })
      await readStream(reply, signal, listener)
    },
    async cancel(key) {
      await send(`${EDGE}/cancel`, { method: 'POST', headers: { 'idempotency-key': key } })
    },
    async rate(requestId, score) {
      const body = JSON.stringify({ request_id: requestId, score })
      await send('/v1/feedback', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    },
    async erase(name) {
      await send(`/v1/conversations/${name}`, { method: 'DELETE' })
    },
  }
}

/** Can what stands behind this name read pictures? */
export async function sees(place: Place, model: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${place.key}` }
  const reply = await call(place, `/v1/models/${encodeURIComponent(model)}`, { headers })
  const { capabilities } = (await reply.json()) as { capabilities?: { images?: boolean } }
  return capabilities?.images === true
}

async function call({ host }: Place, path: string, init: RequestInit): Promise<Response> {
  const { signal } = init
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), HEAD_MS)
  const reply = await fetch(host + path, {
    ...init,
    signal: AbortSignal.any(signal ? [late.signal, signal] : [late.signal]),
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
  })
    .catch((error: unknown) => {
      throw signal?.aborted === true ? error : new Refused(0, 'unreachable', '')
    })
    .finally(() => clearTimeout(timer))
  if (reply.ok) return reply
  const text = await reply.text().catch(() => '')
  const { message, code } = told(text)
  const seconds = Number(reply.headers.get('retry-after') ?? Number.NaN)
  throw new Refused(reply.status, code, message, Number.isFinite(seconds) ? seconds * 1_000 : undefined)
}

function told(text: string): { message: string; code: string } {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown; code?: unknown } }
    return { message: String(error?.message ?? ''), code: String(error?.code ?? '') }
  } catch {
    return { message: '', code: '' } // not from our gateway
  }
}
