// What a request is granted: for the tier that is asked first alone, more before a dearer one is, and never more than there is.
import { describe, expect, it } from 'vitest'
import type { Ending, Target } from '../../../../shared/plan.ts'
import { noUsage } from '../../../../shared/usage.ts'
import { openBudgets } from '../../../../workers/budget/admit.ts'
import { openTab } from '../../../../workers/budget/tab.ts'
import { cxAt, planOf, requestFor, target } from '../../samples.ts'
import { tokenizer } from '../../tokenizer.ts'
import { account, openObjects, total } from './objects.ts'

const CHEAP = { input: 1, cacheRead: 1, cacheWrite: 1, output: 10 }
const DEAR = { input: 100, cacheRead: 100, cacheWrite: 100, output: 1_000 }
const small = target('small', { tier: 'mini', price: CHEAP })
const smaller = target('smaller', { tier: 'mini', price: CHEAP })
const large = target('large', { tier: 'frontier', price: DEAR })
const free = target('free', { tier: 'mini', price: { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 } })
/** The most that an answer of 20 tokens can cost: the prompt is bounded, and a little above this. */
const SMALL_WORDS = 20 * 10
const LARGE_WORDS = 20 * 1_000

interface Options {
  readonly limit: number
  readonly targets?: readonly Target[]
  readonly maxCostMicros?: number
  readonly maxOutput?: number
}

async function open({ limit, targets = [small, smaller, large], maxCostMicros, maxOutput = 20 }: Options) {
  const { objects, calls, balance } = openObjects()
  const key = account('key', total(limit))
  const limits = { maxOutput, ...(maxCostMicros === undefined ? {} : { maxCostMicros }) }
  const request = requestFor('Hi', { limits })
  const cx = cxAt()
  const tab = await openTab(
    { budgets: openBudgets(objects), accounts: [key], request, plan: planOf([], { targets }), tokenizer },
    cx,
  )
  const settle = async (micros: number): Promise<number> => {
    const ending: Ending = {
      end: 'finish',
      usage: { ...noUsage, input: 1 },
      usageSource: 'reported',
      costMicros: micros,
      text: '',
      reasoning: [],
      toolCalls: [],
    }
    const over = tab.settle(ending)
    await Promise.all(cx.deferred)
    return over
  }
  const draws = (): number => calls.filter(({ kind, isWaitedFor }) => kind === 'draw' && isWaitedFor).length
  return { tab, request, settle, draws, spent: () => balance(key).spent }
}

describe('a request of two tiers', () => {
  it('is let in with what the first of them costs, and waits for no more as long as it stays there', async () => {
    const { tab, settle, draws } = await open({ limit: 2_000 })
    expect(tab.request.limits.maxOutput).toBe(20)
    expect(tab.clampOf(tab.request)).toBeUndefined()
    const before = draws()
    expect(await tab.pay(smaller, false)).toEqual({ ok: true, request: tab.request })
    expect(draws()).toBe(before)
    expect(await settle(SMALL_WORDS)).toBe(0)
  })

  it('is not let on to the dearer one without its price, and is told how much that is', async () => {
    const { tab, settle, spent } = await open({ limit: 2_000 })
    const paid = await tab.pay(large, false)
    expect(paid).toMatchObject({ ok: false, failure: { kind: 'over-budget', code: 'insufficient_quota' } })
    expect(await settle(SMALL_WORDS)).toBe(0)
    expect(spent()).toBe(SMALL_WORDS)
  })

  it('is let on with it, and what both cost is booked without an overrun', async () => {
    const { tab, settle, spent } = await open({ limit: 1_000_000 })
    expect(await tab.pay(large, false)).toMatchObject({ ok: true, request: { limits: { maxOutput: 20 } } })
    expect(await settle(SMALL_WORDS + LARGE_WORDS)).toBe(0)
    expect(spent()).toBe(SMALL_WORDS + LARGE_WORDS)
  })

  it('is shortened where less is left, in place of what failed and never beside it', async () => {
    const limit = 100_000
    const [beside, instead] = [await open({ limit, maxOutput: 90 }), await open({ limit, maxOutput: 90 })]
    expect(await beside.tab.pay(large, true)).toMatchObject({ ok: false })
    const paid = await instead.tab.pay(large, false)
    const sent = paid.ok ? paid.request : undefined
    expect(sent?.limits.maxOutput).toBeGreaterThanOrEqual(16)
    expect(sent?.limits.maxOutput).toBeLessThan(90)
    expect(sent && instead.tab.clampOf(sent)).toBe(sent?.limits.maxOutput)
  })

  it('from dear to cheap needs no more, from nothing to dear the whole of it', async () => {
    const down = await open({ limit: 1_000_000, targets: [large, small] })
    const before = down.draws()
    expect(await down.tab.pay(small, false)).toMatchObject({ ok: true })
    expect(down.draws()).toBe(before)
    const up = await open({ limit: 2_000, targets: [free, large] })
    expect(await up.tab.pay(large, false)).toMatchObject({ ok: false, failure: { kind: 'over-budget' } })
    const rich = await open({ limit: 1_000_000, targets: [free, large] })
    expect(await rich.tab.pay(large, false)).toMatchObject({ ok: true })
    expect(await rich.settle(500_000)).toBeGreaterThan(0) // what it had been granted for it
  })

  it('keeps all its calls together to its own limit', async () => {
    const { tab } = await open({ limit: 10_000_000, maxCostMicros: 40_000 })
    const paid = await tab.pay(large, false)
    expect(paid).toMatchObject({ ok: false, failure: { kind: 'over-budget' } })
    expect(!paid.ok && paid.failure.kind === 'over-budget' && paid.failure.message).toContain(
      'x-minnow-max-cost of $0.04',
    )
    const more = await open({ limit: 10_000_000, maxCostMicros: 90_000 })
    expect(await more.tab.pay(large, false)).toMatchObject({ ok: true })
    expect(await more.tab.pay(large, true)).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining('leaves $') },
    })
  })

  it('whose dear one has no price is let in, and refused there', async () => {
    const { price: _, ...unknown } = large
    const { tab } = await open({ limit: 2_000, targets: [small, unknown] })
    expect(await tab.pay(unknown, false)).toMatchObject({
      ok: false,
      failure: { kind: 'invalid-request', code: 'model_without_price' },
    })
    expect(await tab.mayGoOn(requestFor('Hi'), unknown)).toBe(false)
  })
})
