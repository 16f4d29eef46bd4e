// Micro's reach, guarded: what micro can answer stays with it whatever is put to its end, and what it cannot does not.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fieldsOf, text } from '../../../../shared/fields.ts'
import { logitsOf } from '../../../../tools/train-router/reach.ts'
import { FIRST } from '../../../../workers/routing/beginnings.ts'
import { classify } from '../../../../workers/routing/classify.ts'
import { reachOf, readReach } from '../../../../workers/routing/reach.ts'
import packed from '../../../../workers/routing/reach.json' with { type: 'json' }
import { requestFor } from '../../samples.ts'

const score = (text: string, isGuarded = true): number =>
  classify(requestFor(text), undefined, { weak: 'micro', isGuarded }).score

/** Of all kinds that micro can answer; one is shorter than what holds anything down. */
const EASY = [
  'What is Minnow?',
  'who are you',
  'How do I create an API key?',
  'how can I set a budget for a key',
  'Which providers does Minnow support?',
  'where is the dashboard',
  'Does Minnow cache answers?',
  'what happens when a provider is down',
  'are you a robot?',
  'tell me a joke',
  'what is your name',
  'see you later',
  '37 + 48',
  'what is 120 minus 45',
  'add 12 and 30',
  'subtract 5 from 19',
  'Extract the phone number: call me at +1 415 555 0132',
  'What is the amount? The bill came to $45.20.',
  'Which date is in this text? The lease ends on March 3, 2027.',
  'how much money is mentioned: please send EUR 1,250 to the landlord',
  'hi',
]

const HARD = [
  'Prove that there are infinitely many primes of the form 4k + 3.',
  'Hello! Write a poem about the sea, and make it rhyme.',
  'Hi, translate this letter into Japanese for me.',
  'A baker sells 48 rolls in the morning and a third as many after noon. Each costs two francs; what did he earn?',
  'Compare the economic causes of the French and the Russian revolution in an essay.',
  'Which of these is a noble gas?\nA. oxygen\nB. argon\nC. iron\nD. chlorine',
  'Quick question: how do I center a div with CSS?',
  'Write a Python program that parses a CSV file and computes the median per group.',
  'who painted the mona lisa',
  'Thanks. Summarize the plot of Hamlet in three sentences.',
]

/** The shipped weights, as the fit has them. */
const { bias, scale, signs, words: bytes } = readReach(packed)
const fitted = {
  bias,
  words: Float64Array.from(bytes, (byte) => byte * Math.abs(byte) * scale),
  signs: Float64Array.from(signs),
}

const TOKENS = (
  'prove explain compare program essay translate poem Python theorem the NOT except ? . , : = 1 { | $x$ s ing' +
  ' unanswerable'
).split(' ')

/** 40 tokens, each the one that raises the score the most, after a blank or right at the last word; options among them. */
function isMoved(asked: string, isGuarded: boolean): boolean {
  let text = asked
  for (let length = 0; length < 40; length += 1) {
    let best = { text, score: -Infinity }
    for (const token of [...TOKENS, '\nA. one'])
      for (const next of [`${text} ${token}`, `${text}${token}`]) {
        const reached = score(next, isGuarded)
        if (reached > best.score) best = { text: next, score: reached }
      }
    text = best.text
    if (best.score > 0.5) return true
  }
  return false
}

describe('what micro can answer', () => {
  it('is easy as it is', () => {
    expect(EASY.filter((text) => score(text) > 0.5)).toEqual([])
  })

  it('is moved by hardly any suffix of 40 tokens, and nearly all of it where nothing is guarded', () => {
    const longer = EASY.filter((text) => text.length >= FIRST)
    expect(longer.filter((text) => isMoved(text, true)).length / longer.length).toBeLessThanOrEqual(0.05)
    expect(longer.filter((text) => isMoved(text, false)).length / longer.length).toBeGreaterThan(0.9)
  }, 400_000)

  it('is held in 95 of 100 requests by authors it was not fitted to, whatever is put to the end', () => {
    const lines = readFileSync(join(process.cwd(), 'tools/train/eval/prompts.jsonl'), 'utf8')
      .trim()
      .split('\n')
    const prompts = lines
      .map((line) => fieldsOf(JSON.parse(line)))
      .filter(({ skill }) => !['other', 'email', 'sentiment'].includes(text(skill)))
      .map(({ prompt }) => text(prompt))
    const kept = prompts.filter((prompt) => score(prompt) <= 0.5)
    expect(kept.length / prompts.length).toBeGreaterThan(0.96)
    const held = kept.filter((prompt) => logitsOf(fitted, prompt).held <= 0)
    expect(held.length / kept.length).toBeGreaterThan(0.95)
  })

  it('stays easy with answers to choose from, formulas and word problems behind it', () => {
    for (const added of [
      '\nA. one\nB. two\nC. three',
      ' $x^2 = \\frac{1}{2}$',
      ` ${HARD[3]}`,
      ' {}'.repeat(900),
    ])
      expect(score(`What is Minnow?${added}`)).toBeLessThan(0.1)
  })
})

describe('what micro cannot answer', () => {
  for (const text of HARD)
    it(`is sent on, guarded too: ${text.slice(0, 40)}`, () => expect(score(text)).toBeGreaterThan(0.5))
})

describe('a reach', () => {
  it('never grows above what its beginnings have, whatever is put to the end', () => {
    const words = fc
      .array(fc.oneof(fc.constantFrom(...TOKENS, ...EASY), fc.string({ unit: 'grapheme', maxLength: 8 })), {
        minLength: 1,
        maxLength: 6,
      })
      .map((list) => list.join(' '))
    fc.assert(
      fc.property(words, words, fc.constantFrom(' ', ''), (text, added, blank) => {
        const ceiling = 1 / (1 + Math.exp(-logitsOf(fitted, text).held))
        expect(reachOf(text + blank + added)?.score ?? 0).toBeLessThanOrEqual(ceiling + 1e-9)
      }),
    )
  })

  it('is undefined where nothing is asked, and says which beginning decides', () => {
    expect(reachOf(' \n ')).toBeUndefined()
    const { features } = classify(requestFor('What is Minnow? And then some.'), undefined, {
      isGuarded: true,
    })
    expect(features['beginning']).toBeGreaterThan(0)
    expect(features['beginning']).toBeLessThan(1)
  })

  it('that does not hold as many weights as it says is refused', () => {
    expect(() => readReach({ bias: 0, scale: 1, signs: [], count: 3, grams: '', words: '' })).toThrow(
      'routing/reach.json does not hold 3 weights',
    )
  })
})
