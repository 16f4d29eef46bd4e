// What a model is told of a thread so that it fits: everything, or the instructions, a summary and the last turns. Pure
// over a path.
import { type Anchor, type Choice, choose, type LeftOut } from '../../shared/context/chooser.ts'
import { type Entry, isLong } from './entry.ts'
import type { Pin, Ref } from './line.ts'
import type { Path, PathTurn, Placed } from './path.ts'
import { spokenIn, turnsOf } from './turns.ts'

/** How much may be sent, and what happens to more. */
export interface Limit {
  /** Tokens that everything may take. */
  readonly room: number
  /** What does not fit is left out; refused where this is false. */
  readonly drops: boolean
  /** So are the beginnings of a question that is long itself, and not what came before alone. */
  readonly dropsOwn: boolean
}

export interface Summed {
  readonly position: number
  readonly depth: number
  readonly tokens: number
}

export interface Told extends Ref {
  /** A word stands in its place. */
  readonly lean: boolean
  readonly entry: Entry
}

export interface Fit {
  /** Of what came before: instructions that hold, then turns; in between, the summary. */
  readonly pins: readonly Pin[]
  readonly summary: Summed | undefined
  readonly told: readonly Told[]
  /** Of the question, by their places in it. */
  readonly own: readonly { readonly at: number; readonly lean: boolean }[]
  readonly left: LeftOut
  readonly tokens: number
  readonly anchor: Anchor | null
  /** Turns before the first that is sent. */
  readonly before: number
}

export type Fitted =
  | { readonly ok: true; readonly fit: Fit }
  | { readonly ok: false; readonly tokens: number; readonly room: number }

/** The response of what is the question's own. */
const OWN = ''
const NOBODY: LeftOut = { turns: 0, tokens: 0, results: 0 }

/** `summariesOf`: the newest summary of at most so many turns, as the turns that were read know it. */
export function fit(
  path: Path,
  own: readonly Entry[],
  { room, drops, dropsOwn }: Limit,
  newestSummary: (read: readonly PathTurn[], before: number) => Summed | undefined,
): Fitted {
  const pinTokens = sum(path.sent.pins)
  const all = path.tokens + pinTokens + sum(own)
  if (all <= room) return { ok: true, fit: everything(path, own, all) }
  if (!drops) return { ok: false, tokens: all, room }

  const places = turnsOf(own)
  const asked = dropsOwn ? places.slice(0, -1) : []
  const fixed = (dropsOwn ? places.slice(-1) : places).flat()
  const earlier = turnsIn(own, asked, path)
  const instructions = asked.flat().filter((at) => own[at]?.kind === 'system')
  const first = spokenIn(fixed.flatMap((at) => own[at] ?? []))[0]
  const taken = pinTokens + sum([...fixed, ...instructions].flatMap((at) => own[at] ?? []))
  const read: PathTurn[] = []
  const turns = function* (): Generator<PathTurn> {
    read.length = 0
    for (const turn of both(earlier, path)) {
      if (turn.items.length === 0) continue // instructions alone
      read.push(turn)
      yield turn
    }
  }
  const choosing = {
    continues: first === undefined || first.speaker !== 'user',
    budget: room,
    anchor: path.sent.anchor ?? undefined,
  }
  const whole = choose(turns(), { ...choosing, room: room - taken })
  const reserve = newestSummary(read, whole.before)?.tokens ?? 0
  // Only where something is left out does a summary need room.
  const choice =
    whole.left.turns === 0 || reserve === 0
      ? whole
      : choose(turns(), { ...choosing, room: room - taken - reserve })
  // What was kept of it by an estimate can be less than was thought: instructions that were replaced took no part.
  if (isComplete(choice)) return { ok: true, fit: everything(path, own, all) }
  const summary = choice.before === 0 ? undefined : newestSummary(read, choice.before)
  const told = toldOf(choice, read)
  const ownTold = told.filter(({ response }) => response === OWN)
  const sent = new Map(ownTold.map(({ at, lean }) => [at, lean]))
  for (const at of [...fixed, ...instructions]) sent.set(at, false)
  return {
    ok: true,
    fit: {
      pins: path.sent.pins,
      summary,
      told: told.filter(({ response }) => response !== OWN),
      own: [...sent].map(([at, lean]) => ({ at, lean })).toSorted((a, b) => a.at - b.at),
      left: choice.left,
      tokens: taken + choice.tokens + (summary?.tokens ?? 0),
      anchor: choice.anchor ?? null,
      before: choice.before,
    },
  }
}

const sum = (sized: readonly { readonly tokens: number }[]): number =>
  sized.reduce((total, { tokens }) => total + tokens, 0)

const isComplete = ({ left }: Choice): boolean => left.turns === 0 && left.results === 0 && left.tokens <= 0

function* both(own: readonly PathTurn[], path: Path): Generator<PathTurn> {
  yield* own.toReversed()
  yield* path.turns()
}

function everything(path: Path, own: readonly Entry[], tokens: number): Fit {
  const turns = [...path.turns()].toReversed()
  return {
    pins: [],
    summary: undefined,
    told: turns.flatMap(({ all }) => all.map(({ ref, entry }) => ({ ...ref, entry, lean: false }))),
    own: own.map((_, at) => ({ at, lean: false })),
    left: NOBODY,
    tokens,
    anchor: null,
    before: 0,
  }
}

/** Turns of the question itself, as if they had been said before it. */
function turnsIn(own: readonly Entry[], places: readonly (readonly number[])[], path: Path): PathTurn[] {
  let { depth, tokens } = path
  return places.map((turn) => {
    const all = turn.flatMap((at): Placed[] => {
      const entry = own[at]
      return entry === undefined ? [] : [{ ref: { response: OWN, at }, entry }]
    })
    const spoken = all.filter(({ entry }) => entry.kind !== 'system')
    const items = spokenIn(all.map(({ entry }) => entry))
    if (items.length > 0) depth += 1
    tokens += sum(items)
    return { position: depth, depth, pathTokens: tokens, items, spoken, all }
  })
}

function toldOf({ picks }: Choice, read: readonly PathTurn[]): Told[] {
  const turns = new Map(read.map((turn) => [turn.position, turn]))
  return picks.flatMap(({ position, parts, lean }) =>
    parts.flatMap((part): Told[] => {
      const placed = turns.get(position)?.spoken[part]
      if (placed === undefined) return []
      return [{ ...placed.ref, entry: placed.entry, lean: lean && isLong(placed.entry) }]
    }),
  )
}
