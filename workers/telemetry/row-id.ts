// What the id of a row tells, and when that of its request tells the same. Pure.
import { timeOfRequestId } from '../../shared/request-id.ts'

/** Where the ids of rows begin that a request of this time has, or a later one. */
export const firstIdAt = (at: number): string => `row_${at.toString(36)}`

/**
 * A request's id is made when its head has come; its row's time is when its body has, which a busy machine may be slow to
 * read. What takes longer costs a row of its own.
 */
const SOON_MS = 10_000

/** The ids between which the row of this request is; undefined where its id does not tell. */
export function rangeOfRequest(
  requestId: string,
): { readonly from: string; readonly to: string } | undefined {
  const at = timeOfRequestId(requestId)
  return at === undefined ? undefined : { from: firstIdAt(at), to: firstIdAt(at + SOON_MS) }
}

/** True where the row is found by the time in its request's id. */
export function isTold(requestId: string, rowId: string): boolean {
  const range = rangeOfRequest(requestId)
  return range !== undefined && rowId >= range.from && rowId < range.to
}
