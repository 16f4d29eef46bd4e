// What an outbox writes to D1: outcome rows, and rollups of windows that are over. Both may be written again without harm.
import { type Dimension, type Span, type Window } from './books.ts'
import { pack } from './histogram.ts'
import type { Batch } from './letter.ts'
import { COLUMNS } from './record.ts'
import { ROLLED, shapeOf, SUMS, type Tally } from './tally.ts'

/** Rollups of one statement; as JSON they stay far below the 2 MB that D1 takes in one value. */
const ROLLUPS_PER_STATEMENT = 300

interface Field {
  readonly column: string
  /** Its place in the list of values. */
  readonly index: number
}

// All rows travel as one bound value: D1 binds at most 100, and each costs more than reading it out of JSON.
const insert = (verb: 'IGNORE' | 'REPLACE', table: string, fields: readonly Field[]): string =>
  `INSERT OR ${verb} INTO ${table} (${fields.map(({ column }) => column).join(', ')})
    SELECT ${fields.map(({ index }) => `json_extract(value, '$[${index}]')`).join(', ')} FROM json_each(?)`

const fieldsOf = (columns: readonly string[]): Field[] => columns.map((column, index) => ({ column, index }))

const KNOWN: ReadonlySet<string> = new Set(COLUMNS)

/** A row that is there already is left alone. Columns that this version does not know, it does not write. */
export async function writeRows(database: D1Database, batches: readonly Batch[]): Promise<void> {
  const byColumns = new Map<string, string[]>()
  for (const { columns, rows } of batches.flatMap(({ handOvers }) => handOvers)) {
    const name = columns.join(',')
    const together = byColumns.get(name) ?? []
    together.push(rows)
    byColumns.set(name, together)
  }
  const statements = [...byColumns].map(([name, rows]) => {
    const known = fieldsOf(name.split(',')).filter(({ column }) => KNOWN.has(column))
    const sql = insert('IGNORE', 'requests', known)
    return database.prepare(sql).bind(`[${rows.join(',')}]`)
  })
  const [only] = statements
  if (statements.length === 1) await only?.run()
  else await database.batch(statements)
}

export const ROLLUP_COLUMNS = ['span', 'dimension', 'starts_at', 'name', 'part', ...SUMS, ...ROLLED] as const

export const ROLLUP = insert('REPLACE', 'rollups', fieldsOf(ROLLUP_COLUMNS))

/** The whole window, as this outbox saw it: all of it or nothing. */
export async function writeWindow(database: D1Database, window: Window): Promise<void> {
  const rows = rollupsOf(window)
  const statements: D1PreparedStatement[] = []
  for (let from = 0; from < rows.length; from += ROLLUPS_PER_STATEMENT) {
    const some = rows.slice(from, from + ROLLUPS_PER_STATEMENT)
    statements.push(database.prepare(ROLLUP).bind(JSON.stringify(some)))
  }
  await database.batch(statements)
}

export const rollupsOf = ({ span, startsAt, part, tallies }: Window): (string | number | null)[][] =>
  [...tallies].flatMap(([dimension, names]) =>
    [...names].map(([name, tally]) => rollup({ span, dimension, startsAt, name, part }, tally)),
  )

interface Place {
  readonly span: Span
  readonly dimension: Dimension
  readonly startsAt: number
  readonly name: string
  readonly part: string
}

const rollup = ({ span, dimension, startsAt, name, part }: Place, tally: Tally) => [
  span,
  dimension,
  startsAt,
  name,
  part,
  ...tally.sums,
  ...ROLLED.map((shape) => {
    const histogram = shapeOf(tally, shape)
    return histogram === undefined ? null : JSON.stringify(pack(histogram))
  }),
]
