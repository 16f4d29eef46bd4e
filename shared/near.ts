// Which known name somebody may have meant who wrote another one. Pure.

/** Slips of the keyboard, and names in another style; more is another name. */
const MOST_EDITS = 3

/** The nearest of the names, letters' size and underlines aside; undefined where none is near. */
export function nearName(written: string, known: readonly string[]): string | undefined {
  let best: { readonly name: string; readonly edits: number } | undefined
  for (const name of known) {
    const edits = editsBetween(plain(written), plain(name))
    const isNear = edits <= MOST_EDITS && edits < plain(name).length / 2
    if (isNear && (best === undefined || edits < best.edits)) best = { name, edits }
  }
  return best?.name
}

/** A name of ours is shorter: what is behind says nothing, and costs nothing. */
const MOST_CHARS = 64

const plain = (name: string): string =>
  name
    .slice(0, MOST_CHARS)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')

/** Letters put in, left out or changed (Levenshtein), row by row. */
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let at = 1; at <= one.length; at += 1) {
    const next = [at]
    for (let to = 1; to <= other.length; to += 1) {
      const changed = (row[to - 1] ?? 0) + (one[at - 1] === other[to - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
