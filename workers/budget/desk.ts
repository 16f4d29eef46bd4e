// An account as one isolate sees it: its book, the way to its object, and who looks after its reports.
import type { Budget, Cx } from '../service.ts'
import type { Account } from './account.ts'
import { deposit, type Keeping, type LeaseBook, openBook, writeReport } from './lease.ts'
import type { Draw, Report } from './ledger.ts'
import type { Drawn } from './object.ts'
import { isLow, keepMs, missing, QUIET_MS, restsWith } from './stock.ts'

/** What is needed of the budget objects; the real ones are Durable Objects named by account. */
export interface BudgetObjects {
  draw(account: string, budgets: readonly Budget[], asked: Draw, report: Report | undefined): Promise<Drawn>
  report(account: string, report: Report): Promise<void>
}

interface Reporter {
  readonly beganAt: number
  seenAt: number
}

export interface Desk {
  account: Account
  readonly book: LeaseBook
  /** The request that is looking after the account's reports. */
  reporter: Reporter | undefined
  /** A draw for the next requests is on its way. */
  isStocking: boolean
}

type Asked = Pick<Draw, 'least' | 'need'>

/** How a draw ended. What was granted is not in the purse yet, so that nobody else takes it first. */
export type Answer = Drawn | { readonly ok: false; readonly refused: undefined }

export interface Desks {
  of(account: Account, now: number): Desk
  /** With `all`, what is held goes back first, so that the books decide over all that is left. */
  draw(desk: Desk, budgets: readonly Budget[], asked: Asked, all: boolean, now: number): Promise<Answer>
  /** Looks after the reports of an account that is in use. */
  attend(desk: Desk, cx: Cx): void
  /** Draws in the background what the next requests need, where little is held. */
  stockUp(desk: Desk, budgets: readonly Budget[], cx: Cx): void
  /** Gives back at once what nobody uses. */
  giveBack(desk: Desk, cx: Cx): void
}

const NOTHING = { usd: 0, tokens: 0, requests: 0 }
/** Desks of this many accounts are kept per isolate; beyond it those that hold nothing, or too late, are closed. */
const MAX_DESKS = 2_000
/** An account in use reports this often. */
const REPORT_MS = 1_000
/** A request looks after reports this long; on Cloudflare deferred work ends after 30 s. */
const SHIFT_MS = 28_000
/** A reporter not heard of for this long died with its request; another takes over. */
const LOST_MS = 10_000

export function openDesks(objects: BudgetObjects): Desks {
  const desks = new Map<string, Desk>() // a cache, bounded by MAX_DESKS

  const of = (account: Account, now: number): Desk => {
    const known = desks.get(account.name)
    if (known !== undefined) {
      known.account = account // its limits may have changed
      return known
    }
    if (desks.size >= MAX_DESKS) {
      for (const [name, { book }] of desks)
        if (book.outstanding === 0 && (book.purses.size === 0 || book.expiresAt < now)) desks.delete(name)
    }
    const fresh: Desk = {
      account,
      book: openBook(crypto.randomUUID(), now),
      reporter: undefined,
      isStocking: false,
    }
    desks.set(account.name, fresh)
    return fresh
  }

  const draw: Desks['draw'] = async (desk, budgets, asked, all, now) => {
    const { account, book } = desk
    const report = writeReport(book, all ? 'none' : 'all', now)
    // Of several draws at once one is for the requests to come, too.
    const isFirst = !desk.isStocking
    const { want, keep } = missing(book, budgets, now)
    const ahead = { want: isFirst ? want : NOTHING, keep }
    desk.isStocking = true
    try {
      const drawn = await objects.draw(account.name, budgets, { lease: book.id, ...asked, ...ahead }, report)
      if (book.unanswered === report) book.unanswered = undefined
      return drawn
    } catch {
      // Perhaps it was lent and the answer got lost: this lease must run out, so another is begun.
      if (desks.get(account.name) === desk) desks.delete(account.name)
      return { ok: false, refused: undefined }
    } finally {
      if (isFirst) desk.isStocking = false
    }
  }

  const tell = async ({ account, book }: Desk, report: Report): Promise<boolean> => {
    try {
      await objects.report(account.name, report)
      if (book.unanswered === report) book.unanswered = undefined
      return true
    } catch {
      return false // unreported money stays counted as held, so nothing can be overspent meanwhile
    }
  }

  /** Nobody comes back to a desk that another has replaced, and a full house has no place for those that rest. */
  const restingWith = (desk: Desk, now: number): Keeping =>
    desks.get(desk.account.name) === desk && desks.size < MAX_DESKS
      ? restsWith(desk.book, desk.account.budgets, now)
      : 'none'

  /** Reports every second, and when the account rests gives back all that may not be kept. A failed report is repeated as it was. */
  const lookAfter = async (desk: Desk, reporter: Reporter, cx: Cx): Promise<void> => {
    const { book } = desk
    const restsIn = (): number => book.usedAt + keepMs(book) - cx.now()
    for (;;) {
      const since = cx.now()
      do await sleep(Math.max(QUIET_MS, Math.min(restsIn(), since + REPORT_MS - cx.now())))
      while (restsIn() > 0 && cx.now() - since < REPORT_MS)
      if (desk.reporter !== undefined && desk.reporter !== reporter) return // another request has taken over
      reporter.seenAt = cx.now()
      const isOver = cx.now() - reporter.beganAt >= SHIFT_MS
      const isLast = isOver || restsIn() <= 0
      // Whoever uses the account while the last report is on its way begins a shift of their own.
      desk.reporter = isLast ? undefined : reporter
      const report = writeReport(book, isLast ? restingWith(desk, cx.now()) : 'all', cx.now())
      const isTold = report === undefined || (await tell(desk, report))
      if (isOver || (isLast && isTold)) return
      if (!isTold) await sleep(REPORT_MS)
    }
  }

  const attend: Desks['attend'] = (desk, cx) => {
    const { reporter, book } = desk
    const now = cx.now()
    const isAttended =
      reporter !== undefined &&
      now - reporter.seenAt < LOST_MS &&
      now + keepMs(book) < reporter.beganAt + SHIFT_MS
    if (isAttended) return
    const next = { beganAt: now, seenAt: now }
    desk.reporter = next
    cx.defer(lookAfter(desk, next, cx))
  }

  return {
    of,
    draw,
    attend,
    stockUp(desk, budgets, cx) {
      if (desk.isStocking || !isLow(desk.book, budgets, cx.now())) return
      const fill = async (): Promise<void> => {
        const drawn = await draw(desk, budgets, { least: NOTHING, need: NOTHING }, false, cx.now())
        if (drawn.ok) deposit(desk.book, drawn.value, cx.now())
        attend(desk, cx) // whoever did may have gone home meanwhile
      }
      cx.defer(fill())
    },
    giveBack(desk, cx) {
      const report = writeReport(desk.book, 'none', cx.now())
      if (report !== undefined) cx.defer(tell(desk, report))
      attend(desk, cx) // in case it was in vain
    },
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
