// Budget objects without workerd: the same books, a millisecond away.
import type { Account } from '../../../../workers/budget/account.ts'
import type { BudgetObjects } from '../../../../workers/budget/desk.ts'
import {
  balanceOf,
  draw,
  emptyLedger,
  type Ledger,
  settle,
  shownOf,
} from '../../../../workers/budget/ledger.ts'
import type { Budget } from '../../../../workers/service.ts'

export const total = (limit: number): Budget => ({ unit: 'usd', window: 'total', limit })
export const account = (name: string, ...budgets: readonly Budget[]): Account => ({
  name,
  whose: name === 'project' ? 'project' : 'key',
  budgets,
})
export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export function openObjects() {
  const ledgers = new Map<string, Ledger>()
  const calls: {
    readonly kind: 'draw' | 'report'
    readonly account: string
    readonly isWaitedFor: boolean
  }[] = []
  const state = { down: '', lost: '', aheadMs: 1 }
  const of = (name: string): Ledger => ledgers.get(name) ?? emptyLedger
  const objects: BudgetObjects = {
    async draw(name, budgets, asked, report) {
      const isWaitedFor = asked.need.usd + asked.need.requests > 0
      calls.push({ kind: 'draw', account: name, isWaitedFor })
      await pause(isWaitedFor ? 1 : state.aheadMs)
      if (state.down === name) throw new Error('away')
      if (report !== undefined) ledgers.set(name, settle(of(name), report, Date.now()))
      const result = draw(of(name), budgets, asked, Date.now())
      if ('refused' in result) return { ok: false, refused: result.refused }
      ledgers.set(name, result.ledger)
      if (state.lost === name) throw new Error('the answer got lost')
      return { ok: true, value: result.granted }
    },
    async report(name, report) {
      calls.push({ kind: 'report', account: name, isWaitedFor: false })
      await pause(1)
      ledgers.set(name, settle(of(name), report, Date.now()))
    },
  }
  return {
    objects,
    calls,
    state,
    balance: ({ name, budgets: [first = total(0)] }: Account) => balanceOf(of(name), first, Date.now()),
    shown: ({ name, budgets: [first = total(0)] }: Account) => shownOf(of(name), first, Date.now()),
  }
}
