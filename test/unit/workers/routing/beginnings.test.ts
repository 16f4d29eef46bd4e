// A text read so that each of its beginnings is seen as if it were all: what follows a beginning changes nothing in it.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Beginning, FIRST, readBeginnings } from '../../../../workers/routing/beginnings.ts'
import { SIGNS, WHOLE } from '../../../../workers/routing/signs.ts'

type Kept = Pick<Beginning, 'end'> & { grams: number[]; last: number[]; signs: number[] }

function beginningsOf(text: string): Kept[] {
  const all: Kept[] = []
  readBeginnings(text, ({ end, grams, last, lasts, signs }) => {
    all.push({ end, grams: [...grams], last: [...last.subarray(0, lasts)], signs: [...signs] })
  })
  return all
}

/** Without what only a whole text has. */
const asFollowed = ({ signs, last, ...rest }: Kept): Kept => ({
  ...rest,
  last: signs[WHOLE] === 1 ? last.slice(0, -1) : last,
  signs: signs.with(WHOLE, 0),
})
const signsOf = (text: string): Record<string, number> =>
  Object.fromEntries(SIGNS.map((name, at) => [name, beginningsOf(text).at(-1)?.signs[at] ?? Number.NaN]))

describe('beginnings', () => {
  it('are to the bit what they are alone, whatever follows', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc
        .array(fc.constantFrom('what', 'is', '12', '+', '7', '?', 'Minnow', '.', '\n', "it's"), {
          maxLength: 12,
        })
        .map((words) => words.join(' ')),
    )
    fc.assert(
      fc.property(texts, texts, (text, added) => {
        const alone = beginningsOf(text)
        const among = new Map(beginningsOf(text + added).map((its) => [its.end, its]))
        for (const its of alone.filter(({ end }) => end >= FIRST)) {
          const found = among.get(its.end)
          expect(found && asFollowed(found)).toEqual(asFollowed(its))
        }
      }),
    )
  })

  it('end after every letter that is not blank; short ones count only as a whole', () => {
    expect(beginningsOf('ab cdef').map(({ end }) => end)).toEqual([5, 6, 7])
    expect(beginningsOf('hi \n').map(({ end }) => end)).toEqual([2])
    expect(beginningsOf(' \n')).toEqual([])
  })

  it('are looked at in the first 300 letters, and no request takes more time than those', () => {
    expect(beginningsOf('word '.repeat(2_000)).at(-1)?.end).toBe(299)
  })

  it('know words without their case and numbers without their digits', () => {
    const [one, other] = ['Add 12 to 45 Now', 'add 99 to 31 now'].map(beginningsOf)
    expect(one?.map(({ grams, last }) => [grams, last])).toEqual(
      other?.map(({ grams, last }) => [grams, last]),
    )
  })

  it('tell an end from a word that goes on', () => {
    const at = (text: string, end: number): number[] | undefined =>
      beginningsOf(text).find((its) => its.end === end)?.last
    expect(at('what is Minnow', 14)?.slice(0, -1)).toEqual(at('what is Minnows', 14))
    expect(at('what is Minnow', 14)).not.toEqual(at('what is Minnows', 15))
  })
})

describe('signs of a beginning', () => {
  const seen: readonly [string, string, string][] = [
    ['a question', 'endsAsQuestion', 'who is it?'],
    ['a stop', 'endsWithStop', 'Go on.'],
    ['a bang', 'endsWithBang', 'Thanks!'],
    ['a colon', 'endsWithColon', 'Extract the date:'],
    ['a number', 'endsInNumber', 'add 3 and 4'],
    ['a word', 'endsInWord', 'what is that'],
    ['operators', 'operators', '12 + 7'],
    ['quotes', 'quotes', 'say "hi"'],
    ['code', 'code', 'fix {x};'],
    ['lines', 'lines', 'one\ntwo'],
    ['other alphabets', 'foreign', 'Где мы'],
  ]
  for (const [name, sign, text] of seen)
    it(`show ${name}`, () => {
      expect(signsOf(text)[sign]).toBeGreaterThan(0)
      expect(signsOf(sign === 'endsInWord' ? '1, 2,' : 'Hello there,')[sign]).toBe(0)
    })

  it('are within 0..1, whatever is asked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        let isWithin = true
        readBeginnings(text, ({ signs }) => {
          isWithin &&= signs.every((value) => value >= 0 && value <= 1)
        })
        expect(isWithin).toBe(true)
      }),
    )
  })

  it('count a stop once its word is over, and none within a number', () => {
    expect(signsOf('It costs 3.50 in all')['sentences']).toBe(0)
    expect(signsOf('One. Two')['sentences']).toBe(signsOf('One two.')['sentences'])
  })
})
