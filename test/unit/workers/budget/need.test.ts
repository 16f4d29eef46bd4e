// The most a request can use: over all its targets, with the limits it is then sent with.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failed } from '../../../../shared/failure.ts'
import { costMicros, free, worstCaseMicros } from '../../../../shared/money.ts'
import { countPrompt } from '../../../../shared/tokens.ts'
import { tokenizer } from '../../tokenizer.ts'
import { noUsage } from '../../../../shared/usage.ts'
import { type Need, needOf as needWith, reserve } from '../../../../workers/budget/need.ts'
import type { Plan } from '../../../../shared/plan.ts'
import type { ModelRequest } from '../../../../shared/request.ts'
import type { Budget, Caller } from '../../../../workers/service.ts'
import { callerWith, planOf, requestFor, target } from '../../samples.ts'

const dollars: Budget = { unit: 'usd', window: 'day', limit: 1_000_000 }
const tokens: Budget = { unit: 'tokens', window: 'minute', limit: 1_000 }
const rate: Budget = { unit: 'requests', window: 'minute', limit: 10 }
const cheap = { input: 1, cacheRead: 0.1, cacheWrite: 1.25, output: 2 }
const dear = { input: 10, cacheRead: 1, cacheWrite: 12.5, output: 50 }
const priced = (...prices: (typeof cheap)[]) =>
  planOf([], { targets: prices.map((price, n) => target(`m${n}`, { price, maxOutput: 1_000 })) })
const count = await tokenizer()
const needOf = (request: ModelRequest, plan: Plan, caller: Caller): Promise<Need> =>
  needWith(request, plan, caller, tokenizer)
const request = requestFor('Hello there', { limits: { maxOutput: 100 } })
const prompt = countPrompt(request.messages, request.tools, count)

async function failureIn(work: Promise<unknown>) {
  const error: unknown = await work.catch((thrown: unknown) => thrown)
  if (!(error instanceof Failed)) throw new Error('nothing failed')
  return error.failure
}

describe('a need', () => {
  it('is that of the dearest target, because failover may end there', async () => {
    const { amounts } = await needOf(request, priced(cheap, dear), callerWith({ budgets: [dollars] }))
    expect(amounts).toEqual({ usd: worstCaseMicros(prompt, 100, dear), tokens: prompt + 100, requests: 1 })
  })

  it('counts every choice', async () => {
    const { amounts } = await needOf(
      { ...request, choices: 3 },
      priced(cheap),
      callerWith({ budgets: [dollars, tokens] }),
    )
    expect(amounts).toMatchObject({ usd: worstCaseMicros(prompt, 300, cheap), tokens: prompt + 300 })
  })

  it('without a limit from the client assumes the least that a target allows, and sends that', async () => {
    const open = requestFor('Hi')
    const need = await needOf(open, priced(cheap), callerWith({ budgets: [tokens] }))
    expect(need.maxOutput).toBe(1_000)
    expect(reserve(open, need).limits.maxOutput).toBe(1_000)
    expect((await needOf(open, planOf(['a']), callerWith({ budgets: [tokens] }))).maxOutput).toBe(4_096)
  })

  it('is one request and no counting where no budget asks for more', async () => {
    const nothing = { amounts: { usd: 0, tokens: 0, requests: 1 }, maxOutput: undefined, clamped: false }
    const without = await needOf(request, priced(dear), callerWith())
    expect(without).toMatchObject(nothing)
    expect(await needOf(request, priced(dear), callerWith({ budgets: [rate] }))).toMatchObject(nothing)
    expect(await needOf(request, priced(free), callerWith({ budgets: [dollars] }))).toMatchObject(nothing)
    expect(reserve(request, without)).toBe(request)
  })

  it('in tokens is counted for a free model too', async () => {
    expect((await needOf(request, priced(free), callerWith({ budgets: [tokens] }))).amounts.tokens).toBe(
      prompt + 100,
    )
  })

  it('cannot be known without a price, and says what to do', async () => {
    const failure = await failureIn(needOf(request, planOf(['mystery']), callerWith({ budgets: [dollars] })))
    expect(failure).toMatchObject({ kind: 'invalid-request', code: 'model_without_price', param: 'model' })
    expect(failure).toMatchObject({ message: expect.stringContaining("'mystery'") })
    expect(
      (await needOf(request, planOf(['mystery']), callerWith({ budgets: [tokens] }))).amounts.tokens,
    ).toBe(prompt + 100)
  })
})

const INFINITE = { usd: Number.POSITIVE_INFINITY, tokens: Number.POSITIVE_INFINITY, requests: 1 }

describe('what is held', () => {
  const both = callerWith({ budgets: [dollars, tokens] })

  it('that covers the whole answer leaves it whole', async () => {
    const need = await needOf(request, priced(dear), both)
    expect(need.within(need.amounts)).toMatchObject({ maxOutput: 100, clamped: false })
  })

  it('shortens the answer to the longest that all of it covers, and not below a useful one', async () => {
    const need = await needOf(request, priced(cheap, dear), both)
    expect(need.within({ ...INFINITE, usd: worstCaseMicros(prompt, 40, dear) })).toMatchObject({
      maxOutput: 40,
      clamped: true,
      amounts: { usd: worstCaseMicros(prompt, 40, dear), tokens: prompt + 40 },
    })
    expect(need.within({ ...INFINITE, tokens: prompt + 16 })?.maxOutput).toBe(16)
    expect(need.within({ ...INFINITE, tokens: prompt + 15 })).toBeUndefined()
    expect(need.least).toEqual({ usd: worstCaseMicros(prompt, 16, dear), tokens: prompt + 16, requests: 1 })
  })

  it('that covers an answer which was asked to be short is enough', async () => {
    const short = await needOf(requestFor('Hello there', { limits: { maxOutput: 3 } }), priced(dear), both)
    expect(short.least).toEqual(short.amounts)
  })

  it('cannot shorten vectors, nor what is passed on', async () => {
    const proxied = requestFor('A fish.', { proxied: { endpoint: 'audio/speech', files: 0 } })
    for (const asked of [requestFor('x', { embedding: { encoding: 'float' } }), proxied]) {
      const need = await needOf(asked, priced(dear), both)
      expect(need.least).toEqual(need.amounts)
      expect(need.within({ ...INFINITE, usd: need.amounts.usd - 1 })).toBeUndefined()
    }
  })
})

describe("a request's own cost limit", () => {
  const capped = (maxCostMicros: number, maxOutput?: number) =>
    requestFor('Hello there', {
      limits: { maxCostMicros, ...(maxOutput === undefined ? {} : { maxOutput }) },
    })

  it('that covers everything changes nothing', async () => {
    expect(await needOf(capped(1_000_000, 100), priced(dear), callerWith())).toMatchObject({
      maxOutput: 100,
      clamped: false,
    })
  })

  it('shortens the answer to the longest that it covers', async () => {
    const need = await needOf(
      capped(worstCaseMicros(prompt, 40, dear), 100),
      priced(cheap, dear),
      callerWith(),
    )
    expect(need).toMatchObject({ maxOutput: 40, clamped: true })
    expect(reserve(capped(1, 100), need).limits.maxOutput).toBe(40)
  })

  it('that does not cover a useful answer is refused, with what the prompt costs', async () => {
    const failure = await failureIn(
      needOf(capped(worstCaseMicros(prompt, 15, dear), 100), priced(dear), callerWith()),
    )
    expect(failure).toMatchObject({ kind: 'over-budget', code: 'insufficient_quota', unit: 'usd' })
    expect(failure).toMatchObject({ message: expect.stringContaining('x-minnow-max-cost') })
  })

  it('is enough for a short answer that was asked to be short', async () => {
    expect(
      (await needOf(capped(worstCaseMicros(prompt, 3, dear), 3), priced(dear), callerWith())).maxOutput,
    ).toBe(3)
  })

  it('is never exceeded, and never by one token too tight', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 60_000 }),
        fc.integer({ min: 1, max: 2_000 }),
        fc.integer({ min: 1, max: 4 }),
        async (micros, asked, choices) => {
          const need = await needOf(
            { ...capped(micros, asked), choices },
            priced(cheap, dear),
            callerWith(),
          ).catch(() => undefined)
          if (need === undefined) {
            expect(worstCaseMicros(prompt, Math.min(16, asked) * choices, dear)).toBeGreaterThan(micros)
            return
          }
          const output = need.maxOutput ?? 0
          expect(need.amounts.usd).toBeLessThanOrEqual(micros)
          expect(
            costMicros({ ...noUsage, input: prompt, output: output * choices }, dear),
          ).toBeLessThanOrEqual(micros)
          if (output < asked)
            expect(worstCaseMicros(prompt, (output + 1) * choices, dear)).toBeGreaterThan(micros)
        },
      ),
    )
  })
})
