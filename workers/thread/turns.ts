// Items in turns: what somebody said, then all that the model said to it. Pure.
import { type Item, isModel } from '../../shared/context/item.ts'
import { type Entry, type Kind, spokenOf } from './entry.ts'

const isAnswer = (kind: Kind | undefined): boolean =>
  kind !== undefined && kind !== 'system' && isModel({ speaker: kind })

/** Does a turn begin here? Where the model has spoken and somebody else does, and with each message of a user's. */
export const beginsTurn = (before: Kind | undefined, kind: Kind): boolean =>
  before === undefined || (!isAnswer(kind) && (isAnswer(before) || (kind === 'user' && before !== 'system')))

/** The entries of each turn, by their places. */
export function turnsOf(entries: readonly Entry[]): number[][] {
  const turns: number[][] = []
  for (const [at, { kind }] of entries.entries()) {
    const turn = turns.at(-1)
    if (turn === undefined || beginsTurn(entries[at - 1]?.kind, kind)) turns.push([at])
    else turn.push(at)
  }
  return turns
}

/** Of some entries those that are told in turns. */
export const spokenIn = (entries: readonly Entry[]): readonly Item[] =>
  entries.flatMap((entry) => spokenOf(entry) ?? [])

/** How many turns entries are that have something besides instructions, and the tokens of that. */
export function sizeOf(entries: readonly Entry[]): { readonly turns: number; readonly tokens: number } {
  const turns = turnsOf(entries).filter((places) =>
    places.some((at) => entries[at] !== undefined && entries[at].kind !== 'system'),
  ).length
  return { turns, tokens: spokenIn(entries).reduce((sum, { tokens }) => sum + tokens, 0) }
}
