// What must hold after a run, from what was sent, what came back and what was written down. Pure.
import { type Balance, costOf, type Key, type Row } from './books.ts'
import type { Fate, Told } from './client.ts'
import { growthOf, type Life } from './memory.ts'

/** The gateway's process ended and began again: when, and the books of the keys that it had been using. */
export interface Kill {
  readonly killedAt: number
  readonly books: readonly Book[]
}

export interface Book {
  readonly key: Key
  readonly balance: Balance
  readonly rowsCost: number
}

export interface Run {
  readonly told: readonly Told[]
  readonly rows: readonly Row[]
  readonly books: readonly Book[]
  readonly lives: readonly Life[]
  readonly kill: Kill | undefined
}

export interface Check {
  readonly name: string
  /** Undefined where the run was too short to say. */
  readonly ok: boolean | undefined
  readonly found: string
}

/** Rows are in D1 within about a second, so that those of the last second before a kill may be lost with it. */
const ROW_MS = 1_000
/** Resident memory may grow by this much from the second to the last quarter of a process's life. */
const GROWTH = 0.05
/** A life of fewer requests says nothing. */
const LEAST_REQUESTS = 5_000

export const idOf = (request: number): string => `chaos-${request}`

export function check(run: Run): readonly Check[] {
  return [
    endings(run),
    ...rowEach(run),
    agreement(run),
    ...ledgers(run),
    ...run.lives.map((life, at) => memory(life, run.lives.length > 1 ? `, life ${at + 1}` : '')),
  ]
}

const wasInFlight = ({ startedAt, endedAt }: Told, kill: Kill | undefined): boolean =>
  kill !== undefined && startedAt <= kill.killedAt && endedAt >= kill.killedAt

function endings({ told, kill }: Run): Check {
  const wrong = told.filter(
    (each) => each.fate === 'bad' || (each.fate === 'broken' && !wasInFlight(each, kill)),
  )
  const cut = told.filter((each) => each.fate === 'broken' && wasInFlight(each, kill)).length
  const examples = wrong.slice(0, 5).map(({ request, fate, why }) => `${idOf(request)} ${fate}: ${why}`)
  return {
    name: 'every call ends in its whole answer or one clear error',
    ok: wrong.length === 0,
    found: `${wrong.length} do not${examples.length > 0 ? ` (${examples.join('; ')})` : ''}; ${cut} connections broke with the kill`,
  }
}

function rowEach({ told, rows, kill }: Run): readonly Check[] {
  const counts = new Map<string, number>()
  for (const { request_id: id } of rows) counts.set(id, (counts.get(id) ?? 0) + 1)
  const twice = [...counts.values()].filter((count) => count > 1).length
  const sent = new Set(told.map(({ request }) => idOf(request)))
  const unknown = [...counts.keys()].filter((id) => !sent.has(id)).length
  const without = told.filter(({ request }) => !counts.has(idOf(request)))
  const inFlight = without.filter((each) => wasInFlight(each, kill))
  const justBefore = without.filter(
    ({ endedAt }) => kill !== undefined && endedAt < kill.killedAt && kill.killedAt - endedAt <= ROW_MS,
  )
  const missing = without.length - inFlight.length - justBefore.length
  const lost =
    kill === undefined
      ? ''
      : `; lost with the kill: ${inFlight.length} in flight, ${justBefore.length} of its last second`
  return [
    {
      name: 'exactly one row each',
      ok: twice === 0 && unknown === 0 && missing === 0,
      found: `${rows.length} rows of ${told.length} requests, ${twice} twice, ${unknown} of nobody, ${missing} missing${lost}`,
    },
  ]
}

const ENDS: Readonly<Record<Fate, readonly string[]>> = {
  answered: ['finish'],
  error: ['error', 'refused'],
  broken: ['finish', 'error', 'cancelled'],
  left: ['cancelled', 'finish', 'error'],
  bad: ['finish', 'error', 'cancelled', 'refused'],
}

function agreement({ told, rows }: Run): Check {
  const ends = new Map(rows.map((row) => [row.request_id, row.end]))
  const wrong = told.filter(({ request, fate }) => {
    const end = ends.get(idOf(request))
    return end !== undefined && !ENDS[fate].includes(end)
  })
  const examples = wrong
    .slice(0, 3)
    .map(({ request, fate }) => `${idOf(request)} ${fate}, recorded as ${ends.get(idOf(request)) ?? ''}`)
  return {
    name: 'rows say what the client saw',
    ok: wrong.length === 0,
    found: `${wrong.length} do not${examples.length > 0 ? ` (${examples.join('; ')})` : ''}`,
  }
}

const dollars = (micros: number): string => `$${(micros / 1e6).toFixed(6)}`

/** Rows and reports of a killed process are lost apart from each other; what it had lent stays reserved. */
function ledgers({ books, kill }: Run): readonly Check[] {
  const before = new Map(kill?.books.map((book) => [book.key.id, book]))
  const gapOf = ({ rowsCost, balance }: Book): number => rowsCost - balance.spent
  const off = books.filter((book) => {
    const then = before.get(book.key.id)
    return gapOf(book) !== (then === undefined ? 0 : gapOf(then))
  })
  const beyond = (kill?.books ?? []).filter((book) => gapOf(book) > book.balance.reserved)
  const open = books.filter(
    ({ key, balance }) => balance.reserved !== (before.get(key.id)?.balance.reserved ?? 0),
  )
  const sum = (of: (book: Book) => number, list: readonly Book[] = books): number =>
    list.reduce((total, book) => total + of(book), 0)
  const killed =
    kill === undefined
      ? ''
      : `; ${dollars(sum(gapOf, kill.books))} of it unreported at the kill, within what it had lent`
  const leases =
    kill === undefined
      ? ''
      : `; leases of the killed process: ${kill.books.map(({ balance }) => dollars(balance.reserved)).join(', ')}`
  return [
    {
      name: 'the ledger equals the rows, to the micro-dollar',
      ok: off.length === 0 && beyond.length === 0,
      found: `rows ${dollars(sum(({ rowsCost }) => rowsCost))}, ledger ${dollars(sum(({ balance }) => balance.spent))}, ${off.length} of ${books.length} keys off${killed}`,
    },
    {
      name: 'nothing is left reserved',
      ok: open.length === 0,
      found: `${open.length} of ${books.length} keys hold something${leases}`,
    },
  ]
}

function memory(life: Life, which: string): Check {
  const { secondQuarterMb, lastQuarterMb, growth } = growthOf(life)
  return {
    name: `memory is flat${which}`,
    ok: life.requests < LEAST_REQUESTS ? undefined : growth <= GROWTH,
    found: `${secondQuarterMb.toFixed(0)} MB in the second quarter, ${lastQuarterMb.toFixed(0)} MB in the last: ${(growth * 100).toFixed(1)} %, ${life.requests} requests, ${life.samples.length} samples`,
  }
}

export const bookOf = (key: Key, balance: Balance, rows: readonly Row[]): Book => ({
  key,
  balance,
  rowsCost: costOf(rows, key),
})
