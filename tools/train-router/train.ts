// Trains the router's shipped prior: which requests micro's skills cover (0) and which need more (1).
// Logistic regression over the Worker's own features, on the corpus that the project wrote.
// `node tools/train-router/train.ts` writes workers/routing/prior.json and, where there are outcomes of public benchmarks,
// reach.json, by which the same is asked where scores are guarded; it prints figures on authors and benchmarks held out.
import { writeFileSync } from 'node:fs'
import { BUCKETS, hashText, shapeOf } from '../../workers/routing/features.ts'
import { seededRandom } from '../../shared/random.ts'
import { ask } from './ask.ts'
import { findFolder } from '../bench/routing/sets.ts'
import { readCorpus, type Written } from './corpus.ts'
import { familiesOf, heldOutLine, trainReach } from './reaches.ts'

interface Row {
  readonly author: string
  readonly label: 0 | 1
  readonly buckets: readonly number[]
  readonly shape: readonly number[]
  readonly weight: number
}

const EPOCHS = 40
const RATE = 0.15
const DECAY = 1e-6
/** Of one example in a step; a request that needs more counts for several that do not. */
const MOST_WEIGHT = 10

const random = seededRandom(20261128)

const SHAPE = Object.keys(shapeOf(ask('')))

function row(author: string, label: 0 | 1, text: string, weight: number): Row {
  const shape = shapeOf(ask(text))
  return { author, label, buckets: hashText(text), shape: SHAPE.map((name) => shape[name] ?? 0), weight }
}

function readRows(authors: readonly Written[]): Row[] {
  const count = (list: 'easy' | 'hard') => authors.reduce((sum, author) => sum + author[list].length, 0)
  const balance = count('easy') / count('hard') // both classes weigh the same
  return authors.flatMap(({ author, easy, hard }) => [
    ...easy.map((text) => row(author, 0, text, 1)),
    ...hard.map((text) => row(author, 1, text, balance)),
  ])
}

interface Model {
  bias: number
  words: Float64Array
  shape: number[]
}

const logitOf = (model: Model, example: Row): number => {
  const norm = 1 / Math.sqrt(Math.max(1, example.buckets.length))
  let sum = model.bias
  for (const bucket of example.buckets) sum += (model.words[bucket] ?? 0) * norm
  for (const [position, value] of example.shape.entries()) sum += (model.shape[position] ?? 0) * value
  return sum
}

function train(rows: readonly Row[]): Model {
  const model: Model = { bias: 0, words: new Float64Array(BUCKETS), shape: SHAPE.map(() => 0) }
  const order = rows.map((_, position) => position)
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    const rate = RATE * (1 - epoch / EPOCHS)
    for (let last = order.length - 1; last > 0; last -= 1) {
      const other = Math.floor(random() * (last + 1))
      const swap = order[last] as number
      order[last] = order[other] as number
      order[other] = swap
    }
    for (const position of order) {
      const example = rows[position] as Row
      const step =
        rate *
        Math.min(MOST_WEIGHT, example.weight) *
        (example.label - 1 / (1 + Math.exp(-logitOf(model, example))))
      const norm = 1 / Math.sqrt(Math.max(1, example.buckets.length))
      model.bias += step * 0.1
      for (const bucket of example.buckets)
        model.words[bucket] = (model.words[bucket] ?? 0) * (1 - DECAY) + step * norm
      for (const [index, value] of example.shape.entries())
        model.shape[index] = (model.shape[index] ?? 0) + step * value * 0.1
    }
  }
  return model
}

function auc(scored: readonly { score: number; label: number }[]): number {
  const sorted = scored.toSorted((a, b) => a.score - b.score)
  let [rankSum, positives] = [0, 0]
  sorted.forEach((item, rank) => {
    if (item.label === 1) [rankSum, positives] = [rankSum + rank + 1, positives + 1]
  })
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (sorted.length - positives))
}

const authors = readCorpus(random)
const rows = readRows(authors)
for (const held of new Set(rows.map((example) => example.author))) {
  const model = train(rows.filter((example) => example.author !== held))
  const scored = rows
    .filter((example) => example.author === held)
    .map((example) => ({ score: logitOf(model, example), label: example.label }))
  const share = (label: number, strong: boolean): string => {
    const group = scored.filter((item) => item.label === label)
    return `${((100 * group.filter((item) => item.score > 0 === strong).length) / group.length).toFixed(1)} %`
  }
  const hasBoth = scored.some(({ label }) => label === 1)
  console.log(
    `${held} held out: easy kept ${share(0, false)}${hasBoth ? `, hard sent on ${share(1, true)}, AUC ${auc(scored).toFixed(3)}` : ''} of ${scored.length}`,
  )
}
const final = train(rows)
const scale = Math.max(...final.words.map(Math.abs)) / 127
const words = Buffer.from(
  Int8Array.from(final.words, (weight) => Math.round(weight / scale)).buffer,
).toString('base64')
const shape = Object.fromEntries(
  SHAPE.map((name, index) => [name, Number((final.shape[index] ?? 0).toFixed(4))]),
)
const out = { bias: Number(final.bias.toFixed(4)), scale, shape, words }
writeFileSync(new URL('../../workers/routing/prior.json', import.meta.url), `${JSON.stringify(out)}\n`)
console.log(
  `workers/routing/prior.json: ${rows.length} prompts, ${SHAPE.length} shape weights, ${BUCKETS} word weights`,
)

const outcomes = findFolder()
if (outcomes === undefined) {
  console.log(
    'workers/routing/reach.json stays as it is: no outcomes here. `node tools/data/outcomes.ts` fetches them, or MINNOW_DATA names a folder that has them.',
  )
} else {
  const families = familiesOf(outcomes)
  const trained = trainReach(authors, families)
  console.log(trained.line)
  writeFileSync(
    new URL('../../workers/routing/reach.json', import.meta.url),
    `${JSON.stringify(trained.packed)}\n`,
  )
  console.log(`workers/routing/reach.json: ${trained.packed.count} word weights`)
  for (const family of families) console.log(heldOutLine(authors, families, family, trained))
}
