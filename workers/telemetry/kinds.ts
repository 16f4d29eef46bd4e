// What kinds of rows a page has: which route, tier and end each. Written into its head, and looked for there. Pure.
import { PLACES, type Value } from './record.ts'

export interface Kind {
  readonly route?: string
  readonly tier?: string
  readonly end?: string
}

/** A head is read for every question, and names in requests are their clients'. */
const MOST_CHARS = 4_000

/** Null where there are too many to be told. */
export function kindsOf(rows: Iterable<readonly Value[]>): string | null {
  const found = new Set<string>()
  let chars = 0
  for (const row of rows) {
    const kind = JSON.stringify([row[PLACES.route], row[PLACES.tier], row[PLACES.ending]])
    if (found.has(kind)) continue
    found.add(kind)
    chars += kind.length
    if (chars > MOST_CHARS) return null
  }
  return [...found].join(',')
}

/** What stands in a head that has rows of this kind, as texts that are all in it; none where anything will do. */
export function tracesOf({ route, tier, end }: Kind): string[] {
  const first = route === undefined ? undefined : `[${JSON.stringify(route)},`
  const last = end === undefined ? undefined : `,${JSON.stringify(end)}]`
  if (tier !== undefined) return [`${first ?? ','}${JSON.stringify(tier)}${last ?? ','}`]
  return [first, last].filter((trace) => trace !== undefined)
}
