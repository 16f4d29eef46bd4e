// One key's books and several isolates that spend from them, with time, lost messages and deaths under a test's control.
import type { Budget } from '../../../../workers/service.ts'
import {
  close,
  deposit,
  type Grant,
  type LeaseBook,
  openBook,
  take,
  wanted,
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
  slotOf,
} from '../../../../workers/budget/ledger.ts'

export type Delivery = 'arrives' | 'is lost' | 'arrives unanswered'

interface Open {
  readonly isolate: number
  readonly grant: Grant
}

export class City {
  ledger: Ledger = emptyLedger
  now = 1_764_547_200_000
  budgets: readonly Budget[]
  readonly open: Open[] = []
  /** What requests really used, by slot. */
  readonly used: Record<string, number> = {}
  private readonly books: LeaseBook[]
  private born = 0

  constructor(budgets: readonly Budget[], isolates: number) {
    this.budgets = budgets
    this.books = Array.from({ length: isolates }, () => this.bear())
  }

  private bear(): LeaseBook {
    this.born += 1
    return openBook(`isolate-${this.born}`, this.now)
  }

  private bookOf(isolate: number): LeaseBook {
    const book = this.books[isolate % this.books.length]
    if (book === undefined) throw new Error('a city has isolates')
    return book
  }

  /** As admission does it: from the purse, else with a draw that carries a report. */
  ask(isolate: number, need: Amounts): boolean {
    const book = this.bookOf(isolate)
    const want = wanted(book, need, this.now)
    let grant = take(book, this.budgets, need, this.now)
    if (grant === undefined) {
      const report = writeReport(book, true, this.now)
      if (report !== undefined) this.ledger = settle(this.ledger, report, this.now)
      book.unanswered = undefined
      const drawn = draw(this.ledger, this.budgets, { lease: book.id, need, want }, this.now)
      if ('refused' in drawn) return false
      this.ledger = drawn.ledger
      deposit(book, drawn.granted)
      grant = take(book, this.budgets, need, this.now)
      if (grant === undefined) return false
    }
    this.open.push({ isolate: isolate % this.books.length, grant })
    return true
  }

  /** Ends one open request, which used a part of its grant. */
  finish(which: number, part: number): void {
    const [request] = this.open.length === 0 ? [] : this.open.splice(which % this.open.length, 1)
    if (request === undefined) return
    const used = { usd: 0, tokens: 0, requests: 0 }
    for (const { slot, unit, amount } of request.grant.slots) {
      used[unit] = unit === 'requests' ? amount : Math.floor(amount * part)
      this.used[slot] = (this.used[slot] ?? 0) + used[unit]
    }
    close(this.bookOf(request.isolate), request.grant, used, this.now)
  }

  report(isolate: number, all: boolean, delivery: Delivery): void {
    const book = this.bookOf(isolate)
    const report = writeReport(book, all, this.now)
    if (report === undefined || delivery === 'is lost') return
    this.ledger = settle(this.ledger, report, this.now)
    if (delivery === 'arrives') book.unanswered = undefined
  }

  /** The isolate is gone with all it held and all its requests; another takes its place. */
  die(isolate: number): void {
    const index = isolate % this.books.length
    this.books[index] = this.bear()
    for (let at = this.open.length - 1; at >= 0; at -= 1)
      if (this.open[at]?.isolate === index) this.open.splice(at, 1)
  }

  pass(ms: number): void {
    this.now += ms
    this.ledger = expire(this.ledger, this.now)
  }

  limit(budget: number, limit: number): void {
    this.budgets = this.budgets.map((known, index) =>
      index === budget % this.budgets.length ? { ...known, limit } : known,
    )
  }

  /** Every request ends, every isolate reports and gives back, and every message arrives. */
  settleAll(): void {
    while (this.open.length > 0) this.finish(0, 0.5)
    for (const isolate of this.books.keys()) {
      this.report(isolate, true, 'arrives') // perhaps the repetition of one that went unanswered
      this.report(isolate, true, 'arrives')
    }
  }

  /** Spent and reserved of every slot, by its name. */
  booked(): Record<string, number> {
    const sums: Record<string, number> = { ...this.ledger.spent }
    for (const lease of Object.values(this.ledger.leases)) {
      if (lease.expired) continue
      for (const [slot, amount] of Object.entries(lease.held)) sums[slot] = (sums[slot] ?? 0) + amount
    }
    return sums
  }

  /** What requests have used and may still use, by slot. */
  promised(): Record<string, number> {
    const sums = { ...this.used }
    for (const { grant } of this.open)
      for (const { slot, amount } of grant.slots) sums[slot] = (sums[slot] ?? 0) + amount
    return sums
  }

  balances() {
    return this.budgets.map((budget) => ({
      ...balanceOf(this.ledger, budget, this.now),
      slot: slotOf(budget, this.now),
    }))
  }
}
