// Rollups of windows that are over, written to D1; again without harm.
import { type Dimension, type Span, type Window } from './books.ts'
import { pack } from './histogram.ts'
import { ROLLED, shapeOf, SUMS, type Tally } from './tally.ts'

/** Rollups of one statement; as JSON they stay far below the 2 MB that D1 takes in one value. */
const ROLLUPS_PER_STATEMENT = 300

export const ROLLUP_COLUMNS = ['span', 'dimension', 'starts_at', 'name', 'part', ...SUMS, ...ROLLED] as const

// All rollups travel as one bound value: D1 binds at most 100, and each costs more than reading it out of JSON.
export const ROLLUP = `INSERT OR REPLACE INTO rollups (${ROLLUP_COLUMNS.join(', ')})
    SELECT ${ROLLUP_COLUMNS.map((_, place) => `value ->> ${place}`).join(', ')} FROM json_each(?)`

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
