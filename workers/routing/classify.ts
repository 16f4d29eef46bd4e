// How much a stronger model would gain on a request: a score from a small linear model. Pure.
import { lastUserText, type ModelRequest } from '../../shared/request.ts'
import { BUCKETS, hashText, shapeOf } from './features.ts'
import type { Learned } from './learner.ts'
import prior from './prior.json' with { type: 'json' }
import { readRequest } from './reading.ts'

export interface Effort {
  /** 0..1, higher where the strong model is expected to gain more. */
  readonly score: number
  readonly features: Readonly<Record<string, number>>
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

/** By what the route has learned, where it has; else by the prior. */
export function classify(request: ModelRequest, learned?: Learned): Effort {
  const gain = learned?.gainOfReading(readRequest(request), true)
  if (gain !== undefined) return { score: (gain + 1) / 2, features: shapeOf(request) }
  return weigh(request)
}

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
