// The score of a request: what a stronger model would gain on it.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  classify,
  noteOf,
  type Prior,
  scoreOf as scoreAt,
  weigh,
} from '../../../../workers/routing/classify.ts'
import { BUCKETS, hashText } from '../../../../workers/routing/features.ts'
import { openLearner, readLearned } from '../../../../workers/routing/learner.ts'
import { sketchOf } from '../../../../workers/routing/sketch.ts'
import { lastUserText } from '../../../../shared/request.ts'
import { requestFor } from '../../samples.ts'

const scoreOf = (text: string, prior?: Prior) => weigh(requestFor(text), prior).score
const blank = (over: Partial<Prior> = {}): Prior => ({
  bias: 0,
  scale: 1,
  shape: {},
  words: new Int8Array(BUCKETS),
  ...over,
})

describe('a score', () => {
  it('is the same every time and strictly between 0 and 1', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 500 }), (text) => {
        const score = scoreOf(text)
        expect(score).toBeGreaterThan(0)
        expect(score).toBeLessThan(1)
        expect(scoreOf(text)).toBe(score)
      }),
    )
  })

  it('is a half without any weight', () => expect(scoreOf('anything', blank())).toBe(0.5))

  it('grows with a weighted word and with a weighted shape', () => {
    const words = new Int8Array(BUCKETS)
    for (const bucket of hashText('prove')) words[bucket] = 10
    expect(scoreOf('prove', blank({ words }))).toBeGreaterThan(0.9)
    expect(scoreOf('greet', blank({ words }))).toBeLessThan(scoreOf('prove', blank({ words })))
    expect(scoreOf('555', blank({ shape: { numbers: 5 } }))).toBeGreaterThan(0.6)
  })

  it('does not become certain only because a text is long', () => {
    const words = new Int8Array(BUCKETS).fill(1)
    const long = Array.from(
      { length: 200 },
      (_, n) => `word${String.fromCharCode(97 + (n % 26))}${String.fromCharCode(97 + ((n / 26) | 0))}`,
    ).join(' ')
    const count = hashText(long).length
    expect(
      Math.log(
        scoreOf(long, blank({ words, scale: 0.01 })) / (1 - scoreOf(long, blank({ words, scale: 0.01 }))),
      ),
    ).toBeCloseTo(Math.sqrt(count) * 0.01, 6)
  })
})

describe('the shipped prior', () => {
  const easy = ['Hi', 'Hello!', 'What is Minnow?', 'Thanks, bye', '12 + 7', 'Who are you?', 'Good morning']
  const hard = [
    'Prove that there are infinitely many primes of the form 4k + 3, and explain every step of the argument in detail.',
    'Write a Python program that parses a CSV file, joins it with a SQL table and computes the median per group.',
    'Compare the economic causes of the French and the Russian revolution in an essay of one thousand words.',
  ]
  for (const text of easy) it(`finds easy: ${text}`, () => expect(scoreOf(text)).toBeLessThanOrEqual(0.5))
  for (const text of hard)
    it(`finds hard: ${text.slice(0, 40)}...`, () => expect(scoreOf(text)).toBeGreaterThan(0.5))

  const paraphrases: readonly [string, string][] = [
    ['What is Minnow?', 'what is minnow'],
    ['Hello!', 'Hello'],
    ['Who are you?', 'who are you'],
    ['What is 12 + 7?', 'What is 45 + 3?'],
    [hard[0] ?? '', (hard[0] ?? '').toUpperCase()],
    [hard[2] ?? '', `Please: ${hard[2] ?? ''}`],
  ]
  for (const [one, other] of paraphrases) {
    it(`sends both the same way: ${one.slice(0, 30)} / ${other.slice(0, 30)}`, () =>
      expect(scoreOf(one) > 0.5).toBe(scoreOf(other) > 0.5))
  }
})

describe('a score on a route from micro', () => {
  const question = (n: number): string =>
    `A farmer has ${n} sheep and sells ${n % 7} of them each week. How many are left after ${n % 5} weeks?`
  const both = (text: string) => ({
    own: weigh(requestFor(text)).score,
    micro: classify(requestFor(text)).score,
    other: classify(requestFor(text), undefined, { weak: 'other' }).score,
  })

  it('never changes sides because of what the other model would gain', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.nat(), (text, n) => {
        for (const each of [text, `${text} ${question(n)}`].filter((one) => !one.includes('\n'))) {
          const { own, micro } = both(each)
          expect(micro > 0.5).toBe(own > 0.5)
        }
      }),
    )
  })

  it('is beyond it where one of several answers is to be chosen', () => {
    for (const text of ['Hello!', 'What is Minnow?', '12 + 7'])
      expect(both(`${text}\nA. one\nB. two\nC. three`).micro).toBeGreaterThan(0.5)
  })

  it('tells hard word problems apart by that gain, and leaves conversation to its own prior', () => {
    const hard = Array.from({ length: 40 }, (_, n) => both(question(n + 1))).filter(({ own }) => own > 0.5)
    expect(hard.length).toBeGreaterThan(10)
    for (const { micro, other } of hard) expect(micro).toBeCloseTo(0.5 + other / 2, 9)
    const { own, micro, other } = both('Write a poem about the sea, and make it rhyme.')
    expect([micro, other]).toEqual([own, own])
  })
})

describe('a guarded score on a route from micro', () => {
  const scoreAs = (text: string): number => classify(requestFor(text), undefined, { isGuarded: true }).score
  const question =
    'A train leaves at 9 and travels 140 miles in 2 hours. It then slows to half of that. How far has it gone by noon?'
  const ends = ['\nA. one\nB. two', ' How many are left? Anna has 12.', ' of $x^2$', '{ }', ' NOT law']

  it('has what is asked of the prior for pairs below all that is not, both beyond micro', () => {
    const free = ['Compare Kant and Hegel on freedom.', 'Explain the French revolution in detail']
    for (const text of free) {
      expect(scoreAs(text)).toBeGreaterThan(0.75)
      expect(scoreAs(`${text}\nA. one\nB. two`)).toBeLessThan(0.75)
    }
    expect(scoreAs(question)).toBeGreaterThan(0.5)
    expect(scoreAs(question)).toBeLessThan(0.75)
  })

  it('is raised by no end that is put to what is asked of it', () => {
    for (const asked of [question, 'Which of these is a prime?\nA. 4\nB. 7\nAnswer:'])
      for (const one of ends)
        for (const other of ends) expect(scoreAs(asked + one + other)).toBeLessThanOrEqual(scoreAs(asked))
  })
})

describe('what a dial orders requests of a pair by', () => {
  const pairOf = (text: string, isGuarded = true) =>
    classify(requestFor(text), undefined, { weak: 'other', isGuarded }).pair

  const story = 'Anna has 12 apples. She buys 7 more at the shop. How many apples does Anna have now?'
  const free = [
    'Explain the French revolution in detail',
    'Compare Kant and Hegel on freedom.',
    'Fix `for (let i = 0; i < 10; i++) { }`, please',
    'Write a poem about the sea, and make it rhyme.',
  ]
  const other = [
    'Tell me a joke about programmers.',
    'What is the circumference of a circle of radius 7?',
    'Find $x^2$ for $x = 3$.',
    'Which of these is a prime?\nA. 4\nB. 7\nAnswer:',
    'A train leaves at 9 and travels 140 miles in 2 hours. It then slows to half of that. How far has it gone by noon?',
  ]

  it('is one score for free conversation, above all else, and without the guard in the middle', () => {
    for (const text of free)
      expect(pairOf(text)).toEqual({ score: pairOf(free[0] ?? '')?.score, isKnown: false })
    expect(pairOf(free[0] ?? '')?.score).toBeGreaterThan(0.999)
    for (const text of free) expect(pairOf(text, false)).toEqual({ score: 0.5, isKnown: false })
  })

  it('is the usual one for formulas, and for what micro could answer no more', () => {
    for (const text of [
      'Hello!',
      'Hello there!',
      'Tell me a joke about programmers.',
      'Find $x^2$ for $x = 3$.',
    ])
      expect(pairOf(text)).toEqual({ score: 0.5, isKnown: false })
  })

  it('is never more where a request leaves known ground', () => {
    const known = pairOf(story)
    expect(known).toMatchObject({ isKnown: true })
    const left = pairOf(`${story} Use $x^2$ of the integer polynomial.`)
    expect(left).toMatchObject({ isKnown: false })
    expect(left?.score).toBeLessThanOrEqual(Math.min(0.5, known?.score ?? 0))
  })

  it('is raised by nothing that is put at the end of a request of 20 letters or more', () => {
    const ends = [
      '\nA. one',
      '\n(b) two\n(c) three',
      'How many are left?',
      'Anna has 12 apples. Ben has 7. Who has more?',
      '$x$',
      'of the integer polynomial',
      '{',
      'NOT law',
    ]
    // The first is within micro's reach only while nothing follows it, and so not held at all.
    const asked = [story, ...free, ...other]
    const end = fc.array(fc.constantFrom(...ends), { minLength: 1, maxLength: 5 }).map((all) => all.join(' '))
    fc.assert(
      fc.property(fc.constantFrom(...asked), fc.constantFrom(' ', '\n', ''), end, (text, joint, added) => {
        const score = pairOf(text)?.score ?? Number.NaN
        expect(pairOf(`${text}${joint}${added}`)?.score).toBeLessThanOrEqual(score)
      }),
      { numRuns: 300 },
    )
  })

  it('is not there where micro is the small model, or the route has learned', () => {
    expect(classify(requestFor('Hello!'), undefined, { weak: 'micro' }).pair).toBeUndefined()
  })
})

describe('what is told of a request to learn from', () => {
  it('holds the gain that really routes while nothing is learned, in the order of the scores', () => {
    const texts = [
      'Hello!',
      '12 + 7',
      'Prove that there are infinitely many primes.',
      'Which?\nA. one\nB. two',
    ]
    for (const weak of ['micro', 'other'] as const)
      for (const text of texts) {
        const { prior = Number.NaN } = noteOf(requestFor(text), { weak })
        const { score, pair } = classify(requestFor(text), undefined, { weak })
        expect(scoreAt(prior)).toBeCloseTo(pair?.score ?? score, 9)
      }
    for (const text of texts) {
      const manner = { weak: 'micro', isGuarded: true } as const
      const { prior = Number.NaN } = noteOf(requestFor(text), manner)
      expect(scoreAt(prior)).toBeCloseTo(classify(requestFor(text), undefined, manner).score, 9)
    }
    const known = requestFor('Anna has 12 apples and buys 7 more. How many apples does Anna have now?')
    expect(noteOf(known, { weak: 'micro' }).prior).not.toBe(noteOf(known, { weak: 'other' }).prior)
    expect(noteOf(requestFor('Hello!'), {}).sketch).toBe(sketchOf(requestFor('Hello!')))
  })
})

describe('a score of 1,000 characters', () => {
  const story = 'Anna has 12 apples and buys 7 more. Then she gives 3 of them to Ben, who had none. '
  const ends = { known: 'How many has she now?', free: 'Tell me what you think of that, in verse.' }
  const texts = Object.values(ends).map((end) => `${story.repeat(12).slice(0, 1_000 - end.length)}${end}`)
  const requests = texts.map((text) => requestFor(text))

  const learner = openLearner()
  for (let at = 0; at < 420; at += 1) {
    const isHard = at % 2 === 0
    const text = `${isHard ? 'A lemma about groups' : 'A salad for summer'}, number ${'and more '.repeat(at % 5)}${at}`
    learner.add({
      sketch: sketchOf(requestFor(text)),
      weak: isHard ? 0 : 1,
      strong: 1,
      source: 'shadow',
      at,
    })
  }
  const learned = readLearned(learner.lesson())

  /** Of many short rounds the quickest, for a busy machine makes others slower than they are. */
  function quickest(score: () => unknown): number {
    let least = Number.POSITIVE_INFINITY
    for (let round = 0; round < 60; round += 1) {
      const begunAt = performance.now()
      for (let turn = 0; turn < 10; turn += 1) score()
      least = Math.min(least, (performance.now() - begunAt) / 10)
    }
    return least
  }

  it.each([
    ['by what micro can do', undefined, 'micro'],
    ['by the prior for pairs', undefined, 'other'],
    ['by what its route has learned', learned, 'other'],
  ] as const)('takes less than half a millisecond, guarded: %s', (_, lesson, weak) => {
    expect(lesson?.standing.isOn ?? true).toBe(true)
    expect(requests.map(({ messages }) => lastUserText(messages).length)).toEqual([1_000, 1_000])
    for (const request of requests)
      expect(quickest(() => classify(request, lesson, { weak, isGuarded: true }))).toBeLessThan(0.5)
  })
})
