// Admission over the real books: out of several accounts at once, without asking while leases last, shortened and not
// overspent by isolates that do so at the same time.
import { describe, expect, it } from 'vitest'
import { Failed } from '../../../../shared/failure.ts'
import type { Account } from '../../../../workers/budget/account.ts'
import { type Admitted, openBudgets } from '../../../../workers/budget/admit.ts'
import { needOf } from '../../../../workers/budget/need.ts'
import { cxAt, planOf, requestFor, target } from '../../samples.ts'
import { tokenizer } from '../../tokenizer.ts'
import { account, openObjects, pause, total } from './objects.ts'

const price = { input: 1, cacheRead: 1, cacheWrite: 1, output: 10 }
const plan = planOf([], { targets: [target('a', { price })] })

const needFor = (accounts: readonly Account[], words: number) =>
  needOf(
    requestFor('Hi', { limits: { maxOutput: words } }),
    plan,
    { budgets: accounts.flatMap(({ budgets }) => budgets) },
    tokenizer,
  )

describe('admission', () => {
  const key = account('key', total(1_000_000), { unit: 'requests', window: 'rate', limit: 6_000 })
  const project = account('project', total(5_000_000))

  it('waits for the objects once, in parallel, and then for none while leases last, with a project too', async () => {
    const { objects, calls } = openObjects()
    const budgets = openBudgets(objects)
    const cx = cxAt()
    const need = await needFor([key, project], 20)
    for (let turn = 0; turn < 40; turn += 1) {
      const admitted = await budgets.admit([key, project], need, cx)
      budgets.settle([admitted], { usd: 50, tokens: 0, requests: 1 }, cx)
      await pause(5)
    }
    const waited = calls.filter(({ isWaitedFor }) => isWaitedFor)
    expect(waited.map((call) => call.account).toSorted()).toEqual(['key', 'project'])
    await Promise.all(cx.deferred)
  })

  it('gives back to the key at once what the project refuses, and says so', async () => {
    const { objects, balance, calls } = openObjects()
    const poor = account('project', total(100))
    const cx = cxAt()
    const need = await needFor([key, poor], 20)
    const refused: unknown = await openBudgets(objects)
      .admit([key, poor], need, cx)
      .catch((error: unknown) => error)
    expect(refused instanceof Failed && refused.failure).toMatchObject({
      kind: 'over-budget',
      code: 'insufficient_quota',
      message: expect.stringMatching(/^The project's budget of \$0\.0001 in total .* \$0\.0001 is left/),
      rates: [{ unit: 'requests', limit: 6_000 }],
    })
    await pause(20)
    expect(balance(key)).toMatchObject({ spent: 0, reserved: 0 })
    expect(calls.filter(({ kind }) => kind === 'draw')).toHaveLength(2)
    await Promise.all(cx.deferred)
  })

  it('is a 503 where the books of one account are away, and what another lent goes back', async () => {
    const { objects, balance, state } = openObjects()
    state.down = 'project'
    const cx = cxAt()
    const lost: unknown = await openBudgets(objects)
      .admit([key, project], await needFor([key, project], 20), cx)
      .catch((error: unknown) => error)
    expect(lost instanceof Failed && lost.failure).toMatchObject({
      kind: 'unavailable',
      what: "The project's budget",
    })
    await Promise.all(cx.deferred)
    expect(balance(key).reserved).toBe(0)
  })

  it('shortens answers of several isolates at once without overspending, and uses the budget up', async () => {
    const { objects, balance } = openObjects()
    const shared = account('key', total(20_000))
    const isolates = Array.from({ length: 5 }, () => openBudgets(objects))
    const cx = cxAt()
    const need = await needFor([shared], 100)
    const admitted: { readonly isolate: number; readonly granted: Admitted }[] = []
    const ask = async (isolate: number): Promise<void> => {
      const granted = await isolates[isolate]?.admit([shared], need, cx).catch(() => undefined)
      if (granted !== undefined) admitted.push({ isolate, granted })
    }
    await Promise.all(Array.from({ length: 60 }, (_, turn) => ask(turn % isolates.length)))
    await pause(150)
    await ask(0)
    const granted = admitted.reduce((sum, one) => sum + one.granted.need.amounts.usd, 0)
    expect(granted).toBeLessThanOrEqual(20_000)
    expect(granted).toBeGreaterThan(20_000 - need.least.usd)
    expect(admitted.some((one) => one.granted.need.clamped)).toBe(true)
    for (const { isolate, granted: one } of admitted)
      isolates[isolate]?.settle([one], { ...one.need.amounts, requests: 1 }, cx)
    await Promise.all(cx.deferred)
    await Promise.all(cx.deferred)
    expect(balance(shared)).toMatchObject({ spent: granted, reserved: 0, overrun: 0 })
  })

  const done = async ({ deferred }: { readonly deferred: readonly Promise<unknown>[] }): Promise<void> => {
    for (let known = -1; known < deferred.length;) {
      known = deferred.length
      await Promise.all(deferred)
    }
  }

  it('far from a limit waits once only, however long the account rests, and nothing is shown as reserved then', async () => {
    const { objects, calls, balance, shown } = openObjects()
    const rich = account('key', total(1_000_000))
    const budgets = openBudgets(objects)
    const cx = cxAt()
    const need = await needFor([rich], 20)
    for (let turn = 0; turn < 4; turn += 1) {
      budgets.settle([await budgets.admit([rich], need, cx)], { usd: 50, tokens: 0, requests: 1 }, cx)
      await done(cx) // it rests
      expect(shown(rich)).toMatchObject({ spent: 50 * (turn + 1), reserved: 0 })
    }
    expect(calls.filter(({ isWaitedFor }) => isWaitedFor)).toHaveLength(1)
    expect(balance(rich).reserved).toBeGreaterThan(0)
    expect(balance(rich).reserved).toBeLessThanOrEqual(1_000)
  })

  it('gives back what was drawn ahead when it comes after the account has begun to rest', async () => {
    const { objects, balance, calls, state } = openObjects()
    state.aheadMs = 400
    const shared = account('key', total(100_000))
    const budgets = openBudgets(objects)
    const cx = cxAt()
    const need = await needFor([shared], 20)
    const admitted = [1, 2, 3].map(() => budgets.admit([shared], need, cx))
    budgets.settle(await Promise.all(admitted), { usd: 50, tokens: 0, requests: 1 }, cx)
    await done(cx)
    expect(calls.some(({ kind, isWaitedFor }) => kind === 'draw' && !isWaitedFor)).toBe(true)
    expect(balance(shared)).toMatchObject({ spent: 50, reserved: 0 })
  })

  it('keeps nothing at a desk that was replaced because an answer got lost', async () => {
    const { objects, balance, state } = openObjects()
    const rich = account('key', total(1_000_000))
    const budgets = openBudgets(objects)
    const cx = cxAt()
    const need = await needFor([rich], 20)
    const first = await budgets.admit([rich], need, cx)
    const own = balance(rich).reserved
    state.lost = 'key'
    const second = await budgets.admit([rich], need, cx) // out of what is held, and draws ahead
    await pause(20)
    const perhaps = balance(rich).reserved - own
    expect(perhaps).toBeGreaterThan(0)
    state.lost = ''
    budgets.settle([first, second], { usd: 50, tokens: 0, requests: 1 }, cx)
    await done(cx)
    // What the lost answer had lent must run out; all else is back.
    expect(balance(rich)).toMatchObject({ spent: 50, reserved: perhaps })
  })

  it('costs nothing where no budget concerns the request', async () => {
    const { objects, calls } = openObjects()
    const free = account('key', total(10))
    const none = await needFor([], 20)
    expect(await openBudgets(objects).admit([free], none, cxAt())).toMatchObject({ parts: [], rates: [] })
    expect(calls).toEqual([])
  })
})
