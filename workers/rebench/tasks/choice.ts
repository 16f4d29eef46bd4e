// Multiple choice among four, where three are wrong by construction. Pure.
import { letterIn } from '../checks/label.ts'
import type { Random } from '../../../shared/random.ts'
import type { Maker } from './task.ts'
import { NOUNS } from './words.ts'

/** A question, its right option and three that are wrong. */
type Form = (random: Random) => readonly [string, string, readonly string[]]

const different = (random: Random, count: number, make: () => number): number[] => {
  const found = new Set<number>()
  while (found.size < count) found.add(make())
  return random.shuffled([...found])
}

const texts = (numbers: readonly number[]): string[] => numbers.map(String)

const FORMS: readonly [Form, ...Form[]] = [
  (random) => {
    const divisor = random.whole(6, 13)
    const right = divisor * random.whole(11, 70)
    const wrong = different(random, 3, () => divisor * random.whole(11, 70) + random.whole(1, divisor - 1))
    return [`Which number can be divided by ${divisor} without a remainder?`, String(right), texts(wrong)]
  },
  (random) => {
    const [first = '', ...rest] = random.some(NOUNS, 4).toSorted()
    return ['Which of these words comes first in the alphabet?', first, rest]
  },
  (random) => {
    const [right = 0, ...wrong] = different(random, 4, () => random.whole(10_000, 99_999)).toSorted(
      (a, b) => b - a,
    )
    return ['Which of these numbers is the largest?', String(right), texts(wrong)]
  },
  (random) => {
    const [start, step] = [random.whole(3, 40), random.whole(3, 19)]
    const series = [0, 1, 2, 3].map((at) => start + at * step)
    const right = start + 4 * step
    const wrong = different(random, 3, () => right + random.pick([-1, 1]) * random.whole(1, step + 4))
    return [`Which number goes on with the series ${series.join(', ')}?`, String(right), texts(wrong)]
  },
  (random) => {
    const [right = '', ...others] = random.some(NOUNS, 4)
    const backwards = [...right].toReversed().join('')
    return [`Which of these words, written backwards, is "${backwards}"?`, right, others]
  },
]

export const choice: Maker = (random) => {
  const [question, right, wrong] = random.pick(FORMS)(random)
  const options: Record<string, string> = {}
  let letter = ''
  for (const [at, option] of random.shuffled([right, ...wrong]).entries()) {
    const name = 'ABCD'.charAt(at)
    options[name] = option
    if (option === right) letter = name
  }
  const lines = Object.entries(options).map(([name, option]) => `${name}) ${option}`)
  return {
    prompt: `${question}\n${lines.join('\n')}\nAnswer with the letter only.`,
    example: letter,
    isRight: (answer) => letterIn(answer, options) === letter,
  }
}
