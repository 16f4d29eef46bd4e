// Questions in other words: what is taken for the same, and above all what is not.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pairsOf } from '../../../../tools/bench/reuse/groups.ts'
import { MADE_WITH } from '../../../../tools/bench/reuse/made-with.ts'
import { UNSEEN } from '../../../../tools/bench/reuse/unseen.ts'
import { nearness, ratesOf } from '../../../../tools/bench/reuse/run.ts'
import { phraseOf } from '../../../../workers/cache/phrase.ts'
import { THRESHOLD } from '../../../../workers/cache/threshold.ts'

const isTaken = (left: string, right: string): boolean => nearness(left, right) >= THRESHOLD

describe('pairs of questions', () => {
  const [made, unseen] = [pairsOf(MADE_WITH), pairsOf(UNSEEN)]

  test('are at least five hundred, and none stands on both sides', () => {
    expect(made.length + unseen.length).toBeGreaterThanOrEqual(500)
    for (const groups of [MADE_WITH, UNSEEN])
      for (const { same, near } of groups) expect(near.filter((text) => same.includes(text))).toEqual([])
  })

  test('that nearly ask the same are taken for the same in less than one of a hundred', () => {
    for (const pairs of [made, unseen]) {
      const { near, falseHits } = ratesOf(pairs, THRESHOLD)
      expect(near).toBeGreaterThan(500)
      expect(falseHits / near).toBeLessThan(0.01)
    }
  })

  test('that ask the same are found as often as was measured', () => {
    const [one, two] = [ratesOf(made, THRESHOLD), ratesOf(unseen, THRESHOLD)]
    expect(one.hits / one.same).toBeGreaterThan(0.9)
    expect(two.hits / two.same).toBeGreaterThan(0.25)
  })
})

describe('what changes the sense', () => {
  test.each([
    ['a number', 'Convert 10 miles', 'Convert 100 miles'],
    ['a sign', 'What is -5 squared?', 'What is 5 squared?'],
    ['the order of numbers', 'Divide 10 by 2', 'Divide 2 by 10'],
    ['a number in words', 'Name three rivers', 'Name four rivers'],
    ['a date', 'Who won on 2024-05-01?', 'Who won on 2024-05-02?'],
    ['a unit', 'How heavy is 5 kg?', 'How heavy is 5 lb?'],
    ['a negation', 'Is it allowed?', "Isn't it allowed?"],
    ['the time of it', 'Who is king?', 'Who was king?'],
    ['the one who asks', 'What is my name?', 'What is your name?'],
    ['a direction', 'Trains from Bern to Rome', 'Trains to Bern from Rome'],
    ['a side', 'Is tea better than milk?', 'Is milk better than tea?'],
    ['a quotation', 'Who said "I came"?', 'Who said "I saw"?'],
    ['code', 'What does foo_bar do?', 'What does foo_baz do?'],
    ['capitals in code', 'What does getName do?', 'What does getname do?'],
    ['an address', 'Summarise https://a.example/x', 'Summarise https://a.example/y'],
    ['an acronym', 'Explain the rules of IT', 'Explain the rules of it'],
    ['a question', 'How is it made?', 'Why is it made?'],
    ['whom it is for', 'A poem for Ann', 'A poem about Ann'],
  ])('%s', (_, left, right) => expect(isTaken(left, right)).toBe(false))

  test('any word of a question of any length, put in, left out, or in another place', () => {
    const word = fc.stringMatching(/^[a-z]{5,9}$/).filter((text) => phraseOf(text).words.length === 1)
    const words = fc.uniqueArray(word, {
      minLength: 2,
      maxLength: 24,
      selector: (text) => phraseOf(text).words[0] ?? '',
    })
    fc.assert(
      fc.property(words, word, fc.nat(), (said, other, place) => {
        fc.pre(!said.some((one) => phraseOf(one).words[0] === phraseOf(other).words[0]))
        const at = place % said.length
        const text = said.join(' ')
        expect(isTaken(text, said.with(at, other).join(' '))).toBe(false)
        expect(isTaken(text, said.toSpliced(at, 1).join(' '))).toBe(false)
        expect(isTaken(text, said.toSpliced(at, 0, other).join(' '))).toBe(false)
        const next = (at + 1) % said.length
        const swapped = said.with(at, said[next] ?? '').with(next, said[at] ?? '')
        expect(isTaken(text, swapped.join(' '))).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  test('and not how it is written: capitals, marks, manners', () => {
    fc.assert(
      fc.property(fc.constantFrom(...UNSEEN.flatMap(({ same }) => same)), (text) => {
        fc.pre(!/["=]|\b[A-Z]{2,}\b/.test(text))
        expect(isTaken(text, text)).toBe(true)
        expect(isTaken(text, `  ${text} `)).toBe(true)
        expect(isTaken(text, `Hello! ${text} Thanks`)).toBe(true)
        expect(isTaken(text, text.toLowerCase())).toBe(true)
      }),
    )
  })
})
