// Whether a browser has passed a challenge against bots, as Cloudflare Turnstile and its like tell it.
// Source: https://developers.cloudflare.com/turnstile/get-started/server-side-validation/
import { Failed } from '../../shared/failure.ts'

export interface Challenge {
  readonly url: string
  readonly secret: string
  readonly hostnames?: readonly string[]
}

export const SITEVERIFY = 'https://challenges.cloudflare.com/turnstile/v0/siteverify'

const WAIT_MS = 5_000
/** As long as Turnstile's own may be. */
const MOST_CHARS = 2_048

type Post = (url: string, init: RequestInit) => Promise<Response>

/** Throws unless `answer` is one that was just given and is seen for the first time. */
export async function checkChallenge(
  { url, secret, hostnames }: Challenge,
  answer: unknown,
  address: string | null,
  post: Post,
): Promise<void> {
  if (typeof answer !== 'string' || answer === '' || answer.length > MOST_CHARS) {
    const message =
      "This site asks for a challenge before a conversation begins. Send what the challenge gave as 'challenge'."
    throw new Failed({ kind: 'forbidden', code: 'challenge_required', message })
  }
  const said = await ask(url, secret, answer, address, post)
  const isHere =
    hostnames === undefined || (typeof said['hostname'] === 'string' && hostnames.includes(said['hostname']))
  if (said['success'] === true && isHere) return
  const codes = Array.isArray(said['error-codes']) ? said['error-codes'].map(String) : []
  const why = codes.includes('timeout-or-duplicate')
    ? 'it was used before or is too old'
    : isHere
      ? 'it was not accepted'
      : 'it was passed on another site'
  throw new Failed({
    kind: 'forbidden',
    code: 'challenge_failed',
    message: `The challenge was not passed: ${why}. Take a new one and send what it gives as 'challenge'.`,
  })
}

async function ask(
  url: string,
  secret: string,
  response: string,
  address: string | null,
  post: Post,
): Promise<Readonly<Record<string, unknown>>> {
  const body = JSON.stringify({ secret, response, ...(address === null ? {} : { remoteip: address }) })
  try {
    const reply = await post(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(WAIT_MS),
    })
    const said: unknown = await reply.json()
    if (typeof said === 'object' && said !== null) return said as Record<string, unknown>
  } catch {
    // Who cannot be asked has not said yes: nobody comes in unchallenged while it is away.
  }
  throw new Failed({ kind: 'unavailable', what: 'The challenge that keeps bots out', retryAfterMs: 2_000 })
}
