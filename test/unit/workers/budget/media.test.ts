// What a request that is passed on can cost at most: nobody can shorten its answer, and pictures have their price each.
import { describe, expect, it } from 'vitest'
import { Failed } from '../../../../shared/failure.ts'
import { worstCaseMicros } from '../../../../shared/money.ts'
import type { Endpoint, ModelRequest } from '../../../../shared/request.ts'
import { countPrompt } from '../../../../shared/tokens.ts'
import { needOf, priceOf, reserve } from '../../../../workers/budget/need.ts'
import type { Budget } from '../../../../workers/service.ts'
import { callerWith, planOf, requestFor, target } from '../../samples.ts'
import { tokenizer } from '../../tokenizer.ts'

const dollars: Budget = { unit: 'usd', window: 'day', limit: 1_000_000 }
const tokens: Budget = { unit: 'tokens', window: 'day', limit: 1_000_000 }
const both = callerWith({ budgets: [dollars, tokens] })
const price = { input: 5, cacheRead: 5, cacheWrite: 5, output: 40 }
const each = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, request: 0.04 }

const ask = (endpoint: Endpoint, more: Partial<ModelRequest> = {}, files = 0): ModelRequest =>
  requestFor('A fish.', { proxied: { endpoint, files }, ...more })

const counting = { tokenizer: 'o200k' } as const
const text = countPrompt(ask('images/generations').messages, [], await tokenizer())

describe('the need of what is passed on', () => {
  it('assumes the longest answer of any target, for every picture', async () => {
    const plan = planOf([], {
      targets: [
        target('a', { counting, price, maxOutput: 2_000 }),
        target('b', { counting, price, maxOutput: 9_000 }),
      ],
    })
    const need = await needOf(ask('images/generations', { choices: 3 }), plan, both, tokenizer)
    expect(need.amounts).toEqual({
      usd: worstCaseMicros(text, 27_000, price),
      tokens: text + 27_000,
      requests: 1,
    })
  })

  it('assumes the usual bounds where nobody knows any', async () => {
    const plan = planOf([], { targets: [target('a', { counting, price })] })
    const drawn = await needOf(ask('images/generations'), plan, both, tokenizer)
    expect(drawn.amounts.tokens).toBe(text + 8_192)
    const heard = await needOf(ask('audio/transcriptions', {}, 1), plan, both, tokenizer)
    expect(heard.amounts.tokens).toBe(text + 16_000 + 8_192)
    const judged = await needOf(ask('moderations'), plan, both, tokenizer)
    expect(judged.amounts.tokens).toBe(text)
  })

  it('counts sounds and pictures as all that a model can read', async () => {
    const plan = planOf([], {
      targets: [target('a', { counting, price, contextWindow: 700, maxOutput: 10 })],
    })
    const need = await needOf(ask('images/edits', {}, 4), plan, both, tokenizer)
    expect(need.amounts.tokens).toBe(text + 700 + 10)
  })

  it('has the price of a request for every picture, and no other request has', async () => {
    const plan = planOf([], { targets: [target('a', { counting, price: each })] })
    const need = await needOf(ask('images/generations', { choices: 3 }), plan, both, tokenizer)
    expect(need.amounts.usd).toBe(120_000)
    expect(priceOf(each, requestFor('Hi', { choices: 3 }))).toBe(each)
  })

  it('is sent as it came, whatever it may cost', async () => {
    const plan = planOf([], { targets: [target('a', { counting, price })] })
    const request = ask('audio/speech')
    expect(reserve(request, await needOf(request, plan, both, tokenizer))).toBe(request)
  })

  it('that costs more than x-minnow-max-cost is refused, for it cannot be shortened', async () => {
    const plan = planOf([], { targets: [target('a', { counting, price, maxOutput: 1_000 })] })
    const limited = (maxCostMicros: number) => ask('audio/speech', { limits: { maxCostMicros } })
    const refused: unknown = await needOf(limited(39_000), plan, callerWith(), tokenizer).catch(
      (e: unknown) => e,
    )
    expect(refused instanceof Failed && refused.failure).toMatchObject({ kind: 'over-budget', unit: 'usd' })
    expect((await needOf(limited(50_000), plan, callerWith(), tokenizer)).amounts.requests).toBe(1)
  })
})
