// Orders about form that only one answer, or one shape of answer, obeys. Pure.
import { plain, says } from '../checks/plain.ts'
import type { Random } from '../../../shared/random.ts'
import type { Maker, Question } from './task.ts'
import { NOUNS, PEOPLE } from './words.ts'

const exact = (prompt: string, expected: string): Question => ({
  prompt: `${prompt} Answer with that alone.`,
  example: expected,
  isRight: (answer) => says(answer.replaceAll(/,(?=\S)/g, ', '), expected, true),
})

type Order = (random: Random) => Question

const ORDERS: readonly [Order, ...Order[]] = [
  (random) => {
    const words = random.some(NOUNS, 5)
    return exact(
      `Write these words in the reverse order, separated by commas: ${words.join(', ')}.`,
      words.toReversed().join(', '),
    )
  },
  (random) => {
    const words = random.some(NOUNS, 5)
    return exact(
      `Sort these words by the alphabet and separate them by commas: ${words.join(', ')}.`,
      words.toSorted().join(', '),
    )
  },
  (random) => {
    const words = random.some(NOUNS, 4)
    return exact(
      `Write these words in capital letters, separated by commas: ${words.join(', ')}.`,
      words.map((word) => word.toUpperCase()).join(', '),
    )
  },
  (random) => {
    const words = random.some(NOUNS, 6)
    return exact(
      `Write every second word of this list, beginning with the second, separated by commas: ${words.join(', ')}.`,
      words.filter((_, at) => at % 2 === 1).join(', '),
    )
  },
  (random) => {
    const [name, word = '', other = ''] = [random.pick(PEOPLE), ...random.some(NOUNS, 2)]
    return exact(
      `Repeat this sentence, but with the word "${other}" instead of "${word}": ${name} lost the ${word} yesterday`,
      `${name} lost the ${other} yesterday`,
    )
  },
  (random) => {
    const [first = '', last = ''] = random.some(NOUNS, 2)
    const count = random.whole(5, 8)
    const filler = random.some(
      NOUNS.filter((word) => word !== first && word !== last),
      count - 2,
    )
    return {
      prompt: `Write exactly ${count} words, in small letters and separated by single spaces. The first must be "${first}" and the last must be "${last}". Answer with them alone.`,
      example: [first, ...filler, last].join(' '),
      isRight: (answer) => {
        const words = plain(answer).replace(/\.$/, '').split(/\s+/)
        return (
          words.length === count &&
          words[0] === first &&
          words.at(-1) === last &&
          words.every((word) => /^[a-z'-]+,?$/.test(word))
        )
      },
    }
  },
  (random) => {
    const [word = ''] = random.some(NOUNS, 1)
    const count = random.whole(3, 6)
    return exact(
      `Write the word "${word}" ${count} times, separated by single spaces.`,
      Array(count).fill(word).join(' '),
    )
  },
]

export const instruction: Maker = (random) => random.pick(ORDERS)(random)
