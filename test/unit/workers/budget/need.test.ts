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
const counting = { tokenizer: 'o200k' } as const
const priced = (...prices: (typeof cheap)[]) =>
  planOf([], { targets: prices.map((price, n) => target(`m${n}`, { price, counting, maxOutput: 1_000 })) })
const unpriced = planOf([], { targets: [target('mystery', { counting })] })
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
    const failure = await failureIn(needOf(request, unpriced, callerWith({ budgets: [dollars] })))
    expect(failure).toMatchObject({ kind: 'invalid-request', code: 'model_without_price', param: 'model' })
    expect(failure).toMatchObject({ message: expect.stringContaining("'mystery'") })
    expect((await needOf(request, unpriced, callerWith({ budgets: [tokens] }))).amounts.tokens).toBe(
      prompt + 100,
    )
  })
})

describe('a need without a known vocabulary', () => {
  const unknown = (...prices: (typeof cheap)[]) =>
    planOf([], { targets: prices.map((price, n) => target(`m${n}`, { price, maxOutput: 1_000 })) })
  const long = requestFor('Hello there. '.repeat(100), { limits: { maxOutput: 100 } })
  const likely = countPrompt(long.messages, long.tools, count)
  const tpm: Budget = { unit: 'tokens', window: 'rate', limit: 1_000 }

  it('is at least a token a byte, and says in which units', async () => {
    const need = await needOf(long, unknown(dear), callerWith({ budgets: [dollars, tokens] }))
    expect(need.amounts.usd).toBeGreaterThanOrEqual(worstCaseMicros(1_300, 100, dear))
    expect(need.amounts.tokens).toBeGreaterThanOrEqual(1_400)
    expect(need.bounded).toEqual(['usd', 'tokens'])
    expect((await needOf(long, priced(dear), callerWith({ budgets: [dollars] }))).bounded).toBeUndefined()
  })

  it("is that of the dearest target by each target's own count", async () => {
    // Counted, the prompt at the dear one costs less than the bound of it at the cheap one.
    const counted = target('counted', { price: { ...dear, input: 2 }, counting })
    const bounded = target('bounded', { price: { ...cheap, cacheWrite: 1 } })
    const both = planOf([], { targets: [counted, bounded] })
    const caller = callerWith({ budgets: [dollars] })
    const alone = await Promise.all(
      [counted, bounded].map((one) => needOf(long, planOf([], { targets: [one] }), caller)),
    )
    expect((await needOf(long, both, caller)).amounts.usd).toBe(
      Math.max(...alone.map(({ amounts }) => amounts.usd)),
    )
    const mixed = planOf([], {
      targets: [
        { ...counted, price: dear },
        { ...bounded, price: dear },
      ],
    })
    const first = await needOf(long, planOf([], { targets: [{ ...bounded, price: dear }] }), caller)
    expect((await needOf(long, mixed, caller)).amounts.usd).toBe(first.amounts.usd)
  })

  it('of a rate is what is likely: what it was too little is drained from the bucket later', async () => {
    const need = await needOf(long, unknown(dear), callerWith({ budgets: [dollars, tpm] }))
    expect(need.amounts.tokens).toBe(likely + 100)
    expect(need.bounded).toEqual(['usd'])
    const strict = await needOf(long, unknown(dear), callerWith({ budgets: [tokens, tpm] }))
    expect(strict.amounts.tokens).toBeGreaterThanOrEqual(1_400)
  })

  it('shortens the answer by what the bound leaves, and then refuses, never trusting what is likely', async () => {
    const need = await needOf(long, unknown(cheap), callerWith({ budgets: [tokens] }))
    const held = (words: number) => ({ ...INFINITE, tokens: need.amounts.tokens - 100 + words })
    expect(need.within(held(40))).toMatchObject({ maxOutput: 40, clamped: true, bounded: ['tokens'] })
    expect(need.within(held(15))).toBeUndefined()
    expect(held(15).tokens).toBeGreaterThan(likely + 100) // which would do, if it were true
  })

  it('that is more than x-minnow-max-cost is refused with the bound, and says that it is one', async () => {
    const limits = { maxOutput: 100, maxCostMicros: worstCaseMicros(likely, 100, dear) }
    const failure = await failureIn(needOf({ ...long, limits }, unknown(dear), callerWith()))
    expect(failure).toMatchObject({
      kind: 'over-budget',
      message: expect.stringMatching(/prompt of at most 2\d\d\d tokens .* upper bound/),
    })
    const counted = await failureIn(needOf(capped(1, 100), priced(dear), callerWith()))
    expect(counted).toMatchObject({ message: expect.not.stringMatching(/at most|upper bound/) })
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

const capped = (maxCostMicros: number, maxOutput?: number) =>
  requestFor('Hello there', {
    limits: { maxCostMicros, ...(maxOutput === undefined ? {} : { maxOutput }) },
  })

describe("a request's own cost limit", () => {
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
