// The names of conversations and turns. Pure.

/** As clients choose them. */
const OURS = /^[A-Za-z0-9._:@-]{1,128}$/
/** Conversations of the Responses API are named here, and by nobody else. */
const THEIRS = /^conv_[0-9a-f]{40}$/

export const isOfResponses = (id: string): boolean => THEIRS.test(id)

export const isConversationId = (id: string): boolean => OURS.test(id) && !isOfResponses(id)

/** Two keys may use the same id without seeing each other. */
export const nameOf = (keyId: string, id: string): string => `${keyId}/${id}`

export function partsOf(name: string): { readonly keyId: string; readonly id: string } {
  const slash = name.indexOf('/')
  return { keyId: name.slice(0, slash), id: name.slice(slash + 1) }
}

const random = (bytes: number): string =>
  [...crypto.getRandomValues(new Uint8Array(bytes))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')

export const newTurnId = (): string => `turn_${random(12)}`

export const newConversationId = (): string => `talk_${random(12)}`
