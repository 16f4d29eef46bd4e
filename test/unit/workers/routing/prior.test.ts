// The prior for pairs of models: where it speaks, where it says nothing, and that it is what its training writes.
import { describe, expect, it } from 'vitest'
import { classify } from '../../../../workers/routing/classify.ts'
import type { Learned } from '../../../../workers/routing/learner.ts'
import { gainOf } from '../../../../workers/routing/linear.ts'
import { priorGain, readPrior } from '../../../../workers/routing/prior.ts'
import { readRequest } from '../../../../workers/routing/reading.ts'
import { sketchReading } from '../../../../workers/routing/sketch.ts'
import type { Pair } from '../../../../tools/bench/routing/sets.ts'
import { packPrior } from '../../../../tools/train-router/pairs.ts'
import { fitPrior } from '../../../../tools/train-router/prior.ts'
import { requestFor } from '../../samples.ts'

const look = (text: string) => sketchReading(readRequest(requestFor(text)))
const score = (text: string, learned?: Learned): number =>
  classify(requestFor(text), learned, { weak: 'other' }).score

const choice = (subject: string): string =>
  `Which of the following is true of ${subject} in general?\nA. the first of them\nB. the second of them\nC. both\nD. neither\nAnswer:`

describe('the shipped prior', () => {
  const unknown = [
    'Write a poem about the sea.',
    'Find the sum of all $x$ with $x^2 = 4$ and $x > 12$.',
    'Fix `for (let i = 0; i < 10; i++) { }`, please',
    'Hello there, how are you today?',
  ]
  for (const text of unknown) {
    it(`gives no order where it was not measured: ${text.slice(0, 24)}`, () =>
      expect(priorGain(look(text))).toBe(priorGain(look('Tell me a story.'))))
  }

  it('orders multiple choice and word problems', () => {
    const gains = ['moral scenarios', 'international law', 'cell biology'].map((text) =>
      priorGain(look(choice(text))),
    )
    expect(new Set(gains).size).toBe(3)
    expect(priorGain(look('Tom has 12 apples and gives 5 away. How many are left?'))).not.toBe(
      priorGain(look('Tell me a story.')),
    )
  })

  it('scores strictly between 0 and 1', () => {
    for (const text of ['', 'Hi', choice('law'), '12 '.repeat(900)]) {
      expect(score(text)).toBeGreaterThan(0)
      expect(score(text)).toBeLessThan(1)
    }
  })
})

describe('its training', () => {
  const pair: Pair = {
    name: 'generated',
    family: 'mmlu',
    outcomes: Array.from({ length: 60 }, (_, at) => ({
      prompt: choice(
        `${at % 2 === 0 ? 'tensors' : 'tulips'} and ${['birds', 'stones', 'rivers'][at % 3]} of kind ${at}`,
      ),
      weak: at % 2,
      strong: 1,
    })),
  }
  const trained = fitPrior([pair])

  it('learns from outcomes', () => {
    expect(gainOf(trained, look(choice('tensors')))).toBeGreaterThan(
      gainOf(trained, look(choice('tulips'))) + 0.002,
    )
  })

  it('writes the same bytes every time, and they are read as what was trained', () => {
    const packed = packPrior(trained)
    expect(JSON.stringify(packPrior(fitPrior([pair])))).toBe(JSON.stringify(packed))
    expect(gainOf(readPrior(packed), look(choice('tensors')))).toBeCloseTo(
      gainOf(trained, look(choice('tensors'))),
      4,
    )
  })

  it('ships no word that fewer than three prompts have', () => {
    const rare: Pair = {
      ...pair,
      outcomes: [{ prompt: choice('zyzzyva'), weak: 0, strong: 1 }, ...pair.outcomes],
    }
    const known = new Set(look(choice('stones')).grams)
    const model = fitPrior([rare])
    const own = [...look(choice('zyzzyva')).grams].filter((gram) => !known.has(gram))
    expect(own.length).toBeGreaterThan(0)
    expect(own.every((gram) => model.words[gram] === 0)).toBe(true)
  })
})

describe('who is heard', () => {
  const learned = (isOn: boolean): Learned => ({
    gainOf: () => (isOn ? 0.9 : undefined),
    gainOfReading: () => (isOn ? 0.9 : undefined),
    standing: { labels: 500, isOn, reason: '' },
    curve: undefined,
  })

  it('is the learner where it is on, else the prior', () => {
    expect(score('Hi', learned(true))).toBeGreaterThan(0.99)
    expect(score('Hi', learned(false))).toBe(score('Hi'))
  })

  it('is the prior of the embedded model, where that is the small one', () => {
    expect(classify(requestFor('Hi')).score).toBeLessThan(0.5)
    expect(classify(requestFor('Hi'), learned(false)).score).toBe(classify(requestFor('Hi')).score)
    expect(classify(requestFor('Hi'), learned(true)).score).toBeGreaterThan(0.99)
  })
})
