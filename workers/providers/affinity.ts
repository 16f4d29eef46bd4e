// What keeps the turns of a conversation on one machine of a vendor, where its prompt is cached: a header, or a field.
import type { WireRequest } from '../../shared/dialect.ts'
import type { SendOptions } from '../service.ts'

const BYTES = 16

type Whose = Pick<SendOptions, 'conversation' | 'beginning' | 'tenant'>

/**
 * The conversation, by its name or by how it began, or else the key whose request it is: the same for every turn, and of
 * other keys never the same. It is a hash, so that no client's words leave.
 */
export async function sessionOf({ conversation, beginning, tenant }: Whose): Promise<string | undefined> {
  if (conversation !== undefined) return named(`conversation ${conversation}`)
  if (beginning !== undefined) return named(`beginning ${tenant ?? ''}\n${beginning}`)
  return tenant === undefined ? undefined : named(tenant)
}

async function named(name: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(name))
  const hex = Array.from(new Uint8Array(digest, 0, BYTES), (byte) => byte.toString(16).padStart(2, '0'))
  return `ses_${hex.join('')}`
}

const FIELD = 'prompt_cache_key'

/**
 * The body with the conversation's key, unless the client gave one. A question by itself gets none: vendors lead those by
 * how their prompt begins, which joins all that begin alike.
 */
export async function withCacheKey(wire: WireRequest, options: Whose): Promise<WireRequest['body']> {
  const { conversation, beginning } = options
  const isAlone = conversation === undefined && beginning === undefined
  if (isAlone || (wire.body[FIELD] ?? undefined) !== undefined) return wire.body
  return { ...wire.body, [FIELD]: await sessionOf(options) }
}
