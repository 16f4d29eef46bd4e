// Word problems of two to four steps, whose numbers and people are chance. Pure.
import { isNumber } from '../checks/number.ts'
import type { Random } from '../../../shared/random.ts'
import type { Maker } from './task.ts'
import { GOODS, PEOPLE } from './words.ts'

type Story = (random: Random, who: string, other: string, goods: string) => [string, number]

const STORIES: readonly [Story, ...Story[]] = [
  (random, who, other, goods) => {
    const [boxes, each, given] = [random.whole(4, 12), random.whole(6, 15), random.whole(5, 20)]
    return [
      `${who} has ${boxes} boxes with ${each} ${goods} in each. ${who} gives ${given} ${goods} to ${other}. How many ${goods} are left?`,
      boxes * each - given,
    ]
  },
  (random, who, other, goods) => {
    const [own, more, sold] = [random.whole(20, 60), random.whole(7, 29), random.whole(4, 15)]
    return [
      `${who} has ${own} ${goods}, and ${other} has ${more} more than ${who}. Then ${other} sells ${sold}. How many ${goods} do they have together now?`,
      own + own + more - sold,
    ]
  },
  (random, who, _other, goods) => {
    const [price, count, paid] = [random.whole(3, 14), random.whole(3, 9), random.whole(130, 200)]
    return [
      `${who} buys ${count} ${goods} at ${price} euros each and pays with ${paid} euros. How many euros does ${who} get back?`,
      paid - price * count,
    ]
  },
  (random, who) => {
    const [speed, hours, rest] = [random.whole(12, 24), random.whole(2, 6), random.whole(10, 45)]
    return [
      `${who} cycles at ${speed} kilometres an hour for ${hours} hours, and walks another ${rest} kilometres. How many kilometres is that in all?`,
      speed * hours + rest,
    ]
  },
  (random, who, other, goods) => {
    const [rate, otherRate, hours] = [random.whole(5, 14), random.whole(3, 11), random.whole(3, 9)]
    return [
      `${who} makes ${rate} ${goods} an hour and ${other} makes ${otherRate}. Both work for ${hours} hours. How many ${goods} do they make together?`,
      (rate + otherRate) * hours,
    ]
  },
  (random, who, other) => {
    const [age, gap, years] = [random.whole(9, 40), random.whole(2, 15), random.whole(3, 12)]
    return [
      `${who} is ${age} years old, and ${other} is ${gap} years older. How old will ${other} be in ${years} years?`,
      age + gap + years,
    ]
  },
  (random, who, _other, goods) => {
    const [start, weeks, each, used] = [
      random.whole(50, 150),
      random.whole(3, 8),
      random.whole(10, 30),
      random.whole(2, 9),
    ]
    return [
      `A store has ${start} ${goods}. Every week ${each} more arrive and ${used} are sold. ${who} counts them after ${weeks} weeks. How many are there?`,
      start + weeks * (each - used),
    ]
  },
  (random, who, other, goods) => {
    const [share, friends, left] = [random.whole(4, 12), random.whole(3, 8), random.whole(1, 3)]
    const total = share * friends + left
    return [
      `${who} and ${other} share ${total} ${goods} evenly among ${friends} friends, as many each as possible. How many ${goods} does each friend get?`,
      Math.floor(total / friends),
    ]
  },
]

export const problem: Maker = (random) => {
  const [who = '', other = ''] = random.some(PEOPLE, 2)
  const [story, value] = random.pick(STORIES)(random, who, other, random.pick(GOODS))
  return {
    prompt: `${story} End with a line "Answer: <number>".`,
    example: `Answer: ${value}`,
    isRight: isNumber(value),
  }
}
