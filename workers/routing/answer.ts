// A small model's answer beside its question, as a learner sees both: whether the sums are right, what is used of the
// question, how it ends. Looking at an answer says more than looking at a question. Pure.
import { lastUserText, type ModelRequest } from '../../shared/request.ts'
import type { Sureness } from '../../shared/sureness.ts'
import { bucketOf, HASH_START, hashAll, hashOn } from './hash.ts'
import { MAX_GRAMS as MOST_GRAMS, readRequest } from './reading.ts'
import { packSketch, type Sketch, sketchReading } from './sketch.ts'
import { checkSums } from './sums.ts'

const READ_CHARS = 2_500
const MAX_GRAMS = 400

const log = (value: number, most: number): number => Math.min(1, Math.log1p(value) / Math.log1p(most))

const NUMBER = /\d[\d,]*(?:\.\d+)?/g
const numbersIn = (text: string): number[] =>
  (text.match(NUMBER) ?? []).map((number) => Number(number.replaceAll(',', '')))

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

/** What is kept of a request and a small model's answer to it, without text. */
export const lookOf = (request: ModelRequest, answer: string, sureness?: Sureness): string =>
  packSketch(
    lookAtAnswer(lastUserText(request.messages), answer, sketchReading(readRequest(request)), sureness),
  )

export function lookAtAnswer(question: string, whole: string, asked: Sketch, sureness?: Sureness): Sketch {
  const answer = whole.slice(0, READ_CHARS)
  const { right, wrong } = checkSums(answer)
  const given = new Set(numbersIn(question))
  const told = numbersIn(answer)
  const last = told.at(-1)
  const used = [...given].filter((number) => told.includes(number)).length
  const looks = [
    log(right, 15),
    log(wrong, 5),
    wrong > 0 ? 1 : 0,
    right + wrong === 0 ? 1 : 0,
    log(given.size - used, 8),
    given.size === 0 ? 1 : used / given.size,
    last === undefined ? 1 : 0,
    last !== undefined && given.has(last) ? 1 : 0,
    last !== undefined && !Number.isInteger(last) ? 1 : 0,
    log(told.filter((number) => number === last).length, 5),
    log(new Set(told).size, 30),
    log(told.filter((number) => !given.has(number)).length, 40),
    log(answer.length, 4_000),
    Math.min(1, answer.length / (question.length + 1) / 5),
    log(count(answer, /\n/g), 40),
    log(count(answer, /=/g), 30),
    /[.!?\d]\s*$/.test(answer) ? 0 : 1,
    /####|\\boxed|\banswer\b/i.test(answer) ? 1 : 0,
    log(count(answer, /\b(?:however|but|assum\w*|cannot|unclear|information|approximately|round\w*)\b/gi), 5),
    log(count(answer, /\b(?:so|therefore|then|first|next)\b/gi), 8),
    log(count(answer, /\d\.\d{2,}/g), 6),
    log(count(answer, /\b[xyz]\b/g), 8),
  ]
  const grams = new Set(asked.grams)
  for (const gram of answerGrams(answer)) grams.add(gram)
  return {
    // How sure the model was comes last, because not every answer has it: see fill.ts.
    traits: Float32Array.from([...asked.traits, ...looks, ...doubtsIn(sureness)]),
    // Where there are more than a sketch has room for, the same words go whoever looks: buckets are in no order of meaning.
    grams: Uint32Array.from(grams).sort().slice(0, MOST_GRAMS),
  }
}

/** Of tokens, how unlikely they were on average, how unlikely one was, and how many were guesses. */
const doubtsIn = (sureness: Sureness | undefined): readonly number[] =>
  sureness === undefined
    ? []
    : [1 - Math.exp(sureness.mean), 1 - Math.exp(sureness.least), Math.sqrt(sureness.unsure)]

/** Words and word pairs of the answer, apart from those of questions. */
function answerGrams(answer: string): number[] {
  const words =
    answer
      .toLowerCase()
      .replaceAll(/\d/g, '0')
      .match(/[a-z0]+|[^\sa-z0]/g) ?? []
  const grams: number[] = []
  let previous = hashAll('answer ^')
  for (const word of words) {
    const own = hashAll(word, hashOn(HASH_START, 62))
    grams.push(bucketOf(own), bucketOf(hashAll(word, hashOn(previous, 32))))
    previous = own
    if (grams.length >= MAX_GRAMS) break
  }
  return grams
}
