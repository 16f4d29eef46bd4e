// What conversations used, added up from their rows when somebody asks: there are too many of them for rollups.
import { dollarsFromMicros } from '../../shared/money.ts'
import type { Rows } from './queries.ts'
import { readRows } from './reading.ts'
import type { Row } from './record.ts'
import { firstIdAt } from './row-id.ts'

/** The newest rows of the time that was asked for; what is beyond is not counted, and said not to be. */
const MAX_ROWS = 20_000
/** Read at one time, for the memory of an isolate. */
const ROWS_AT_ONCE = 2_000

export interface ConversationQuery {
  readonly since: number
  readonly until: number
  readonly limit: number
  /** The last name of the page before. */
  readonly after?: string
}

const SUMS = [
  'tokens_input',
  'tokens_cache_read',
  'tokens_cache_write',
  'tokens_output',
  'tokens_reasoning',
  'cost_micros',
  'prompt_saved_micros',
] as const satisfies readonly (keyof Row)[]

type Sums = Record<(typeof SUMS)[number] | 'requests', number>

const NOTHING = Object.fromEntries(['requests', ...SUMS].map((sum) => [sum, 0])) as Sums // all of them

/** Rows of one key that are looked through for those of one conversation. */
const MAX_ROWS_OF_KEY = 4_000

/** What a key's conversation used up to this row; `is_whole` is false where older rows of the key were not looked at. */
export async function readConversation(
  rows: Rows,
  keyId: string,
  row: Row,
): Promise<Record<string, unknown>> {
  const { found, isWhole } = await sumsIn(rows, {
    from: firstIdAt(rows.keptFrom()),
    before: `${String(row.id)}~`,
    key: keyId,
    most: MAX_ROWS_OF_KEY,
  })
  const { conversation: _, ...used } = shown('', found.get(String(row.conversation)) ?? NOTHING)
  return { ...used, is_whole: isWhole }
}

/** A page of conversations in the order of their names, which are hashes; tokens are disjoint classes, costs US dollars. */
export async function readConversations(
  rows: Rows,
  { since, until, limit, after }: ConversationQuery,
): Promise<Record<string, unknown>> {
  const { found, count, isWhole } = await sumsIn(rows, {
    from: firstIdAt(Math.max(since, rows.keptFrom())),
    before: firstIdAt(until),
    most: MAX_ROWS,
  })
  const names = [...found].filter(([name]) => after === undefined || name > after).sort(byName)
  const page = names.slice(0, limit)
  return {
    object: 'list',
    group: 'conversation',
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    data: page.map(([name, sums]) => shown(name, sums)),
    has_more: names.length > limit,
    last: page.at(-1)?.[0] ?? null,
    requests_read: count,
    is_whole: isWhole,
  }
}

interface Stretch {
  readonly from: string
  readonly before: string
  readonly key?: string
  /** Rows that are looked at. */
  readonly most: number
}

/** The newest rows first. */
async function sumsIn(
  rows: Rows,
  { most, ...stretch }: Stretch,
): Promise<{ readonly found: Map<string, Sums>; readonly count: number; readonly isWhole: boolean }> {
  const found = new Map<string, Sums>()
  let { before } = stretch
  let count = 0
  let isWhole = false
  while (count < most && !isWhole) {
    const wanted = { ...stretch, before, limit: ROWS_AT_ONCE }
    const { rows: some } = await readRows(rows.database, wanted, (await rows.outboxes(wanted)).flat())
    for (const row of some) if (typeof row.conversation === 'string') add(found, row.conversation, row)
    count += some.length
    isWhole = some.length < ROWS_AT_ONCE
    before = String(some.at(-1)?.id ?? before)
  }
  return { found, count, isWhole }
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)

function add(found: Map<string, Sums>, name: string, row: Row): void {
  const before = found.get(name)
  const sums = SUMS.map((sum) => [sum, (before?.[sum] ?? 0) + Number(row[sum] ?? 0)] as const)
  found.set(name, { ...(Object.fromEntries(sums) as Sums), requests: (before?.requests ?? 0) + 1 }) // all of SUMS
}

const shown = (name: string, sums: Sums): Record<string, unknown> => ({
  conversation: name,
  requests: sums.requests,
  tokens: {
    input: sums.tokens_input,
    cache_read: sums.tokens_cache_read,
    cache_write: sums.tokens_cache_write,
    output: sums.tokens_output,
    reasoning: sums.tokens_reasoning,
  },
  cost: dollarsFromMicros(sums.cost_micros),
  cost_micros: sums.cost_micros,
  prompt_cache_saved: dollarsFromMicros(sums.prompt_saved_micros),
})
