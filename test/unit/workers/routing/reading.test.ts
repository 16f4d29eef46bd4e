// What is read of a request, and what is kept of it.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GRAMS } from '../../../../workers/routing/hash.ts'
import { MAX_GRAMS, readRequest } from '../../../../workers/routing/reading.ts'
import { openSketch, sketchOf, sketchReading } from '../../../../workers/routing/sketch.ts'
import { type Trait, TRAITS } from '../../../../workers/routing/traits.ts'
import { message, requestFor } from '../../samples.ts'

const trait = (name: Trait, text: string, over = {}): number =>
  readRequest(requestFor(text, over)).whole.traits[TRAITS.indexOf(name)] ?? Number.NaN
const grams = (text: string): number[] => [...readRequest(requestFor(text)).grams]

describe('a reading', () => {
  it('is bounded, in range and ordered from the shortest view to the whole, whatever is asked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (text) => {
        const { grams, views, whole } = readRequest(requestFor(text), true)
        expect(grams.length).toBeLessThanOrEqual(MAX_GRAMS)
        expect(new Set(grams).size).toBe(grams.length)
        expect(grams.every((gram) => gram < GRAMS)).toBe(true)
        expect(whole.grams).toBe(grams.length)
        if (text.trimEnd().length <= 2_000) expect(views.at(-1)).toEqual(whole)
        const counts = views.map((view) => view.grams)
        expect(counts).toEqual(counts.toSorted((a, b) => a - b))
        expect(views.every((view) => view.traits.every((value) => value >= 0 && value <= 1))).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('has a view that is the request itself, to the bit, wherever more is put at its end', () => {
    const words = ['algebra', 'NOT', '?', '12', '{', '=', 'A.', '$', '|', 'über', '\n', '\n(b) so', '  ']
    const text = fc.array(fc.constantFrom(...words), { minLength: 12, maxLength: 60 })
    fc.assert(
      fc.property(text, text, fc.constantFrom('', ' ', '\n', ' \n\n'), (asked, added, blank) => {
        const { whole } = readRequest(requestFor(asked.join(' ') + blank))
        const { views } = readRequest(requestFor(`${asked.join(' ')}${blank} ${added.join(' ')}`), true)
        expect(views).toContainEqual(whole)
      }),
      { numRuns: 100 },
    )
  })

  it('has that view also where what is added touches a mark at its end', () => {
    for (const end of ['?', '.', '!', '$', '\\', '=', ')'])
      for (const added of ['why', '$x$', '.5', '(a) so', '='])
        for (const asked of [`Anna has 12 apples. How many are left${end}`, `Is it so that 7 is odd${end}`]) {
          const { whole } = readRequest(requestFor(asked))
          expect(readRequest(requestFor(`${asked}${added}`), true).views).toContainEqual(whole)
        }
  })

  it('has nothing in its views of what stands beyond the part that is read', () => {
    const long = 'Which of these is true? '.repeat(100)
    const { views } = readRequest(requestFor(long), true)
    expect(readRequest(requestFor(`${long}Explain \\(x\\) at length.`), true).views).toEqual(views)
  })

  it('does not depend on case, white space or which digits', () => {
    expect(grams('Call  555\n1234')).toEqual(grams('call 000 9999'))
    expect(grams('one two')).not.toEqual(grams('two one'))
  })

  const seen: readonly [Trait, string, string][] = [
    ['formulas', 'Find $x$ where $x^2 = 4$', 'It costs $5 or $12.50'],
    ['formulas', 'Show \\[\n|x| > 1 \\]', 'a path C:'],
    ['formulas', 'An area of $180$ feet', 'an area of 180 feet'],
    ['options', 'Which?\nA. one\nB. two', 'Which one, A or B?'],
    ['code', 'while (true) { stop(); }', 'while it rains'],
    ['tables', '| a | b |', 'a and b'],
    ['negations', 'Which is NOT true?', 'Which is true?'],
    ['foreign', 'Где мы?', 'Where are we?'],
    ['digits', 'Add 12 and 7', 'Add twelve and seven'],
  ]
  for (const [name, having, lacking] of seen) {
    it(`sees ${name}: ${having.slice(0, 30).replaceAll('\n', ' ')}`, () => {
      expect(trait(name, having)).toBeGreaterThan(0)
      expect(trait(name, lacking)).toBe(0)
    })
  }

  it('sees what stands around the text', () => {
    const turns = [message('Hi'), message('Hello', 'assistant'), message('More')]
    expect(trait('turns', '', { messages: turns })).toBeGreaterThan(trait('turns', 'More'))
    expect(trait('json', 'x', { format: { type: 'json' } })).toBe(1)
    expect(trait('tools', 'x', { tools: [{ name: 'look' }] })).toBeGreaterThan(0)
    expect(trait('system', 'x', { messages: [message('Be brief', 'system'), message('x')] })).toBeGreaterThan(
      0,
    )
  })

  it('tells one application from another by its instructions', () => {
    const read = (system: string): Uint32Array =>
      readRequest(requestFor('', { messages: [message(system, 'system'), message('Hi')] })).grams
    expect([...read('You sell shoes.')]).not.toEqual([...read('You sell hats.')])
    expect([...read('You sell shoes.')]).toEqual([...read('You sell shoes.')])
  })
})

describe('a sketch', () => {
  it('is read as it was written, but for the order of words, in at most 1.2 kB', () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 400 }), (text) => {
        const request = requestFor(text)
        const sketch = sketchOf(request)
        expect(sketch.length).toBeLessThanOrEqual(1_200)
        const whole = sketchReading(readRequest(request))
        const opened = openSketch(sketch)
        expect(opened?.grams).toEqual(whole.grams)
        expect(opened?.beginning?.grams).toEqual(whole.beginning?.grams)
        for (const [at, value] of whole.traits.entries()) expect(opened?.traits[at]).toBeCloseTo(value, 2)
      }),
      { numRuns: 60 },
    )
  })

  it('of the longest text with the most words still fits', () => {
    const words = Array.from(
      { length: 1_000 },
      (_, n) => `${String.fromCharCode(97 + (n % 26))}${n.toString(36)}`,
    )
    const letters = words.map((word) => word.replaceAll(/\d/g, 'q'))
    expect(sketchOf(requestFor(letters.join(' '))).length).toBeLessThanOrEqual(1_200)
  })

  it('holds no text', () => {
    const bytes = atob(sketchOf(requestFor('My password is swordfish and nothing else')))
    for (const word of ['password', 'swordfish', 'nothing']) expect(bytes).not.toContain(word)
  })

  for (const broken of ['', '!', btoa('x'), sketchOf(requestFor('one two three')).slice(0, 20)]) {
    it(`that is none is not taken: ${broken.slice(0, 12)}`, () => expect(openSketch(broken)).toBeUndefined())
  }
})
