// Rows of memory as Markdown, and what the later ones still grew by. Pure.
import type { Heap } from './heap.ts'

export interface Seen {
  /** Conversations by then. */
  readonly held: number
  /** Right after a round, with its objects awake; absent where nothing was asked. */
  readonly busyMb?: number
  readonly awake?: number
  /** With all of them at rest, before anything is collected. */
  readonly restMb: number
  /** After a collection, where there was one. */
  readonly collected?: { readonly residentMb: number; readonly heap: Heap }
}

const HEADINGS = [
  'conversations',
  'awake',
  'MB then',
  'MB at rest',
  'MB collected',
  'heap, alive',
  'heap, taken',
  'buffers',
] as const

const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`

export const head: string = [line(HEADINGS), line(HEADINGS.map(() => '---:'))].join('\n')

const megabytes = (value: number | undefined): string => value?.toFixed(1) ?? ''

export const rowOf = ({ held, awake, busyMb, restMb, collected }: Seen): string =>
  line([
    held.toLocaleString('en'),
    awake ?? '',
    megabytes(busyMb),
    megabytes(restMb),
    megabytes(collected?.residentMb),
    collected?.heap.usedMb.toFixed(2) ?? '',
    megabytes(collected?.heap.takenMb),
    megabytes(collected?.heap.buffersMb),
  ])

/** kB that each conversation of the later half of the rows added, by the slope of a line through them. */
export function growthOf(rows: readonly Seen[], read: (row: Seen) => number | undefined): number {
  const points = rows.flatMap((row) => {
    const value = read(row)
    return value === undefined ? [] : [{ x: row.held, y: value }]
  })
  const later = points.slice(Math.floor(points.length / 2))
  const mean = (of: (point: { x: number; y: number }) => number): number =>
    later.reduce((sum, point) => sum + of(point), 0) / later.length
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)]
  const along = mean((point) => (point.x - x) ** 2)
  return along === 0 ? Number.NaN : (mean((point) => (point.x - x) * (point.y - y)) / along) * 1_000
}
