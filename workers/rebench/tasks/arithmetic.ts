// Sums that need care but no knowledge. Pure.
import { isNumber } from '../checks/number.ts'
import type { Random } from '../../../shared/random.ts'
import type { Maker } from './task.ts'

const FORMS: readonly [(random: Random) => [string, number], ...((random: Random) => [string, number])[]] = [
  (random) => {
    const [a, b] = [random.whole(120, 989), random.whole(120, 989)]
    return [`${a} + ${b}`, a + b]
  },
  (random) => {
    const [a, b] = [random.whole(1_100, 9_989), random.whole(120, 989)]
    return [`${a} - ${b}`, a - b]
  },
  (random) => {
    const [a, b] = [random.whole(12, 98), random.whole(12, 98)]
    return [`${a} * ${b}`, a * b]
  },
  (random) => {
    const [a, b] = [random.whole(12, 98), random.whole(13, 97)]
    return [`${a * b} / ${b}`, a]
  },
  (random) => {
    const [a, b, c] = [random.whole(11, 79), random.whole(3, 19), random.whole(101, 499)]
    return [`${a} * ${b} + ${c}`, a * b + c]
  },
  (random) => {
    const [a, b, c] = [random.whole(60, 99), random.whole(11, 49), random.whole(3, 12)]
    return [`(${a} - ${b}) * ${c}`, (a - b) * c]
  },
  (random) => {
    const [a, b] = [random.whole(400, 4_999), random.whole(7, 29)]
    return [`the remainder of ${a} divided by ${b}`, a % b]
  },
  (random) => {
    const [a, b] = [random.whole(2, 48) * 5, random.whole(2, 45) * 20]
    return [`${a} percent of ${b}`, (a * b) / 100]
  },
]

/** A small sum, as people ask it. */
const small = (random: Random): [string, number] => {
  const [a, b] = [random.whole(11, 89), random.whole(11, 89)]
  return [`${a} + ${b}`, a + b]
}

export const arithmetic: Maker = (random) => {
  const isSmall = random.next() < 0.2
  const [sum, value] = isSmall ? small(random) : random.pick(FORMS)(random)
  const order = isSmall || random.next() < 0.3 ? '' : ' End with a line "Answer: <number>".'
  return {
    prompt: `What is ${sum}?${order}`,
    example: order === '' ? String(value) : `Answer: ${value}`,
    isRight: isNumber(value),
  }
}
