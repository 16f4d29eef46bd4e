// Admission: a request is given its worst-case cost to spend, or a refusal that says what is left.
import { Failed } from '../../shared/failure.ts'
import { dollarsFromMicros, writeDollars } from '../../shared/money.ts'
import type { Budget, Caller, Cx } from '../service.ts'
import { close, deposit, type Grant, type LeaseBook, openBook, take, wanted, writeReport } from './lease.ts'
import type { Amounts, Draw, Refused, Report } from './ledger.ts'
import type { Drawn } from './object.ts'

/** What is needed of the budget objects; the real ones are Durable Objects named by key. */
export interface BudgetObjects {
  draw(keyId: string, budgets: readonly Budget[], asked: Draw, report: Report | undefined): Promise<Drawn>
  report(keyId: string, report: Report): Promise<void>
}

export interface Budgets {
  /** Resolves with the grant; throws `over-budget`, or `unavailable` when the books cannot be reached. */
  admit(caller: Caller, need: Amounts, cx: Cx): Promise<Grant>
  /** Books what was really used, once for all grants of a request. */
  settle(caller: Caller, grants: readonly Grant[], used: Amounts, cx: Cx): void
}

const NOTHING: Grant = { slots: [] }
/** Books of this many keys are kept per isolate; beyond it idle ones are given back. */
const MAX_BOOKS = 2_000
/** A key that rests this long gives back what it holds. */
const QUIET_MS = 100
/** A busy key reports this often. */
const REPORT_MS = 1_000
/** Draws are repeated this often when an amount came back, or a window ended, while one was on its way. */
const RETRIES = 2
/** A request looks after its key's reports this long; on Cloudflare deferred work ends after 30 s. */
const SHIFT_MS = 20_000
/** A reporter not heard of for this long died with its request; another takes over. */
const LOST_MS = 10_000

interface Reporter {
  seenAt: number
}

export function openBudgets(objects: BudgetObjects): Budgets {
  const books = new Map<string, LeaseBook>() // a cache, bounded by MAX_BOOKS
  const reporters = new Map<string, Reporter>() // by key: the request that is looking after its reports

  const bookOf = (keyId: string, now: number): LeaseBook => {
    const known = books.get(keyId)
    if (known !== undefined) return known
    if (books.size >= MAX_BOOKS) {
      for (const [id, book] of books) if (book.outstanding === 0 && book.purses.size === 0) books.delete(id)
    }
    const fresh = openBook(crypto.randomUUID(), now)
    books.set(keyId, fresh)
    return fresh
  }

  /** Reports every second, and when the key rests gives everything back. A failed report is repeated as it was. */
  const lookAfter = async (keyId: string, book: LeaseBook, reporter: Reporter, cx: Cx): Promise<void> => {
    const began = cx.now()
    for (;;) {
      const since = cx.now()
      do await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
      while (cx.now() - book.usedAt < QUIET_MS && cx.now() - since < REPORT_MS)
      reporter.seenAt = cx.now()
      const isShiftOver = cx.now() - began >= SHIFT_MS
      const isLast = isShiftOver || cx.now() - book.usedAt >= QUIET_MS
      // Whoever uses the key while the last report is on its way starts a reporter of their own.
      if (isLast && reporters.get(keyId) === reporter) reporters.delete(keyId)
      const report = writeReport(book, isLast, cx.now())
      const isTold = report === undefined || (await tell(keyId, book, report))
      if (isShiftOver || (isLast && isTold)) return
      if (!isTold) await new Promise((resolve) => setTimeout(resolve, REPORT_MS))
    }
  }

  const tell = async (keyId: string, book: LeaseBook, report: Report): Promise<boolean> => {
    try {
      await objects.report(keyId, report)
      if (book.unanswered === report) book.unanswered = undefined
      return true
    } catch {
      return false // unreported money stays counted as held, so nothing can be overspent meanwhile
    }
  }

  const ensureReporter = (keyId: string, book: LeaseBook, cx: Cx): void => {
    const known = reporters.get(keyId)
    if (known !== undefined && cx.now() - known.seenAt < LOST_MS) return
    const reporter = { seenAt: cx.now() }
    reporters.set(keyId, reporter)
    cx.defer(lookAfter(keyId, book, reporter, cx))
  }

  return {
    async admit(caller, need, cx) {
      const { keyId, budgets } = caller
      if (budgets.every((budget) => need[budget.unit] === 0)) return NOTHING
      const book = bookOf(keyId, cx.now())
      const want = wanted(book, need, cx.now())
      const held = take(book, budgets, need, cx.now())
      if (held !== undefined) return held
      for (let retry = 0; ; retry += 1) {
        // What is held but too little goes back first, so that the books decide over all that is left.
        const report = writeReport(book, true, cx.now())
        const drawn = await objects.draw(keyId, budgets, { lease: book.id, need, want }, report).catch(() => {
          throw new Failed({ kind: 'unavailable', what: "The key's budget", retryAfterMs: 1_000 })
        })
        if (book.unanswered === report) book.unanswered = undefined
        if (drawn.ok) {
          deposit(book, drawn.value)
          ensureReporter(keyId, book, cx)
          const grant = take(book, budgets, need, cx.now())
          if (grant !== undefined) return grant
        } else if (retry === RETRIES || !holdsMore(book)) {
          throw new Failed(refusal(drawn.refused, need, cx.now()))
        }
        if (retry === RETRIES)
          throw new Failed({ kind: 'unavailable', what: "The key's budget", retryAfterMs: 100 })
      }
    },

    settle(caller, grants, used, cx) {
      const book = books.get(caller.keyId)
      const given = grants.filter(({ slots }) => slots.length > 0)
      if (book === undefined || given.length === 0) return
      for (const [grant, share] of sharesOf(given, used)) close(book, grant, share, cx.now())
      ensureReporter(caller.keyId, book, cx)
    },
  }
}

/** What was used, out of each grant in turn; what is beyond all of them is booked on the first. */
function sharesOf(grants: readonly Grant[], used: Amounts): readonly (readonly [Grant, Amounts])[] {
  const left = { ...used }
  const shares = grants.map((grant): [Grant, { -readonly [unit in keyof Amounts]: number }] => {
    const share = { usd: 0, tokens: 0, requests: 0 }
    for (const { unit, amount } of grant.slots) share[unit] = Math.min(left[unit], amount)
    for (const unit of ['usd', 'tokens', 'requests'] as const) left[unit] -= share[unit]
    return [grant, share]
  })
  const [first] = shares
  if (first !== undefined)
    for (const unit of ['usd', 'tokens', 'requests'] as const) first[1][unit] += left[unit]
  return shares
}

/** Did other requests of this isolate give something back since the report was written? */
const holdsMore = (book: LeaseBook): boolean =>
  book.unanswered !== undefined || [...book.purses.values()].some((purse) => purse.available > 0)

function refusal({ budget, remaining, resetsAt }: Refused, need: Amounts, now: number): Failed['failure'] {
  const reset = Number.isFinite(resetsAt)
    ? ` It resets at ${new Date(resetsAt).toISOString()}.`
    : ' It does not reset.'
  const per = budget.window === 'total' ? 'in total' : `per ${budget.window}`
  const asked = need[budget.unit]
  const when = Number.isFinite(resetsAt) ? { resetsAt, retryAfterMs: Math.max(0, resetsAt - now) } : {}
  if (budget.unit === 'requests') {
    const message = `Rate limit reached: ${budget.limit} requests ${per}.${reset}`
    return { kind: 'over-budget', unit: 'requests', code: 'rate_limit_exceeded', message, ...when }
  }
  const text = (amount: number): string =>
    budget.unit === 'usd' ? `$${writeDollars(amount)}` : `${Math.floor(amount)} tokens`
  const lower = remaining > 0 ? ' Lower max_tokens to fit, or' : ' Wait for the reset, or'
  const message =
    `The key's budget of ${text(budget.limit)} ${per} does not cover this request: it can cost up to ${text(asked)}, ` +
    `${text(remaining)} is left.${reset}${lower} ask the operator for more.`
  return { kind: 'over-budget', unit: budget.unit, code: 'insufficient_quota', message, ...when }
}

/** A balance as the admin API shows it: dollars for money, counts for the rest. */
export const inOwnUnit = (unit: Budget['unit'], amount: number): number =>
  unit === 'usd' ? dollarsFromMicros(amount) : amount
