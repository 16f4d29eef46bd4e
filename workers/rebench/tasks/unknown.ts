// A text that answers one of two questions: for the other the right answer is "unknown". Pure.
import { partsIn } from '../checks/numbered.ts'
import { mentions } from '../checks/plain.ts'
import type { Random } from '../../../shared/random.ts'
import type { Maker } from './task.ts'
import { PEOPLE, SURNAMES, TOWNS, TRADES } from './words.ts'

interface Fact {
  readonly said: string
  readonly question: string
  readonly answer: string
}

const factsOf = (random: Random, name: string): readonly Fact[] => {
  const [town, trade, year, floor] = [
    random.pick(TOWNS),
    random.pick(TRADES),
    String(random.whole(1_905, 1_989)),
    String(random.whole(3, 19)),
  ]
  return [
    { said: `lives in ${town}`, question: `In which town does ${name} live?`, answer: town },
    { said: `works as a ${trade}`, question: `What is the trade of ${name}?`, answer: trade },
    { said: `was born in ${year}`, question: `In which year was ${name} born?`, answer: year },
    {
      said: `has a flat on floor ${floor}`,
      question: `On which floor is the flat of ${name}?`,
      answer: floor,
    },
  ]
}

const UNKNOWN =
  /\b(?:unknown|not (?:known|stated|given|mentioned|specified|said|provided)|(?:doesn't|does not|isn't|is not) (?:say|state|stated|mention|mentioned|given|known)|cannot be (?:known|determined)|no information)\b/i

export const unknown: Maker = (random) => {
  const name = `${random.pick(PEOPLE)} ${random.pick(SURNAMES)}`
  const [known, other, missing] = random.shuffled(factsOf(random, name))
  if (known === undefined || other === undefined || missing === undefined)
    throw new Error('four facts are made')
  const isFirst = random.next() < 0.5
  const [one, two] = isFirst ? [missing, known] : [known, missing]
  return {
    prompt: `${name} ${known.said} and ${other.said}.\n\nAnswer from this text alone, one by one, as "1." and "2."; where the text does not tell, the answer is the word unknown.\n1. ${one.question}\n2. ${two.question}`,
    example: isFirst ? `1. unknown\n2. ${known.answer}` : `1. ${known.answer}\n2. unknown`,
    isRight: (answer) => {
      const parts = partsIn(answer)
      if (parts === undefined) return false
      const [untold, told] = isFirst ? parts : [parts[1], parts[0]]
      const isGuess = [missing.answer, known.answer].some((word) => mentions(untold, word))
      return UNKNOWN.test(untold) && !isGuess && mentions(told, known.answer) && !UNKNOWN.test(told)
    },
  }
}
