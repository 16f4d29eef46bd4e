// What an isolate hands over: outcome rows as JSON, under a number, so that handing over again is recognised; and how
// hand-overs are written down, many in one text. Pure.
import type { Value } from './record.ts'

/** So many hand-overs of one isolate may be on their way, one after the other: what is older than these was taken. */
export const WINDOW = 8

/** Rows travel as text from the isolate to D1 and are taken apart for counting only. */
export interface HandOver {
  /** The isolate, and how many it has handed over with this one. */
  readonly from: string
  readonly number: number
  /** What the values of a row are; they travel along, because who reads them may be of another version. */
  readonly columns: readonly string[]
  readonly count: number
  /** JSON: each row as a list of values, the rows separated by commas. */
  readonly rows: string
}

/** Hand-overs that were written down together, as one row of storage. */
export interface Batch {
  readonly id: number
  readonly count: number
  readonly handOvers: readonly HandOver[]
}

export const rowsOf = ({ rows }: HandOver): readonly (readonly Value[])[] =>
  JSON.parse(`[${rows}]`) as Value[][] // written by an isolate of ours

// JSON has no bare line ends and no bare tabs, so lines of cells need no quoting.
export const writeBatch = (handOvers: readonly HandOver[]): string =>
  handOvers
    .map(({ from, number, columns, count, rows }) =>
      [from, number, columns.join(','), count, rows].join('\t'),
    )
    .join('\n')

export const readBatch = (text: string): HandOver[] =>
  text.split('\n').map((line) => {
    const [from = '', number = '', columns = '', count = '', rows = ''] = line.split('\t')
    return { from, number: Number(number), columns: columns.split(','), count: Number(count), rows }
  })
