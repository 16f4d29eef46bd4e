// Questions in groups, for measuring how well other words are known: those of a group that ask the same, and those that
// nearly do and must not be taken for it. Two sets of them lie beside this: one the rules were made
// with, one that they were not.

export interface Group {
  /** All of them have one answer. */
  readonly same: readonly string[]
  /** Each has another answer than these. */
  readonly near: readonly string[]
}

export type Form = (x: string) => string

/** The same forms for several things: what is asked of one is no answer to what is asked of the next. */
export function about(
  things: readonly string[],
  same: readonly Form[],
  near: readonly Form[],
): readonly Group[] {
  return things.map((thing, at) => ({
    same: same.map((form) => form(thing)),
    near: [
      ...near.map((form) => form(thing)),
      ...same.slice(0, 3).map((form) => form(things[(at + 1) % things.length] ?? thing)),
    ].filter((text) => !same.some((form) => form(thing) === text)),
  }))
}

export interface Pair {
  readonly left: string
  readonly right: string
  readonly isSame: boolean
}

export const pairsOf = (groups: readonly Group[]): readonly Pair[] =>
  groups.flatMap(({ same, near }) => [
    ...same.flatMap((left, at) => same.slice(at + 1).map((right) => ({ left, right, isSame: true }))),
    ...same.flatMap((left) => near.map((right) => ({ left, right, isSame: false }))),
  ])
