// How much a stronger model would gain on a request: a score from a small linear model. Pure.
import type { Noted } from '../../shared/label.ts'
import { lastUserText, type ModelRequest } from '../../shared/request.ts'
import { BUCKETS, hashText, shapeOf } from './features.ts'
import type { Learned } from './learner.ts'
import prior from './prior.json' with { type: 'json' }
import { PLAIN_CUT } from './dial.ts'
import { groundOf, hasOptions, pairGain, pairSight, unknownGain } from './prior.ts'
import { reachOf } from './reach.ts'
import { type Reading, readRequest } from './reading.ts'
import { packSketch, sketchReading } from './sketch.ts'
import { TRAITS } from './traits.ts'

export interface Effort {
  /** 0..1, higher where the strong model is expected to gain more. */
  readonly score: number
  readonly features: Readonly<Record<string, number>>
  /**
   * By the prior for pairs alone, where nobody else knows the route: what a dial orders requests by. Of free conversation
   * all has one score, guarded the highest, and of formulas too: `pairSight`.
   */
  readonly pair?: { readonly score: number; readonly isKnown: boolean }
}

/** A trained prior: one weight a bucket, as signed bytes times `scale`, and one a shape feature. */
export interface Prior {
  readonly bias: number
  readonly scale: number
  readonly shape: Readonly<Record<string, number>>
  readonly words: Int8Array
}

const shipped: Prior = { ...prior, words: readWeights(prior.words) }

function readWeights(base64: string): Int8Array {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
  if (bytes.length !== BUCKETS)
    throw new Error(`routing/prior.json holds ${bytes.length} weights, ${BUCKETS} are needed`)
  return new Int8Array(bytes.buffer)
}

export interface Manner {
  /** `micro`: the small models of the route are the embedded one, which has a prior of its own. */
  readonly weak?: 'micro' | 'other'
  /** Nothing that is put at the end of a request raises its score. Costs some of the order: docs/routing.md. */
  readonly isGuarded?: boolean
}

/** By what the route has learned, where it has; else by the priors. */
export function classify(request: ModelRequest, learned?: Learned, manner: Manner = {}): Effort {
  const { isGuarded = false } = manner
  if (learned?.standing.isOn !== true) return unlearned(request, manner)
  const reading = readRequest(request, isGuarded)
  const gain = learned.gainOfReading(reading, isGuarded)
  if (gain === undefined) return unlearned(request, manner, reading)
  return { score: scoreOf(gain), features: named(reading.whole.traits) }
}

/** By the priors alone: who routes while a route has learned nothing that is of use. */
function unlearned(
  request: ModelRequest,
  { weak = 'micro', isGuarded = false }: Manner,
  read?: Reading,
): Effort {
  return weak === 'micro' ? fromMicro(request, isGuarded, read) : fromOther(request, isGuarded, read)
}

function fromMicro(request: ModelRequest, isGuarded: boolean, read?: Reading): Effort {
  const { own } = isGuarded ? hold(request) : { own: weigh(request) }
  // What micro can do stays with it whatever follows, so nothing else need be read.
  if (isGuarded && own.score <= PLAIN_CUT) return own
  const reading = read ?? readRequest(request, isGuarded)
  const ground = groundOf(reading)
  // What micro cannot do, such as choosing among options, needs another model; the gain tells such requests apart.
  const isBeyond = own.score > PLAIN_CUT || hasOptions(reading.whole.traits)
  if (!isGuarded) {
    const hasGain = ground === 'known' && isBeyond
    return hasGain ? { ...own, score: between(PLAIN_CUT, scoreOf(pairGain(reading, false)), 1) } : own
  }
  // As between larger models, all that is or was on known ground stands below what never was: no end gets above.
  return ground === 'known' || ground === 'left'
    ? { ...own, score: between(PLAIN_CUT, scoreOf(pairGain(reading, true)), UPPER) }
    : { ...own, score: between(UPPER, (own.score - PLAIN_CUT) / (1 - PLAIN_CUT), 1) }
}

/** Where what a score says of free conversation that micro cannot do begins. */
const UPPER = 0.75

const between = (low: number, part: number, high: number): number => low + part * (high - low)

/** Between two larger models. A request is read once: with views that is most of what its score costs. */
function fromOther(request: ModelRequest, isGuarded: boolean, read?: Reading): Effort {
  const reading = read ?? readRequest(request, isGuarded)
  const { gain, paired, isKnown } = pairSight(reading, isGuarded)
  // What is easy for micro is easy for others, whatever follows it, and does not stand above the usual gain.
  const { own, lasts } = isGuarded ? hold(request) : { own: weigh(request), lasts: false }
  const isHeld = isGuarded && own.score <= PLAIN_CUT
  const pair = { score: scoreOf(lasts ? Math.min(gain, unknownGain()) : gain), isKnown }
  if (isKnown) {
    const score = isHeld ? Math.min(own.score, pair.score) : pair.score
    return { score, features: named(reading.whole.traits), pair }
  }
  // Of what it was not measured on the prior for pairs knows nothing. But where a request began on known ground, what is
  // put at its end is no way out.
  return { ...own, score: paired === undefined ? own.score : Math.min(own.score, scoreOf(paired)), pair }
}

/** A text of no more letters may be a greeting, which is easy by itself and says nothing of what follows it. */
const GREETING = 20

interface Hold {
  /** `beginning` is the part of the text that decides: all of it is 1. */
  readonly own: Effort
  /** Easy, and so whatever follows; or a greeting. */
  readonly lasts: boolean
}

function hold(request: ModelRequest): Hold {
  const text = lastUserText(request.messages)
  const reach = reachOf(text)
  const isGreeting = text.length <= GREETING
  if (reach === undefined || (reach.score > PLAIN_CUT && isGreeting)) {
    const own = weigh(request)
    return { own, lasts: own.score <= PLAIN_CUT }
  }
  const { score, letters, lasting } = reach
  return {
    own: { score, features: { ...shapeOf(request), beginning: letters / text.length } },
    lasts: (isGreeting ? score : lasting) <= PLAIN_CUT,
  }
}

/** A gain that is usually worth a strong model's price scores a half. */
export const WORTH = 0.15
const STEEPNESS = 10

export const scoreOf = (gain: number): number => 1 / (1 + Math.exp(-STEEPNESS * (gain - WORTH)))

/** The gain that scores so much. Of scores at the ends no more is told apart than a number has room for. */
const gainAt = (score: number): number => {
  const inside = Math.min(1 - 1e-12, Math.max(1e-12, score))
  return WORTH + Math.log(inside / (1 - inside)) / STEEPNESS
}

/**
 * What is told of a request so that its route can learn from it: a sketch, and the gain that the priors expect. Between
 * other models than micro that is the unguarded one, as it is with the learner's that it is compared with.
 */
export function noteOf(request: ModelRequest, { weak = 'micro', isGuarded = false }: Manner): Noted {
  const manner = { weak, isGuarded: isGuarded && weak === 'micro' }
  const reading = readRequest(request, manner.isGuarded)
  const { score, pair } = unlearned(request, manner, reading)
  return { sketch: packSketch(sketchReading(reading)), prior: gainAt(pair?.score ?? score) }
}

const named = (traits: Float32Array): Record<string, number> =>
  Object.fromEntries(TRAITS.map((name, at) => [name, Math.round((traits[at] ?? 0) * 1000) / 1000]))

export function weigh(request: ModelRequest, model: Prior = shipped): Effort {
  const features = shapeOf(request)
  const buckets = hashText(lastUserText(request.messages))
  let sum = 0
  for (const bucket of buckets) sum += model.words[bucket] ?? 0
  // Divided by the root of their number, so that a long text is not certain only because it is long.
  let logit = model.bias + (sum * model.scale) / Math.sqrt(Math.max(1, buckets.length))
  for (const [name, value] of Object.entries(features)) logit += value * (model.shape[name] ?? 0)
  return { score: 1 / (1 + Math.exp(-logit)), features }
}
