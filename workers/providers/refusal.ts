// Whether an answer refuses the key that it was asked with: by its status, or by its words where the status says less.
import { ERROR_BYTES, readText } from './text.ts'
import type { Vendor } from './vendor.ts'

/** Statuses that say a key is dead, unless the record of a vendor knows more. */
const DEAD_KEY = [401, 402]

export interface Refusal {
  readonly isDead: boolean
  /** The answer, still to be read. */
  readonly response: Response
}

/** Costs nothing for answers that are none, and for vendors that say it by status alone. */
export async function refusalOf(
  response: Response,
  { deadKey = DEAD_KEY, deadWords }: Pick<Vendor, 'deadKey' | 'deadWords'>,
): Promise<Refusal> {
  const { status, statusText } = response
  if (deadKey.includes(status)) return { isDead: true, response }
  if (deadWords === undefined || response.body === null || (status !== 400 && status !== 429)) {
    return { isDead: false, response }
  }
  const text = await readText(response.body, ERROR_BYTES)
  const headers = new Headers(response.headers)
  for (const name of ['content-encoding', 'content-length']) headers.delete(name) // of the bytes, which are read
  return { isDead: deadWords.test(text), response: new Response(text, { status, statusText, headers }) }
}
