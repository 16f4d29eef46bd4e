// Sends a call with one of a provider's keys. A refused key says nothing about the request, so with another one it is
// the same attempt; a request asks each key once at most.
import type { WireRequest } from '../../shared/dialect.ts'
import { Failed, type Failure } from '../../shared/failure.ts'
import type { Provider, SendOptions } from '../service.ts'
import { sessionOf } from './affinity.ts'
import { openKeyring } from './keyring.ts'
import { readErrorText } from './refusal.ts'

export type Post = (wire: WireRequest, options: SendOptions, key: string | undefined) => Promise<Response>

/** `deadWords` tell a dead key where the status says only that the request is wrong, or comes too fast. */
export function inTurn(keys: readonly string[], post: Post, deadWords?: RegExp): Provider['send'] {
  const keyring = openKeyring(keys)
  return async (wire, options) => {
    const model = options.model ?? ''
    const tried = new Set<string>()
    const home = keys.length > 1 ? await homeOf(options) : undefined
    let key = keyring.next(model, tried, Date.now(), home)
    for (;;) {
      if (key === undefined || (keys.length === 1 && deadWords === undefined)) return post(wire, options, key)
      tried.add(key)
      const { failure, give } = await sendOnce(() => post(wire, options, key), options, deadWords)
      const isRefused = failure !== undefined && keyring.refuse(key, model, failure, Date.now())
      const next = isRefused ? keyring.next(model, tried, Date.now(), home) : undefined
      if (next === undefined) return give()
      key = next
    }
  }
}

/**
 * Keys may be of several accounts, and a prompt is in the cache of one: a conversation keeps its key while that lives.
 * Undefined for a question by itself. Source: https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 */
async function homeOf(options: SendOptions): Promise<number | undefined> {
  if (options.conversation === undefined && options.beginning === undefined) return undefined
  const session = await sessionOf(options)
  return session === undefined ? undefined : Number.parseInt(session.slice(-8), 16)
}

/** What came of one try, and what it means where it failed. */
interface Sent {
  readonly failure: Failure | undefined
  readonly give: () => Response
}

async function sendOnce(
  send: () => Promise<Response>,
  { explain }: SendOptions,
  deadWords: RegExp | undefined,
): Promise<Sent> {
  const fail = (error: Failed): Sent => ({
    failure: error.failure,
    give: () => {
      throw error
    },
  })
  try {
    const reply = await send()
    const { status, headers } = reply
    if (status < 400 || status >= 500 || explain === undefined)
      return { failure: undefined, give: () => reply }
    const text = await readErrorText(reply)
    if (deadWords?.test(text) === true) return fail(new Failed({ kind: 'credentials', status }))
    return { failure: explain(reply, text), give: () => new Response(text, { status, headers }) }
  } catch (error) {
    if (error instanceof Failed) return fail(error) // it could not even sign
    throw error
  }
}
