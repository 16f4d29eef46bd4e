// One fact out of a short text that has others of its kind beside it. Pure.
import { mentions, plain } from '../checks/plain.ts'
import type { Random } from '../../../shared/random.ts'
import type { Maker } from './task.ts'
import { GOODS, MONTHS, PEOPLE, SURNAMES, TOWNS } from './words.ts'

interface Letter {
  readonly text: string
  /** What may be asked for, and the value. */
  readonly facts: Readonly<Record<string, string>>
}

const code = (random: Random, prefix: string): string => `${prefix}-${random.whole(10_000, 99_999)}`

const LETTERS: readonly [(random: Random) => Letter, ...((random: Random) => Letter)[]] = [
  (random) => {
    const [order, customer, invoice] = [code(random, 'ORD'), code(random, 'CUS'), code(random, 'INV')]
    return {
      text: `Dear team, I am customer ${customer}. The parcel of order ${order} came without the ${random.pick(GOODS)}, but invoice ${invoice} charges me for them. Regards, ${random.pick(PEOPLE)} ${random.pick(SURNAMES)}`,
      facts: { 'order number': order, 'customer number': customer, 'invoice number': invoice },
    }
  },
  (random) => {
    const [sent, due] = [
      `${random.whole(1, 28)} ${random.pick(MONTHS)} 2031`,
      `${random.whole(1, 28)} ${random.pick(MONTHS)} 2032`,
    ]
    const [from = '', to = ''] = random.some(TOWNS, 2)
    return {
      text: `The crate left ${from} on ${sent} and is expected in ${to} by ${due}.`,
      facts: {
        'date on which the crate is expected': due,
        'date on which the crate left': sent,
        'town that the crate left': from,
        'town where the crate is expected': to,
      },
    }
  },
  (random) => {
    const [first = '', second = ''] = random.some(PEOPLE, 2).map((name) => name.toLowerCase())
    const [sales, support] = [
      `${first}.${random.whole(10, 99)}@sales.example`,
      `${second}.${random.whole(10, 99)}@support.example`,
    ]
    return {
      text: `For offers write to ${sales}, for broken ${random.pick(GOODS)} to ${support}; we answer within two days.`,
      facts: { 'e-mail address for offers': sales, 'e-mail address for broken goods': support },
    }
  },
  (random) => {
    const [host = '', guest = '', third = ''] = random.some(PEOPLE, 3)
    return {
      text: `${guest} was invited by ${host} to stay in ${random.pick(TOWNS)}, and ${third} drove them there in the ${random.pick(['blue', 'green', 'red'])} van.`,
      facts: { 'first name of the driver': third, 'first name of the person who invited': host },
    }
  },
]

export const extraction: Maker = (random) => {
  const { text, facts } = random.pick(LETTERS)(random)
  const [asked = ''] = random.shuffled(Object.keys(facts))
  const value = facts[asked] ?? ''
  const others = Object.values(facts).filter((fact) => fact !== value)
  return {
    prompt: `${text}\n\nWhat is the ${asked} in this text? Answer with it alone.`,
    example: value,
    isRight: (answer) => {
      const said = plain(answer)
      return mentions(said, value) && !others.some((other) => mentions(said, other))
    },
  }
}
