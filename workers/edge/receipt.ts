// A receipt that may still be on its way: its row reaches the database about a second after the answer's end.
import { Failed } from '../../shared/failure.ts'

const TRIES = 8
const PAUSE_MS = 150

/** Reads `?include=conversation`: the sums of the conversation so far, which take longer to find than the receipt. */
export function wantsConversation(include: string | undefined): boolean {
  if (include === undefined || include === '') return false
  if (include === 'conversation') return true
  const message = `Invalid 'include': found "${include.slice(0, 64)}", expected "conversation", or leave it out.`
  throw new Failed({ kind: 'invalid-request', message, param: 'include' })
}

/** Resolves with the receipt of a request; throws `not-found` where there is none after a second. */
export async function waitFor<T>(id: string, find: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (tries > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    const found = await find()
    if (found !== undefined) return found
  }
  const message = `There is no receipt '${id}' for this key: it is the 'x-request-id' of a request that has ended.`
  throw new Failed({ kind: 'not-found', message, code: 'receipt_not_found' })
}
