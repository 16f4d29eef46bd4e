// What is asked about single requests: the list of them, and one's receipt. Rows are in D1, or still in an outbox.
import { readConversation } from './conversations.ts'
import type { Kind } from './kinds.ts'
import { findRow, readById, readRows } from './reading.ts'
import { readReceipt } from './receipt.ts'
import { readRow, type Row } from './record.ts'
import { firstIdAt } from './row-id.ts'
import { newest, type Wanted } from './unsent.ts'

export interface RequestFilter extends Kind {
  readonly limit: number
  /** Only rows before this one: an id from an earlier page, or a time in milliseconds. */
  readonly before?: string
  readonly key?: string
  readonly model?: string
}

export interface Rows {
  readonly database: D1Database
  /** What outboxes have that D1 has not, each newest first. */
  readonly outboxes: (wanted: Wanted) => Promise<readonly (readonly Row[])[]>
  /** What was said in the request of a row, from each outbox that has it. */
  readonly texts: (rowId: string) => Promise<readonly (string | undefined)[]>
  /** What of it is shown. */
  readonly openText: (kept: string, rowId: string) => unknown
  /** Rows of requests before this time are not shown any more. */
  readonly keptFrom: () => number
}

export interface Listing {
  readonly rows: readonly Record<string, unknown>[]
  /** `before` of the next question, where the search ended before there were as many rows as were wanted. */
  readonly reached?: string
}

/** Newest first. A row's id begins with its time, so the order of ids is that of time. */
export async function listRequests(rows: Rows, filter: RequestFilter): Promise<Listing> {
  const { before, ...rest } = filter
  const wanted: Wanted = {
    ...rest,
    from: firstIdAt(rows.keptFrom()),
    ...(before === undefined ? {} : { before: /^\d+$/.test(before) ? firstIdAt(Number(before)) : before }),
  }
  // Outboxes first: what one of them puts into D1 meanwhile is found there.
  const unsent = await rows.outboxes(wanted)
  const found = await readRows(rows.database, wanted, unsent.flat())
  return { ...found, rows: found.rows.map(readRow) }
}

/** A row with what was said in its request: null where its key does not want that kept. Undefined where there is none. */
export async function findRequest(rows: Rows, id: string): Promise<Record<string, unknown> | undefined> {
  if (id < firstIdAt(rows.keptFrom())) return undefined
  const said = (await rows.texts(id)).find((text) => text !== undefined)
  const [unsent] = (await rows.outboxes({ limit: 1, from: id, before: `${id}~` })).flat()
  const { row = unsent, text = said } = await readById(rows.database, id)
  return row === undefined
    ? undefined
    : { ...readRow(row), text: text === undefined ? null : rows.openText(text, id) }
}

/** The key's newest request of this id, with its conversation's sums if wished; undefined for none, or not yet. */
export async function findReceipt(
  rows: Rows,
  keyId: string,
  requestId: string,
  withConversation = false,
): Promise<Record<string, unknown> | undefined> {
  const from = firstIdAt(rows.keptFrom())
  const unsent = await rows.outboxes({ limit: 1, from, key: keyId, requestId })
  const row = newest(unsent.flat(), 1)[0] ?? (await findRow(rows.database, keyId, requestId))
  if (row === undefined || String(row.id) < from) return undefined
  const receipt = readReceipt(row)
  if (!withConversation || typeof row.conversation !== 'string') return receipt
  return { ...receipt, conversation_so_far: await readConversation(rows, keyId, row) }
}
