// Two accounts' books, a key's and its project's, and several isolates that spend from them, with time, lost messages and
// deaths under a test's control.
import type { Budget } from '../../../../workers/service.ts'
import {
  close,
  covers,
  deposit,
  type Grant,
  type Keeping,
  type LeaseBook,
  openBook,
  writeReport,
} from '../../../../workers/budget/lease.ts'
import {
  type Amounts,
  balanceOf,
  draw,
  emptyLedger,
  expire,
  type Ledger,
  settle,
} from '../../../../workers/budget/ledger.ts'
import type { Need } from '../../../../workers/budget/need.ts'
import { learn } from '../../../../workers/budget/pace.ts'
import { fitting, type Side, takeAll } from '../../../../workers/budget/side.ts'
import { slotOf } from '../../../../workers/budget/slot.ts'
import { isLow, isScarce, missing } from '../../../../workers/budget/stock.ts'

export type Delivery = 'arrives' | 'is lost' | 'arrives unanswered'

/** An answer costs a micro-dollar and a token for each of its words, and a prompt as many as are said. */
export interface Ask {
  readonly prompt: number
  readonly words: number
  readonly requests: number
}

interface Open {
  readonly isolate: number
  readonly at: number
  readonly sides: readonly Side[]
  readonly grants: readonly Grant[]
  readonly need: Need
}

interface Taken {
  readonly at: number
  readonly amount: number
}

const NOTHING: Amounts = { usd: 0, tokens: 0, requests: 0 }
const SHORTEST = 16

/** As needOf's, without prices. */
function needOf(prompt: number, words: number, requests: number, shortest = Math.min(SHORTEST, words)): Need {
  const at = (length: number): Amounts => ({ usd: prompt + length, tokens: prompt + length, requests })
  return {
    amounts: at(words),
    least: at(Math.min(shortest, words)),
    maxOutput: words,
    clamped: false,
    within: (held) => {
      const length = Math.min(words, held.usd - prompt, held.tokens - prompt)
      return length < shortest || held.requests < requests
        ? undefined
        : { ...needOf(prompt, length, requests, shortest), clamped: length < words }
    },
  }
}

export class City {
  readonly ledgers: Ledger[]
  now = 1_764_547_200_000
  budgets: (readonly Budget[])[]
  readonly open: Open[] = []
  /** What requests really used, by account and slot; and what of it was beyond their grants. */
  readonly used: Record<string, number> = {}
  readonly beyond: Record<string, number> = {}
  /** Requests that a rate let pass, by account. */
  readonly passed: Taken[][]
  private readonly isolates: LeaseBook[][]
  private born = 0

  constructor(budgets: (readonly Budget[])[], isolates: number) {
    this.budgets = budgets
    this.ledgers = budgets.map(() => emptyLedger)
    this.passed = budgets.map(() => [])
    this.isolates = Array.from({ length: isolates }, () => this.bear())
  }

  private bear(): LeaseBook[] {
    return this.budgets.map(() => this.openBook())
  }

  private openBook(): LeaseBook {
    this.born += 1
    return openBook(`isolate-${this.born}`, this.now)
  }

  private sidesOf(isolate: number): readonly Side[] {
    const books = this.isolates[isolate % this.isolates.length] ?? []
    return this.budgets.map((budgets, account) => {
      const book = books[account]
      if (book === undefined) throw new Error('an isolate has a book for every account')
      return { book, budgets }
    })
  }

  private ledger(account: number): Ledger {
    return this.ledgers[account] ?? emptyLedger
  }

  private hand(book: LeaseBook, account: number, keeping: Keeping, how: Delivery): void {
    const report = writeReport(book, keeping, this.now)
    if (report === undefined || how === 'is lost') return
    this.ledgers[account] = settle(this.ledger(account), report, this.now)
    if (how === 'arrives') book.unanswered = undefined
  }

  /** As admission does it: from the purses, else with draws that carry a report. What nobody needs goes back. */
  ask(isolate: number, { prompt, words, requests }: Ask): boolean {
    const need = needOf(prompt, words, requests)
    const sides = this.sidesOf(isolate)
    for (const { book } of sides) learn(book.pace, need.amounts, this.now)
    const granted = this.drawn(sides, need)
    if (granted === undefined) {
      for (const [account, { book }] of sides.entries()) this.hand(book, account, 'none', 'arrives')
      return false
    }
    const grants = takeAll(sides, granted.amounts, this.now)
    if (grants === undefined) throw new Error('what was found to fit does not')
    for (const account of this.budgets.keys()) this.passed[account]?.push({ at: this.now, amount: requests })
    this.open.push({ isolate: isolate % this.isolates.length, at: this.now, sides, grants, need: granted })
    return true
  }

  private drawn(sides: readonly Side[], need: Need): Need | undefined {
    const whole = (): Need | undefined =>
      sides.every(({ book, budgets }) => covers(book, budgets, need.amounts, this.now)) ? need : undefined
    if (whole() !== undefined) return need
    for (const all of [false, true]) {
      let isRefused = false
      for (const [account, { book, budgets }] of sides.entries()) {
        if (covers(book, budgets, need.amounts, this.now)) continue
        this.hand(book, account, all || isScarce(book) ? 'none' : 'all', 'arrives')
        const ahead = missing(book, budgets, this.now)
        const asked = { lease: book.id, least: need.least, need: need.amounts, ...ahead }
        const result = draw(this.ledger(account), budgets, asked, this.now)
        if ('refused' in result) {
          isRefused = true
          continue
        }
        this.ledgers[account] = result.ledger
        deposit(book, result.granted, this.now)
      }
      const granted = isRefused ? undefined : fitting(sides, need, this.now)
      if (granted !== undefined) return granted
    }
    return undefined
  }

  /** Draws ahead in the background. */
  stockUp(isolate: number): void {
    for (const [account, { book, budgets }] of this.sidesOf(isolate).entries()) {
      if (!isLow(book, budgets, this.now)) continue
      const ahead = missing(book, budgets, this.now)
      const asked = { lease: book.id, least: NOTHING, need: NOTHING, ...ahead }
      const result = draw(this.ledger(account), budgets, asked, this.now)
      if ('refused' in result) throw new Error('nothing was asked for and refused')
      this.ledgers[account] = result.ledger
      deposit(book, result.granted, this.now)
    }
  }

  /** Ends one open request, which used a part of its grant, or more than all of it. */
  finish(which: number, part: number): void {
    const [request] = this.open.length === 0 ? [] : this.open.splice(which % this.open.length, 1)
    if (request === undefined) return
    const { usd, requests } = request.need.amounts
    const amount = Math.floor(usd * part)
    const used = { usd: amount, tokens: amount, requests }
    for (const [account, grant] of request.grants.entries()) {
      for (const { slot, unit, amount: granted } of grant.slots) {
        const name = `${account} ${slot}`
        this.used[name] = (this.used[name] ?? 0) + used[unit]
        this.beyond[name] = (this.beyond[name] ?? 0) + Math.max(0, used[unit] - granted)
      }
      const side = request.sides[account]
      if (side !== undefined) close(side.book, grant, used, this.now)
    }
  }

  report(isolate: number, keeping: Keeping, how: Delivery): void {
    for (const [account, { book }] of this.sidesOf(isolate).entries()) this.hand(book, account, keeping, how)
  }

  /** The isolate is gone with all it held and all its requests; another takes its place. */
  die(isolate: number): void {
    const index = isolate % this.isolates.length
    this.isolates[index] = this.bear()
    for (let at = this.open.length - 1; at >= 0; at -= 1)
      if (this.open[at]?.isolate === index) this.open.splice(at, 1)
  }

  pass(ms: number): void {
    this.now += ms
    for (const account of this.ledgers.keys()) this.ledgers[account] = expire(this.ledger(account), this.now)
  }

  limit(account: number, budget: number, limit: number): void {
    const index = account % this.budgets.length
    this.budgets[index] = (this.budgets[index] ?? []).map((known, at, all) =>
      at === budget % all.length && known.window !== 'rate' ? { ...known, limit } : known,
    )
  }

  /** Every request ends, every isolate reports and gives back, and every message arrives. */
  settleAll(): void {
    while (this.open.length > 0) this.finish(0, 0.5)
    for (const isolate of this.isolates.keys()) {
      this.report(isolate, 'none', 'arrives') // perhaps the repetition of one that went unanswered
      this.report(isolate, 'none', 'arrives')
    }
  }

  /** Ends all requests of an isolate, which then reports, keeps what it may, and is gone. */
  restAndDie(isolate: number): void {
    const index = isolate % this.isolates.length
    for (let at = this.open.length - 1; at >= 0; at -= 1)
      if (this.open[at]?.isolate === index) this.finish(at, 0.5)
    this.report(isolate, 'some', 'arrives')
    this.report(isolate, 'some', 'arrives')
    this.die(isolate)
  }

  /** Spent and reserved of every slot, by account and name. */
  booked(): Record<string, number> {
    const sums: Record<string, number> = {}
    const add = (name: string, amount: number): void => void (sums[name] = (sums[name] ?? 0) + amount)
    for (const [account, ledger] of this.ledgers.entries()) {
      for (const [slot, amount] of Object.entries(ledger.spent)) add(`${account} ${slot}`, amount)
      for (const lease of Object.values(ledger.leases)) {
        if (lease.expired) continue
        for (const [slot, amount] of Object.entries(lease.held)) add(`${account} ${slot}`, amount)
      }
    }
    return sums
  }

  overruns(): Record<string, number> {
    return Object.fromEntries(
      this.ledgers.flatMap(({ overruns }, account) =>
        Object.entries(overruns).map(([slot, amount]) => [`${account} ${slot}`, amount]),
      ),
    )
  }

  /** What requests have used within their grants and may still use, by account and slot. */
  promised(): Record<string, number> {
    const sums = Object.fromEntries(
      Object.entries(this.used).map(([name, amount]) => [name, amount - (this.beyond[name] ?? 0)]),
    )
    for (const { grants } of this.open)
      for (const [account, { slots }] of grants.entries())
        for (const { slot, amount } of slots)
          sums[`${account} ${slot}`] = (sums[`${account} ${slot}`] ?? 0) + amount
    return sums
  }

  limits(): ReadonlyMap<string, number> {
    return new Map(
      this.budgets.flatMap((budgets, account) =>
        budgets.map((budget) => [`${account} ${slotOf(budget, this.now)}`, budget.limit] as const),
      ),
    )
  }

  balances() {
    return this.budgets.flatMap((budgets, account) =>
      budgets.map((budget) => ({
        ...balanceOf(this.ledger(account), budget, this.now),
        slot: `${account} ${slotOf(budget, this.now)}`,
      })),
    )
  }
}
