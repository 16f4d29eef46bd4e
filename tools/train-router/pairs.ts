// Trains the prior for pairs of models on public outcomes: `node tools/train-router/pairs.ts` writes
// workers/routing/pairs.json, the same bytes from the same files. README.md beside this is its model card.
import { writeFileSync } from 'node:fs'
import { packGaps } from '../../workers/routing/gaps.ts'
import { GRAMS } from '../../workers/routing/hash.ts'
import type { Linear } from '../../workers/routing/linear.ts'
import type { PackedPrior } from '../../workers/routing/prior.ts'
import { findFolder, readPairs } from '../bench/routing/sets.ts'
import { fitPrior } from './prior.ts'

const base64 = (bytes: Uint8Array | readonly number[]): string => Buffer.from(bytes).toString('base64')
const short = (value: number): number => Number(value.toPrecision(6))

export function packPrior(model: Linear): PackedPrior {
  const { guard } = model
  const places = Uint32Array.from({ length: GRAMS }, (_, gram) => gram).filter(
    (gram) => model.words[gram] !== 0,
  )
  return {
    bias: short(model.bias),
    scale: short(model.scale),
    traits: model.traits.map(({ mean, sharpness, weight }) => [short(mean), short(sharpness), short(weight)]),
    guard: [guard.bias, guard.words, guard.brevity, ...guard.traits].map(short),
    count: places.length,
    grams: base64(packGaps(places, GRAMS)),
    words: base64(Uint8Array.from(places, (gram) => model.words[gram] ?? 0)),
  }
}

if (import.meta.main) {
  const folder = findFolder()
  if (folder === undefined) throw new Error('No outcomes here: `node tools/data/outcomes.ts` fetches them.')
  const prior = packPrior(fitPrior(readPairs(folder)))
  writeFileSync(new URL('../../workers/routing/pairs.json', import.meta.url), `${JSON.stringify(prior)}\n`)
  console.log(`workers/routing/pairs.json: ${prior.count} words, ${JSON.stringify(prior).length} bytes`)
}
