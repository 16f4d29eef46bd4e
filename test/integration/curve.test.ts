// The harness of the curve, on questions that are made here and models whose skills are known: what it says of the gateway is
// what was planted, and it does not believe dollars that the books do not have.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkBooks } from '../../tools/bench/curve/books.ts'
import { askAll, runCurve } from '../../tools/bench/curve/curve.ts'
import { runDrift } from '../../tools/bench/curve/drift.ts'
import { isNumberRight } from '../../tools/bench/curve/judge.ts'
import { type Question, STRONG, WEAK } from '../../tools/bench/curve/questions.ts'
import { agreed, ROUTES, share } from '../../tools/bench/curve/settings.ts'
import { openStage, type Stage } from '../../tools/bench/curve/stage.ts'
import { figuresOf } from '../../tools/bench/curve/sums.ts'

const COUNT = 60
const HELPER = 'gemma-2-2b'

/** The weak model is wrong in every third; the helper in every fifth, each in its own way. */
const isWeakRight = (at: number): boolean => at % 3 !== 0
const isHelperRight = (at: number): boolean => at % 5 !== 0

const questions: readonly Question[] = Array.from({ length: COUNT }, (_, at) => {
  const [one, other] = [at + 11, 3 * at + 7]
  const right = one + other
  const said = (isRight: boolean, off: number): { text: string; flag: boolean } => ({
    text: `First ${one}, then ${other} more, so the answer is ${isRight ? right : right + off}.`,
    flag: isRight,
  })
  return {
    prompt: `Ana has ${one} shells and finds ${other} more. How many shells does she have in all?`,
    answers: new Map([
      [WEAK, said(isWeakRight(at), 1)],
      [STRONG, said(true, 0)],
      [HELPER, said(isHelperRight(at), 2)],
    ]),
    isRight: (reply) => isNumberRight(reply, right),
  }
})

const weakShare = questions.filter((_, at) => isWeakRight(at)).length / COUNT

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ questions, routes: ROUTES })
})
afterAll(() => stage.stop())

describe('the curve', () => {
  test('has the planted accuracies at its ends, and a share between them is held', async () => {
    const settings = [0, 0.5, 1].map(share)
    const { rows, requests, receipts } = await runCurve(stage, questions, settings)
    const [none, half, all, strong] = rows.map(({ outcomes }) => figuresOf(outcomes))
    expect([none?.share, none?.accuracy, none?.recovered]).toEqual([0, weakShare, 0])
    expect([all?.share, all?.accuracy, all?.recovered, all?.cost]).toEqual([1, 1, 1, 1])
    expect(strong).toEqual(all)
    expect(Math.abs((half?.share ?? 0) - 0.5)).toBeLessThan(0.1)
    expect(half?.accuracy).toBeGreaterThan(weakShare)
    expect(half?.cost).toBeGreaterThan(none?.cost ?? 1)
    expect(half?.cost).toBeLessThan(1)
    expect([requests, receipts]).toEqual([4 * COUNT, 3 * (COUNT / 20)])
  }, 240_000)

  test('of a cascade shows what two small models cannot agree on, and pays for all three', async () => {
    const { sent } = await askAll(stage, agreed(HELPER), questions)
    const escalated = questions.map((_, at) => !(isWeakRight(at) && isHelperRight(at)))
    expect(sent.map(({ isStrong }) => isStrong)).toEqual(escalated)
    expect(sent.every(({ question, text }) => question.isRight(text))).toBe(true)
    const [cheap, doubted] = [sent[1], sent[0]]
    expect(cheap?.micros).toBeGreaterThan(0)
    expect(doubted?.micros).toBeGreaterThan(10 * (cheap?.micros ?? 0))
  }, 240_000)
})

test('windows of the traffic show the share of each', async () => {
  const found = await runDrift(stage, questions.slice(0, 30), questions.slice(30), 30)
  expect(found.map(({ share: asked, windows }) => [asked, windows.length])).toEqual([
    [0.2, 2],
    [0.5, 2],
  ])
  for (const { share: asked, windows } of found)
    for (const its of windows) expect(Math.abs(its - asked)).toBeLessThan(0.15)
}, 240_000)

test('a reply whose dollars the books do not have is not believed', async () => {
  const { key, sent } = await askAll(stage, share(0), questions.slice(0, 5))
  const forged = sent.map((one, at) => (at === 0 ? { ...one, micros: one.micros + 1 } : one))
  await expect(checkBooks(stage.admin, stage.client(key), key, forged)).rejects.toThrow('usage has')
}, 240_000)

test('who asks what nobody recorded gets no answer that could be counted', async () => {
  const stranger = { prompt: 'What is new?', answers: new Map(), isRight: () => true } satisfies Question
  await expect(askAll(stage, share(0), [stranger])).rejects.toThrow('status 400')
})
