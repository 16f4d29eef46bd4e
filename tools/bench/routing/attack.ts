// A user who wants the dear model appends up to 40 tokens, found greedily against the scores themselves.
import { gainOf, guardedGain, type Linear } from '../../../workers/routing/linear.ts'
import { bucketOf, hashAll } from '../../../workers/routing/hash.ts'
import { readRequest } from '../../../workers/routing/reading.ts'
import { fitLinear } from '../../../workers/routing/ridge.ts'
import { sketchReading } from '../../../workers/routing/sketch.ts'
import { ask } from '../../train-router/ask.ts'
import { sketchFor } from '../../train-router/prior.ts'
import { shuffled } from './measure.ts'
import { foldsOf } from './routers.ts'
import type { Pair } from './sets.ts'

const TOKENS = 40
const VICTIMS = 100
const SHARES = [0.2, 0.5]
/** Single tokens that change what a text looks like, beside the words that the model rates highest. */
export const LOOKS = ['.', ',', '?', 'NOT', 'except', 'A', 'the', '=', '1', '{', '|', '(', '$x$', '\nA.']
const WORDS = 48

export type Score = (text: string) => number

export function attackTable(pairs: readonly Pair[]): string {
  const outcomes = pairs[0]?.outcomes ?? []
  const folds = foldsOf(outcomes.length)
  const training = outcomes.filter((_, at) => folds[at] !== 0)
  const model = fitLinear(
    training.map(({ prompt, weak, strong }) => ({ ...sketchFor(prompt), gain: strong - weak })),
  )
  const tests = outcomes.filter((_, at) => folds[at] === 0).map(({ prompt }) => prompt)
  const tokens = [
    ...LOOKS,
    ...bestWords(
      model,
      training.map(({ prompt }) => prompt),
    ),
  ]
  const scores: readonly (readonly [string, Score])[] = [
    ['as it is', (text) => gainOf(model, sketchReading(readRequest(ask(text))))],
    ['guarded', (text) => guardedGain(model, readRequest(ask(text), true))],
  ]
  const rows = scores.map(([name, score]) => {
    const cells = SHARES.map((share) => `${(100 * moved(tests, score, share, tokens)).toFixed(0)} %`)
    return `| ${name} | ${cells.join(' | ')} |`
  })
  return [
    `**Easy prompts moved to the strong model by a suffix** (MMLU, ${VICTIMS} prompts below the cut, at most ${TOKENS} tokens, greedy over ${tokens.length})`,
    '',
    `| | ${SHARES.map((share) => `strongShare ${share}`).join(' | ')} |`,
    '|---|---:|---:|',
    ...rows,
  ].join('\n')
}

function bestWords(model: Linear, prompts: readonly string[]): string[] {
  const words = new Set(prompts.flatMap((prompt) => prompt.toLowerCase().match(/[a-z]+/g) ?? []))
  const weight = (word: string): number => model.words[bucketOf(hashAll(word))] ?? 0
  return [...words].sort((a, b) => weight(b) - weight(a)).slice(0, WORDS)
}

function moved(prompts: readonly string[], score: Score, share: number, tokens: readonly string[]): number {
  const scores = prompts.map(score)
  const cut = scores.toSorted((a, b) => b - a)[Math.floor(share * scores.length)] ?? 0
  const victims = shuffled(prompts.length, 9)
    .filter((at) => (scores[at] ?? 0) < cut && (prompts[at]?.length ?? 0) < 1_200)
    .slice(0, VICTIMS)
  const fallen = victims.filter((at) => attack(prompts[at] ?? '', score, cut, tokens).isMoved)
  return fallen.length / victims.length
}

/** Goes on where no token helps, too: the next one may. */
export function attack(
  prompt: string,
  score: Score,
  cut: number,
  tokens: readonly string[],
): { readonly text: string; readonly isMoved: boolean } {
  let text = prompt
  for (let length = 0; length < TOKENS; length += 1) {
    let best = { token: '', score: -Infinity }
    for (const token of tokens) {
      // A token may also be put to the last word, and make another one of it.
      for (const next of [` ${token}`, token]) {
        const reached = score(text + next)
        if (reached > best.score) best = { token: next, score: reached }
      }
    }
    text += best.token
    if (best.score > cut) return { text, isMoved: true }
  }
  return { text, isMoved: false }
}
