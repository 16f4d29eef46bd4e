// What keeps the turns of a conversation on one machine of a vendor, where its prompt is cached.
import type { SendOptions } from '../service.ts'

const BYTES = 16

/**
 * The conversation, or else the key whose request it is: the same for every turn, and of other keys never the same.
 * It is a hash, so that no client's words leave.
 */
export async function sessionOf({
  conversation,
  tenant,
}: Pick<SendOptions, 'conversation' | 'tenant'>): Promise<string | undefined> {
  const name = conversation === undefined ? tenant : `conversation ${conversation}`
  if (name === undefined) return undefined
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(name))
  const hex = Array.from(new Uint8Array(digest, 0, BYTES), (byte) => byte.toString(16).padStart(2, '0'))
  return `ses_${hex.join('')}`
}
