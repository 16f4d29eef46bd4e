// Grades a reply by the rule of its skill, the same rules as tools/train/evaluate.py. Pure.
import { HONEST, SMALL_TALK } from './replies.ts'

export interface Case {
  readonly skill: string
  readonly prompt: string
  readonly expect?: string
  readonly fact?: string
  readonly kind?: string
}

export interface Fact {
  readonly id: string
  readonly answer: string
  readonly keys: readonly string[]
}

export const RULES: Readonly<Record<string, string>> = {
  facts:
    "the fact's answer word for word, or all of its key words in the reply (the honest sentence never counts)",
  smalltalk: 'the fixed reply of its kind',
  date: 'exactly the value after trimming',
  phone: 'exactly the value after trimming',
  amount: 'exactly the value after trimming',
  email: 'the honest sentence: this is beyond micro',
  sentiment: 'the honest sentence: this is beyond micro',
  add: 'the last number of the reply',
  subtract: 'the last number of the reply',
  other: 'the honest sentence, word for word',
}

/** What micro leaves to a larger model: right is to say so. */
export const isBeyond = ({ skill }: Case): boolean =>
  skill === 'other' || skill === 'email' || skill === 'sentiment'

export function isRight(item: Case, reply: string, facts: ReadonlyMap<string, Fact>): boolean {
  const text = reply.trim()
  if (isBeyond(item)) return text === HONEST
  switch (item.skill) {
    case 'facts': {
      const fact = facts.get(item.fact ?? '')
      if (!fact || text === HONEST) return false
      return text === fact.answer || fact.keys.every((key) => text.toLowerCase().includes(key))
    }
    case 'smalltalk':
      return text === SMALL_TALK[item.kind ?? '']
    case 'add':
    case 'subtract':
      return (text.match(/\d+/gu) ?? []).at(-1) === item.expect
  }
  return text === item.expect?.trim()
}
