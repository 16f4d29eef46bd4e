// Trains micro's reach, cuts it where enough of what micro can answer stays, and says how it does on what was held out.
import { PLAIN_CUT } from '../../workers/routing/dial.ts'
import { type PackedReach, type Reach, reachOf, readReach } from '../../workers/routing/reach.ts'
import { readPairs } from '../bench/routing/sets.ts'
import type { Written } from './corpus.ts'
import { type Cuts, fitReach, logitsOf, packReach } from './reach.ts'

/** So many easy requests of authors who were held out stay with micro whatever is put to their end. */
const HELD = 0.94
/** So many stay with it as they are. */
const KEPT = 0.975
/** Of every benchmark at most so many prompts are learned from, and as many others looked at. */
const LEARNED = 2_000
const LOOKED_AT = 300
const SEED = 1
/** Two of eight authors say where the cuts are; then the weights are fitted to all. */
const isHeldOut = (at: number): boolean => at % 4 === 3

export interface Family {
  readonly name: string
  /** What is learned from, and what is not. */
  readonly seen: readonly string[]
  readonly unseen: readonly string[]
}

/** Prompts of public benchmarks: none is within micro's reach. */
export function familiesOf(folder: string): Family[] {
  const prompts = new Map<string, Set<string>>()
  for (const { family, outcomes } of readPairs(folder)) {
    const all = prompts.get(family) ?? new Set()
    for (const { prompt } of outcomes) all.add(prompt)
    prompts.set(family, all)
  }
  return [...prompts].map(([name, all]) => {
    const seen = some([...all], LEARNED)
    const learned = new Set(seen)
    const rest = [...all].filter((prompt) => !learned.has(prompt))
    return { name, seen, unseen: some(rest, LOOKED_AT) }
  })
}

/** So many at most, and half at most, from all of the list. */
function some(list: readonly string[], count: number): string[] {
  const stride = Math.max(2, Math.ceil(list.length / count))
  return list.filter((_, at) => at % stride === 0)
}

export interface Trained {
  readonly packed: PackedReach
  readonly cuts: Cuts
  /** How it does on authors who were held out. */
  readonly line: string
}

export function trainReach(authors: readonly Written[], families: readonly Family[]): Trained {
  const others = families.flatMap(({ seen }) => seen)
  const easy: Logits[] = []
  const hard: Logits[] = []
  const model = fitReach(
    authors.filter((_, at) => !isHeldOut(at)),
    others,
    SEED,
  )
  for (const author of authors.filter((_, at) => isHeldOut(at))) {
    easy.push(...author.easy.map((text) => logitsOf(model, text)))
    hard.push(...author.hard.map((text) => logitsOf(model, text)))
  }
  const cuts = cutsOf(easy)
  const kept = easy.filter((its) => isLeft(its, cuts))
  const sentOn = hard.filter((its) => !isLeft(its, cuts))
  const movable = kept.filter(({ held }) => held > cuts.held)
  const line = `reach, two authors held out: easy kept ${share(kept.length, easy.length)}, of these ${share(movable.length, kept.length)} can be moved, hard sent on ${share(sentOn.length, hard.length)} of ${hard.length}`
  return { packed: packReach(fitReach(authors, others, SEED), cuts), cuts, line }
}

/** How many prompts of a benchmark are left to micro, and how many would be had it not been learned from. */
export function heldOutLine(
  authors: readonly Written[],
  families: readonly Family[],
  held: Family,
  { packed, cuts }: Trained,
): string {
  // MMLU-Pro took questions over from MMLU.
  const isAkin = ({ name }: Family): boolean => name.slice(0, 4) === held.name.slice(0, 4)
  const others = families.flatMap((family) => (isAkin(family) ? [] : family.seen))
  const without = readReach(packReach(fitReach(authors, others, SEED), cuts))
  const left = (model: Reach): string => {
    const texts = held.unseen.filter((text) => (reachOf(text, model)?.score ?? 0) <= PLAIN_CUT)
    return share(texts.length, held.unseen.length)
  }
  return `reach, ${held.unseen.length} unseen prompts of ${held.name}: left to micro ${left(readReach(packed))}; had it not been learned from, ${left(without)}`
}

type Logits = ReturnType<typeof logitsOf>

const isLeft = ({ whole, held }: Logits, cuts: Cuts): boolean => whole <= cuts.whole || held <= cuts.held

function cutsOf(easy: readonly Logits[]): Cuts {
  const held = quantile(
    easy.map((its) => its.held),
    HELD,
  )
  const wholes = easy.map((its) => (its.held <= held ? -Infinity : its.whole))
  return { held, whole: quantile(wholes, KEPT) }
}

const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(part * values.length) - 1] ?? 0

const share = (part: number, all: number): string => `${((100 * part) / all).toFixed(1)} %`
