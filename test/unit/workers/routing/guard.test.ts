// An attack on a router: up to 40 tokens at the end of an easy prompt, found greedily against the scores themselves.
import { describe, expect, it } from 'vitest'
import { gainOf, guardedGain, type Linear } from '../../../../workers/routing/linear.ts'
import { readRequest } from '../../../../workers/routing/reading.ts'
import { fitLinear } from '../../../../workers/routing/ridge.ts'
import { sketchReading } from '../../../../workers/routing/sketch.ts'
import { seededRandom } from '../../../../shared/random.ts'
import { requestFor } from '../../samples.ts'

const HARD = ['proof', 'tensor', 'statute', 'enzyme', 'derivative', 'syntax']
const EASY = ['recipe', 'weather', 'birthday', 'football', 'garden', 'holiday']
const PLAIN = 'the of a one which for people in this with about and small old new every long many'.split(' ')
const TOKENS = [...HARD, 'NOT', 'except', '?', '=', '1', '{', '|', '\nA. one', 'the', ',']

const random = seededRandom(7)
const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)] ?? ''

/** Every prompt has words of both kinds, a hard one more of the one, and most beginnings do not tell. */
function prompt(isHard: boolean): string {
  const words = Array.from({ length: 12 + Math.floor(random() * 30) }, () => {
    const chance = random()
    if (chance < 0.7) return pick(PLAIN)
    return pick(chance < (isHard ? 0.92 : 0.78) ? HARD : EASY)
  })
  return `Question: ${words.join(' ')}?`
}

const prompts = Array.from({ length: 600 }, (_, at) => ({ text: prompt(at % 2 === 0), isHard: at % 2 === 0 }))
const model = fitLinear(
  prompts
    .slice(0, 400)
    .map(({ text, isHard }) => ({ ...sketchReading(readRequest(requestFor(text))), gain: isHard ? 1 : 0 })),
)
const tests = prompts.slice(400)

type Score = (text: string, its?: Linear) => number
const plain: Score = (text, its = model) => gainOf(its, sketchReading(readRequest(requestFor(text))))
const guarded: Score = (text, its = model) => guardedGain(its, readRequest(requestFor(text), true))

const cutOf = (score: Score, share: number): number =>
  tests.map(({ text }) => score(text)).toSorted((a, b) => b - a)[Math.floor(share * tests.length)] ?? 0

function isMoved(asked: string, score: Score, cut: number): boolean {
  let text = asked
  for (let length = 0; length < 40; length += 1) {
    let best = { text, score: -Infinity }
    for (const token of TOKENS)
      for (const next of [`${text} ${token}`, `${text}${token}`]) {
        const reached = score(next)
        if (reached > best.score) best = { text: next, score: reached }
      }
    text = best.text
    if (best.score > cut) return true
  }
  return false
}

function moved(score: Score, share: number): number {
  const cut = cutOf(score, share)
  const easy = tests.filter(({ text }) => score(text) < cut).slice(0, 12)
  return easy.filter(({ text }) => isMoved(text, score, cut)).length / easy.length
}

/** How often a hard prompt scores above an easy one. */
function order(score: Score): number {
  const scores = tests.map(({ text, isHard }) => ({ isHard, value: score(text) }))
  const [hard, easy] = [true, false].map((kind) => scores.filter(({ isHard }) => isHard === kind))
  const pairs = (hard ?? []).flatMap((one) => (easy ?? []).map((other) => (one.value > other.value ? 1 : 0)))
  return pairs.reduce<number>((sum, won) => sum + won, 0) / pairs.length
}

describe('a suffix of 40 tokens', () => {
  for (const share of [0.2, 0.5]) {
    it(`moves no easy prompt to the strong model at a share of ${share}, and nearly all where nothing is guarded`, () => {
      expect(moved(guarded, share)).toBeLessThanOrEqual(0.05)
      expect(moved(plain, share)).toBeGreaterThan(0.9)
    }, 240_000)
  }
})

describe('weights of its own', () => {
  it('leave a guarded score most of the order that those of the model would lose', () => {
    const traits = model.traits.map(({ weight }) => weight)
    const bare: Linear = { ...model, guard: { bias: 0, words: 1, brevity: 0, traits } }
    const [whole, kept, lost] = [order(plain), order(guarded), order((text) => guarded(text, bare))]
    expect(whole).toBeGreaterThan(0.8)
    expect(kept).toBeGreaterThan(lost)
    expect(kept).toBeGreaterThan(whole - 0.05)
  })

  it('are those of the model where no beginning promises less', () => {
    const even = fitLinear([{ ...sketchReading(readRequest(requestFor('Hi'))), gain: 1 }])
    expect(even.guard.words).toBe(1)
    expect(even.guard.bias).toBe(0)
  })
})
