// One account's object and many isolates all over the world, over the real books: messages take time and get lost,
// isolates die, and every dollar that a provider bills is counted here, whoever reports it.
import { type Account } from '../../workers/budget/account.ts'
import {
  close,
  deposit,
  holdsMore,
  type LeaseBook,
  openBook,
  writeReport,
} from '../../workers/budget/lease.ts'
import { draw, emptyLedger, expire, type Ledger, settle, type Report } from '../../workers/budget/ledger.ts'
import type { Need } from '../../workers/budget/need.ts'
import { learn } from '../../workers/budget/pace.ts'
import { fitting, type Side, takeAll } from '../../workers/budget/side.ts'
import { isLow, isScarce, keepMs, missing, QUIET_MS, restsWith } from '../../workers/budget/stock.ts'
import type { Budget } from '../../workers/service.ts'
import { openClock } from './lease-clock.ts'
import { noWhy, openOracle, type Oracle, type Reason, type Why } from './lease-why.ts'

export interface Job {
  /** Micro-dollars that the prompt, and the whole answer that is allowed, can cost; and what it will. */
  readonly prompt: number
  readonly answer: number
  readonly used: number
  readonly lastsMs: number
}

export interface Tally {
  asked: number
  served: number
  shortened: number
  refused: number
  /** The object's answer got lost. */
  lost: number
  /** Requests that waited for the object. */
  waited: number
  readonly why: Why
  draws: number
  reports: number
  /** What providers billed, micro-dollars. */
  billed: number
  /** The most that was ever billed or promised beyond the limit. */
  overspent: number
  /** What could not be spent when a request was refused although it was there: average and worst, as shares of the limit. */
  readonly stranded: number[]
}

const REPORT_MS = 1_000
const SHORTEST = 160
const NOTHING = { usd: 0, tokens: 0, requests: 0 }

interface Desk {
  readonly book: LeaseBook
  isAttended: boolean
  isStocking: boolean
}

interface Isolate {
  readonly rttMs: number
  /** Another after a lost answer; whoever was served at the old one settles there. */
  desk: Desk
  /** What was begun in an earlier life is gone. */
  life: number
  readonly oracle: Oracle
  /** Why the next draw is needed, and since when one is on its way for that reason. */
  state: Reason
  waiting: { readonly reason: Reason; count: number } | undefined
}

export interface World {
  readonly tally: Tally
  readonly clock: ReturnType<typeof openClock>
  ask(isolate: number, job: Job): void
  die(isolate: number): void
  /** What is booked as spent, and what is lent. */
  books(): { readonly spent: number; readonly reserved: number }
}

export interface WorldOptions {
  readonly isolates: number
  readonly budget: Budget
  readonly random: () => number
  /** The share of answers of the object that get lost. */
  readonly loss: number
}

export function openWorld({ isolates: count, budget, random, loss }: WorldOptions): World {
  const clock = openClock(Date.UTC(2026, 10, 28, 12))
  const account: Account = { name: 'key', whose: 'key', budgets: [budget] }
  let ledger: Ledger = emptyLedger
  let born = 0
  /** Granted to requests that run, dead ones included: their providers bill them all the same. */
  let promised = 0
  const tally: Tally = {
    asked: 0,
    served: 0,
    shortened: 0,
    refused: 0,
    lost: 0,
    waited: 0,
    why: noWhy(),
    draws: 0,
    reports: 0,
    billed: 0,
    overspent: 0,
    stranded: [],
  }
  const fresh = (): Desk => ({
    book: openBook(`isolate-${(born += 1)}`, clock.now()),
    isAttended: false,
    isStocking: false,
  })
  const isolates: Isolate[] = Array.from({ length: count }, () => ({
    rttMs: 10 + random() * 240,
    desk: fresh(),
    life: 0,
    oracle: openOracle(),
    state: 'new',
    waiting: undefined,
  }))

  const handIn = (report: Report | undefined): void => {
    if (report !== undefined) ledger = settle(ledger, report, clock.now())
  }
  const answered = (book: LeaseBook, report: Report | undefined): void => {
    if (book.unanswered === report) book.unanswered = undefined
  }

  /** There and back; `then` is told nothing where the answer gets lost. */
  const drawFor = (
    isolate: Isolate,
    asked: Pick<Parameters<typeof draw>[2], 'least' | 'need'>,
    all: boolean,
    then: (result: ReturnType<typeof draw> | undefined) => void,
  ): void => {
    const { desk, life, rttMs } = isolate
    const { book } = desk
    const report = writeReport(book, all ? 'none' : 'all', clock.now())
    const isFirst = !desk.isStocking
    const { want, keep } = missing(book, account.budgets, clock.now())
    const ahead = { want: isFirst ? want : NOTHING, keep }
    desk.isStocking = true
    tally.draws += 1
    clock.after(rttMs / 2, () => {
      handIn(report)
      const result = draw(ledger, account.budgets, { lease: book.id, ...asked, ...ahead }, clock.now())
      if (!('refused' in result)) ledger = result.ledger
      clock.after(rttMs / 2, () => {
        if (isolate.life !== life) return
        if (isFirst) desk.isStocking = false
        if (random() < loss) {
          if (isolate.desk === desk) isolate.desk = fresh()
          isolate.state = 'lost'
          return then(undefined)
        }
        answered(book, report)
        return then(result)
      })
    })
  }

  /** As desk.ts does it: once a second, and everything back when the account rests. */
  const attend = (isolate: Isolate, desk: Desk): void => {
    if (desk.isAttended) return
    desk.isAttended = true
    const { life } = isolate
    const { book } = desk
    const look = (since: number): void => {
      if (isolate.life !== life) return
      const restsIn = book.usedAt + keepMs(book) - clock.now()
      if (restsIn > 0 && clock.now() - since < REPORT_MS)
        return clock.after(Math.max(QUIET_MS, Math.min(restsIn, since + REPORT_MS - clock.now())), () =>
          look(since),
        )
      const isLast = restsIn <= 0
      if (isLast) {
        desk.isAttended = false
        if (isolate.desk === desk) isolate.state = 'rested'
      }
      const rest = isolate.desk === desk ? restsWith(book, account.budgets, clock.now()) : 'none'
      const keeping = isLast ? rest : 'all'
      const report = writeReport(book, keeping, clock.now())
      if (report === undefined) {
        if (!isLast) look(clock.now())
        return
      }
      tally.reports += 1
      clock.after(isolate.rttMs / 2, () => {
        handIn(report)
        clock.after(isolate.rttMs / 2, () => {
          if (random() >= loss) answered(book, report)
          else if (isLast && isolate.life === life) attend(isolate, desk)
        })
      })
      if (!isLast) look(clock.now())
    }
    clock.after(QUIET_MS, () => look(clock.now()))
  }

  const stockUp = (isolate: Isolate): void => {
    const { desk } = isolate
    if (desk.isStocking || !isLow(desk.book, account.budgets, clock.now())) return
    drawFor(isolate, { least: NOTHING, need: NOTHING }, false, (result) => {
      if (result !== undefined && 'granted' in result) deposit(desk.book, result.granted, clock.now())
      attend(isolate, desk)
    })
  }

  const watch = (): void => {
    tally.overspent = Math.max(tally.overspent, tally.billed + promised - budget.limit)
  }

  const sidesOf = ({ book }: Desk): readonly Side[] => [{ book, budgets: account.budgets }]

  const serve = (isolate: Isolate, desk: Desk, need: Need, job: Job): boolean => {
    const [grant] = takeAll(sidesOf(desk), need.amounts, clock.now()) ?? []
    if (grant === undefined) return false
    tally.served += 1
    if (need.clamped) tally.shortened += 1
    if (isolate.state === 'rested') isolate.state = 'dry'
    const granted = need.amounts.usd
    const used = Math.min(granted, job.used)
    promised += granted
    watch()
    const { life } = isolate
    clock.after(job.lastsMs, () => {
      promised -= granted
      tally.billed += used // also where nobody is left to report it
      watch()
      if (isolate.life !== life) return
      close(desk.book, grant, { usd: used, tokens: 0, requests: 1 }, clock.now())
      attend(isolate, desk)
    })
    attend(isolate, desk)
    stockUp(isolate)
    return true
  }

  const refuse = (isolate: Isolate): void => {
    tally.refused += 1
    tally.stranded.push(Math.max(0, budget.limit - tally.billed - promised))
    const { book } = isolate.desk
    const report = writeReport(book, 'none', clock.now())
    if (report === undefined) return
    tally.reports += 1
    clock.after(isolate.rttMs / 2, () => {
      handIn(report)
      clock.after(isolate.rttMs / 2, () => answered(book, report))
    })
  }

  return {
    tally,
    clock,
    books() {
      ledger = expire(ledger, clock.now())
      const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
      const lent = Object.values(ledger.leases).filter(({ expired }) => !expired)
      return {
        spent: total(Object.values(ledger.spent)),
        reserved: total(lent.flatMap(({ held }) => Object.values(held))),
      }
    },
    die(index) {
      const isolate = isolates[index]
      if (isolate === undefined) return
      isolate.life += 1
      isolate.desk = fresh()
      isolate.state = 'new'
      isolate.waiting = undefined
      isolate.oracle.die()
    },
    ask(index, job) {
      const isolate = isolates[index]
      if (isolate === undefined) return
      tally.asked += 1
      isolate.oracle.ask(clock.now(), isolate.rttMs, job.lastsMs, tally.why)
      const need = needOf(job)
      learn(isolate.desk.book.pace, need.amounts, clock.now())
      if (serve(isolate, isolate.desk, need, job)) return
      tally.waited += 1
      const waiting = (isolate.waiting ??= {
        reason: isolate.state === 'dry' && isScarce(isolate.desk.book) ? 'scarce' : isolate.state,
        count: 0,
      })
      waiting.count += 1
      tally.why.waited[waiting.reason] += 1
      isolate.state = 'dry'
      const arrived = (): void => {
        waiting.count -= 1
        if (waiting.count === 0 && isolate.waiting === waiting) isolate.waiting = undefined
      }
      const attempt = (turn: number): void => {
        const { desk } = isolate
        const { book } = desk
        const all = turn > 0 || isScarce(book)
        const asked = { least: need.least, need: need.amounts }
        drawFor(isolate, asked, all, (result) => {
          if (turn === 0) arrived()
          if (result === undefined) {
            tally.lost += 1
            return
          }
          if ('granted' in result) deposit(book, result.granted, clock.now())
          const granted = 'granted' in result ? fitting(sidesOf(desk), need, clock.now()) : undefined
          if (granted !== undefined && serve(isolate, desk, granted, job)) return
          if (turn === 2 || !holdsMore(book)) return refuse(isolate)
          attempt(turn + 1)
        })
      }
      attempt(0)
    },
  }
}

function needOf({ prompt, answer }: Pick<Job, 'prompt' | 'answer'>): Need {
  const at = (cost: number) => ({ usd: prompt + cost, tokens: 0, requests: 1 })
  return {
    amounts: at(answer),
    least: at(Math.min(SHORTEST, answer)),
    maxOutput: answer,
    clamped: false,
    within: (held) => {
      const most = Math.min(answer, held.usd - prompt)
      return most < Math.min(SHORTEST, answer)
        ? undefined
        : { ...needOf({ prompt, answer: most }), clamped: most < answer }
    },
  }
}
