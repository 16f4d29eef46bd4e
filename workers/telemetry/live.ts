// What outboxes have counted and not yet written to D1, as it is asked for. Pure.
import type { Books, Dimension, Series } from './books.ts'
import { covers, type Range } from './range.ts'
import { merge, openTally, packTally, type PackedTally, type Tally } from './tally.ts'

export const GROUPS = ['model', 'key', 'route', 'day'] as const

export type Group = (typeof GROUPS)[number]

export interface Live {
  /** What these parts of windows hold is told here; whoever adds D1's leaves them out there. */
  readonly parts: readonly string[]
  readonly groups: readonly { readonly name: string; readonly tally: PackedTally }[]
}

export interface Totals {
  /** When counting began, in milliseconds. */
  readonly since: number
  readonly totals: readonly { readonly series: Series; readonly tally: PackedTally }[]
}

export const dimensionOf = (group: Group): Dimension => (group === 'day' ? 'all' : group)

/** The name under which a window's tally counts in an answer. */
export const nameIn = (group: Group, name: string, startsAt: number): string =>
  group === 'day' ? new Date(startsAt).toISOString().slice(0, 10) : name

export function liveOf(books: Books, group: Group, range: Range): Live {
  const groups = new Map<string, Tally>()
  const windows = [...books.windows.values()].filter(({ span, startsAt }) => covers(range, span, startsAt))
  for (const { startsAt, tallies } of windows) {
    for (const [name, tally] of tallies.get(dimensionOf(group)) ?? []) {
      const shown = nameIn(group, name, startsAt)
      const sum = groups.get(shown) ?? openTally()
      groups.set(shown, sum)
      merge(sum, packTally(tally))
    }
  }
  return {
    parts: windows.map(({ part }) => part),
    groups: [...groups].map(([name, tally]) => ({ name, tally: packTally(tally) })),
  }
}

export const totalsOf = (books: Books): Totals => ({
  since: books.since,
  totals: [...books.totals].map(([series, tally]) => ({
    series: JSON.parse(series) as Series, // written so by the books
    tally: packTally(tally),
  })),
})
