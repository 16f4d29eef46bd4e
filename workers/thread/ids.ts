// The names of what is kept. An id begins with the thread it lives in, so it leads to its object without a table, and
// the items that are named after a response lead there too (shared/dialects/openai-responses/ids.ts).

/** As many as leave room for an item's own mark: ids of items may have 64 characters. */
const THREAD_CHARS = 20
const OWN_CHARS = 20

export type Kind = 'resp' | 'conv'

export const newThread = (): string => hex(THREAD_CHARS)

export const newId = (kind: Kind, thread: string, own: string = hex(OWN_CHARS)): string =>
  `${kind}_${thread}${own}`

/** What the ids of items are made of that come alone. */
export const newSeed = (thread: string): string => thread + hex(OWN_CHARS)

/** The thread of a response or a conversation; undefined where no such id was ever made here. */
export const threadOf = (id: string, kind: Kind): string | undefined =>
  new RegExp(`^${kind}_([0-9a-f]{${THREAD_CHARS}})[0-9a-f]{${OWN_CHARS}}$`).exec(id)?.[1]

/** The part of a response's id that is its own. */
export const ownOf = (id: string): string | undefined =>
  threadOf(id, 'resp') === undefined ? undefined : id.slice(-OWN_CHARS)

const ITEM = new RegExp(`^[a-z]+_mnw([0-9a-f]{${THREAD_CHARS}})([0-9a-f]{${OWN_CHARS}})_`)

/** The response that an item of ours is named after; undefined for ids that a vendor gave. */
export function responseOf(itemId: string): string | undefined {
  const [, thread, own] = ITEM.exec(itemId) ?? []
  return thread === undefined || own === undefined ? undefined : `resp_${thread}${own}`
}

function hex(chars: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(chars / 2))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
