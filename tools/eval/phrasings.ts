// Cases made of the authors' phrasings, roughened: what the confidence bound is tuned on, since they are not held out.
import { seededRandom } from '../../shared/random.ts'
import type { Case } from './grade.ts'
import { roughen } from './roughen.ts'
import { fill, operands, pick } from './values.ts'

export interface Author {
  readonly facts?: Readonly<Record<string, readonly string[]>>
  readonly smalltalk?: Readonly<Record<string, readonly string[]>>
  readonly other?: readonly string[]
  readonly extract?: Readonly<
    Record<string, { readonly ask?: readonly string[]; readonly text: readonly string[] }>
  >
  readonly review?: Readonly<Record<'ask' | 'positive' | 'negative', readonly string[]>>
  readonly arithmetic?: Readonly<Record<string, readonly string[]>>
}

/** Every `step`-th phrasing of each list of an author, with fresh values. */
export function phrasingCases(author: Author, step: number, seed: number): Case[] {
  const dice = seededRandom(seed)
  const some = (items: readonly string[]) => items.filter((_, index) => (index + seed) % step === 0)
  const cases: Case[] = []
  for (const [fact, items] of Object.entries(author.facts ?? {})) {
    for (const text of some(items)) cases.push({ skill: 'facts', fact, prompt: roughen(text, dice) })
  }
  for (const [kind, items] of Object.entries(author.smalltalk ?? {})) {
    for (const text of some(items)) cases.push({ skill: 'smalltalk', kind, prompt: roughen(text, dice) })
  }
  for (const text of some(author.other ?? [])) cases.push({ skill: 'other', prompt: roughen(text, dice) })
  for (const [skill, { ask = [], text: texts }] of Object.entries(author.extract ?? {})) {
    const [first, ...more] = ask
    if (first === undefined) continue
    for (const text of some(texts)) {
      const { text: sentence, value } = fill(text, skill, dice)
      const prompt = roughen(pick(dice, [first, ...more]), dice).replace('{text}', sentence)
      if (prompt.includes(value)) cases.push({ skill, prompt, expect: value })
    }
  }
  const [ask, ...asks] = author.review?.ask ?? []
  for (const verdict of ['positive', 'negative'] as const) {
    if (ask === undefined) continue
    for (const text of some(author.review?.[verdict] ?? []))
      cases.push({
        skill: 'sentiment',
        prompt: roughen(pick(dice, [ask, ...asks]), dice).replace('{text}', text),
        expect: verdict,
      })
  }
  for (const [skill, items] of Object.entries(author.arithmetic ?? {})) {
    for (const text of some(items)) {
      const [a, b] = operands(dice)
      const prompt = roughen(text.replace('{a}', String(a)).replace('{b}', String(b)), dice)
      const result = skill === 'add' ? a + b : a - b
      cases.push({ skill, prompt, expect: String(result) })
    }
  }
  return cases
}
