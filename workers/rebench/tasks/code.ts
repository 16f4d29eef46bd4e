// Short programs: what one prints, and expressions that are run on numbers the model was not shown. Pure.
import { evaluate } from '../checks/expression.ts'
import { isNumber } from '../checks/number.ts'
import { answersIn, says } from '../checks/plain.ts'
import type { Maker, Question } from './task.ts'
import type { Random } from '../../../shared/random.ts'
import { NOUNS } from './words.ts'

type Program = (random: Random) => readonly [string, string]

const PROGRAMS: readonly [Program, ...Program[]] = [
  (random) => {
    const [count, step, start] = [random.whole(4, 9), random.whole(2, 7), random.whole(1, 20)]
    let total = start
    for (let at = 0; at < count; at += 1) total += at * step
    return [
      `total = ${start}\nfor i in range(${count}):\n    total += i * ${step}\nprint(total)`,
      String(total),
    ]
  },
  (random) => {
    const word = random.pick(NOUNS)
    const [from, to] = [random.whole(0, 2), random.whole(4, 5)]
    return [`word = "${word}"\nprint(word[${from}:${to}].upper())`, word.slice(from, to).toUpperCase()]
  },
  (random) => {
    const numbers = Array.from({ length: 6 }, () => random.whole(1, 60))
    const over = random.whole(15, 40)
    const kept = numbers.filter((number) => number > over)
    return [
      `numbers = [${numbers.join(', ')}]\nprint(len([n for n in numbers if n > ${over}]))`,
      String(kept.length),
    ]
  },
  (random) => {
    const [a, b] = [random.whole(30, 120), random.whole(12, 90)]
    let [x, y] = [a, b]
    while (y > 0) [x, y] = [y, x % y]
    return [`a, b = ${a}, ${b}\nwhile b:\n    a, b = b, a % b\nprint(a)`, String(x)]
  },
  (random) => {
    const words = random.some(NOUNS, 3)
    return [
      `words = [${words.map((word) => `"${word}"`).join(', ')}]\nprint("-".join(sorted(words)))`,
      words.toSorted().join('-'),
    ]
  },
]

function printed(random: Random): Question {
  const [program, output] = random.pick(PROGRAMS)(random)
  const isRight = /^\d+$/.test(output)
    ? isNumber(Number(output))
    : (answer: string) => says(answer, output, true)
  return {
    prompt: `What does this Python program print? End with a line "Answer: <output>".\n\n${program}`,
    example: `Answer: ${output}`,
    isRight,
  }
}

const FUNCTIONS: readonly [
  (random: Random) => readonly [string, (n: number) => number],
  ...((random: Random) => readonly [string, (n: number) => number])[],
] = [
  (random) => {
    const [a, b] = [random.whole(2, 9), random.whole(1, 15)]
    return [`${a} * n + ${b}`, (n) => a * n + b]
  },
  (random) => {
    const [a, b] = [random.whole(2, 5), random.whole(1, 9)]
    return [`${a} * n * n - ${b}`, (n) => a * n * n - b]
  },
  (random) => {
    const a = random.whole(1, 8)
    return [`(n + ${a}) * n`, (n) => (n + a) * n]
  },
]

const SHOWN = [1, 2, 3, 4]
const HELD_OUT = [5, 8, 11, 20]

function written(random: Random): Question {
  const [expression, truth] = random.pick(FUNCTIONS)(random)
  const examples = SHOWN.map((n) => `n = ${n} gives ${truth(n)}`).join(', ')
  const isIt = (text: string): boolean =>
    [...SHOWN, ...HELD_OUT].every(
      (n) => evaluate(text.replace(/^(?:return|f\(n\) =|y =|=)\s*|;$/g, ''), 'n', n) === truth(n),
    )
  return {
    prompt: `Write one arithmetic expression in the variable n, with + - * and parentheses only, such that ${examples}. End with a line "Answer: <expression>".`,
    example: `Answer: ${expression}`,
    // A parenthesis at the end may belong to the expression, so what stands there is tried as it is too.
    isRight: (answer) => [...answersIn(answer), ...rawIn(answer)].some(isIt),
  }
}

const rawIn = (answer: string): string[] =>
  answer
    .replaceAll('`', '')
    .split('\n')
    .map((line) =>
      line
        .replace(/^.*answer:/i, '')
        .replaceAll(/^\s*\*\*|\*\*\s*$/g, '')
        .trim(),
    )

export const code: Maker = (random) => (random.next() < 0.5 ? printed(random) : written(random))
