// The shape of a request as numbers, and the buckets of its words.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUCKETS, hashText, shapeOf } from '../../../../workers/routing/features.ts'
import { message, messageOf, requestFor } from '../../samples.ts'

const shape = (text: string) => shapeOf(requestFor(text))

describe('the shape of a request', () => {
  it('is within 0..1 and finite, whatever is asked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_500 }), (text) => {
        for (const value of Object.values(shape(text))) {
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  const seen: readonly [string, string, string][] = [
    ['code in a fence', 'code', 'Fix this:\n```\nx\n```'],
    ['a function', 'code', 'def add(a, b):\n  return a + b'],
    ['an arrow', 'code', 'What does xs.map(x => x) do?'],
    ['answers to choose from', 'options', 'Which is red?\nA) grass\nB) blood'],
    ['indented answers after blank lines', 'options', 'Which?\n\n\n \t(B) blood'],
    ['digits', 'digits', 'Call 555-0199'],
    ['another alphabet', 'foreign', 'Где мы?'],
    ['lines', 'lines', 'one\ntwo\nthree'],
    ['sentences', 'sentences', 'One. Two! Three?'],
    ['operators', 'operators', '3 * 4 = 12'],
  ]
  for (const [name, feature, text] of seen) {
    it(`shows ${name}`, () => {
      expect(shape(text)[feature]).toBeGreaterThan(0)
      expect(shape('Hello there')[feature]).toBe(0)
    })
  }

  it('is that of the newest user message, its turns counted', () => {
    const request = requestFor('', {
      messages: [message('5 5 5 5 5'), message('ok', 'assistant'), message('Hi')],
    })
    expect(shapeOf(request)).toMatchObject({ digits: 0, turns: 0.25 })
    expect(shapeOf(requestFor('', { messages: [messageOf({ type: 'image', url: 'x' })] }))).toMatchObject({
      chars: 0,
      words: 0,
    })
  })

  it('looks at a bounded part of a long text', () => {
    expect(shape(`${'a '.repeat(1_000)}1234567890`)['digits']).toBe(0)
  })
})

describe('word buckets', () => {
  it('are in range, each once, and the same every time', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 3_000 }), (text) => {
        const buckets = hashText(text)
        expect(new Set(buckets).size).toBe(buckets.length)
        expect(buckets.every((bucket) => Number.isInteger(bucket) && bucket >= 0 && bucket < BUCKETS)).toBe(
          true,
        )
        expect(hashText(text)).toEqual(buckets)
      }),
    )
  })

  it('do not depend on case, white space or which digits', () => {
    expect(hashText('Call  555\n1234')).toEqual(hashText('call 000 9999'))
    expect(hashText('one two')).not.toEqual(hashText('two one'))
  })

  it('are those of FNV-1a, so that a trained prior keeps its meaning', () => {
    // The 32-bit FNV-1a of "foobar" is 0xbf9cf968: http://www.isthe.com/chongo/tech/comp/fnv/
    expect(hashText('foobar')).toContain(0xbf9cf968 % BUCKETS)
  })
})
