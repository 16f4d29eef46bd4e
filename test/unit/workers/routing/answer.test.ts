// What is seen of a small model's answer: the sums in it, and how it goes with the question.
import { describe, expect, it } from 'vitest'
import { lookAtAnswer, lookOf } from '../../../../workers/routing/answer.ts'
import { readRequest } from '../../../../workers/routing/reading.ts'
import { openSketch, sketchReading } from '../../../../workers/routing/sketch.ts'
import { checkSums } from '../../../../workers/routing/sums.ts'
import { requestFor } from '../../samples.ts'
import { processorMs } from '../../../lab/slowdown.ts'

describe('sums', () => {
  const cases: readonly [string, number, number][] = [
    ['So 12 * 3 = 36 apples.', 1, 0],
    ['So 12 * 3 = 38 apples.', 0, 1],
    ['She has 2 + 3 * 4 = 14 left, and 20 - 5 - 5 = 10.', 2, 0],
    ['$1,200 / 4 = $300', 1, 0],
    ['5 x 2 = <<5*2=10>>10', 1, 0],
    ['10 / 3 = 3.33', 1, 0],
    ['20% * 50 = 10', 1, 0],
    ['7 / 0 = 0', 0, 0],
    ['x = 5', 0, 0],
    ['no sums at all', 0, 0],
    ['', 0, 0],
  ]
  for (const [text, right, wrong] of cases) {
    it(`in '${text}': ${right} right, ${wrong} wrong`, () =>
      expect(checkSums(text)).toEqual({ right, wrong }))
  }

  it('of a long answer take a bounded time', () => {
    const start = processorMs()
    checkSums('1 + '.repeat(5_000))
    checkSums(`1 + 1${' a'.repeat(5_000)}`)
    expect(processorMs() - start).toBeLessThan(500)
  })
})

describe('a look at an answer', () => {
  const question = 'Tom has 12 apples and gives 5 away. How many are left?'
  const asked = sketchReading(readRequest(requestFor(question)))
  const look = (answer: string) => lookAtAnswer(question, answer, asked)

  it('has the looks of the question first, and as many for every answer', () => {
    const looks = ['', '12 - 5 = 7', '12 - 5 = 8. #### 8'].map((answer) => look(answer).traits)
    for (const traits of looks) {
      expect(traits.length).toBe(looks[0]?.length)
      expect(traits.slice(0, asked.traits.length)).toEqual(asked.traits)
      expect(traits.every((value) => value >= 0 && value <= 1)).toBe(true)
    }
  })

  it('tells a right sum from a wrong one, and keeps the words of both apart', () => {
    expect([...look('12 - 5 = 7').traits]).not.toEqual([...look('12 - 5 = 8').traits])
    expect(look('apples').grams.length).toBe(asked.grams.length + 2)
  })

  it('has how sure the model was at its end, where that is known, and nothing there where it is not', () => {
    const sure = { mean: Math.log(0.9), least: Math.log(0.4), unsure: 0.25 }
    const { traits } = lookAtAnswer(question, '12 - 5 = 7', asked, sure)
    const plain = look('12 - 5 = 7').traits
    expect(traits.slice(0, plain.length)).toEqual(plain)
    expect(Array.from(traits.slice(plain.length), (value) => Math.round(value * 1000) / 1000)).toEqual([
      0.1, 0.6, 0.5,
    ])
  })
  it('is kept in as many bytes as it has looks, and read again', () => {
    const sure = { mean: -0.5, least: -3, unsure: 0.1 }
    const request = requestFor(question)
    const [known, unknown] = [lookOf(request, '7', sure), lookOf(request, '7')].map(openSketch)
    expect(known?.traits.length).toBe((unknown?.traits.length ?? 0) + 3)
    expect(known?.grams).toEqual(unknown?.grams)
  })
})
