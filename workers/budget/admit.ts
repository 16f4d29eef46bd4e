// Admission: a request is given its worst-case cost to spend out of every budget that applies, a shorter answer's where
// no more is left, or a refusal that says what is left.
import { Failed, type Failure } from '../../shared/failure.ts'
import type { RateLeft } from '../../shared/rates.ts'
import type { Cx } from '../service.ts'
import type { Account } from './account.ts'
import { type Answer, type BudgetObjects, type Desk, openDesks } from './desk.ts'
import { close, covers, deposit, type Grant, holdsMore } from './lease.ts'
import type { Amounts, Refused } from './ledger.ts'
import type { Need } from './need.ts'
import { learn } from './pace.ts'
import { refusal } from './refusal.ts'
import { fitting, type Side, takeAll } from './side.ts'
import { isScarce, ratesLeft } from './stock.ts'

export interface Admitted {
  /** What was granted: less than was asked for where the answer must be shorter. */
  readonly need: Need
  readonly parts: readonly Part[]
  readonly rates: readonly RateLeft[]
}

interface Part {
  readonly desk: Desk
  readonly grant: Grant
}

export interface Budgets {
  /** Throws `over-budget`, or `unavailable` when books cannot be reached. */
  admit(accounts: readonly Account[], need: Need, cx: Cx): Promise<Admitted>
  /** Books what was really used, once for everything that a request was admitted to. */
  settle(admitted: readonly Admitted[], used: Amounts, cx: Cx): void
}

interface DeskSide extends Side {
  readonly desk: Desk
}

/** Draws are repeated this often when an amount came back, or a window ended, while one was on its way. */
const RETRIES = 2

export function openBudgets(objects: BudgetObjects): Budgets {
  const desks = openDesks(objects)

  const admitted = (sides: readonly DeskSide[], grants: readonly Grant[], need: Need, cx: Cx): Admitted => {
    for (const { desk, budgets } of sides) {
      desks.attend(desk, cx)
      desks.stockUp(desk, budgets, cx)
    }
    const parts = sides.flatMap(({ desk }, position): Part[] => {
      const grant = grants[position]
      return grant === undefined ? [] : [{ desk, grant }]
    })
    return { need, parts, rates: ratesOf(sides, cx.now()) }
  }

  /** What is lent is put into the purses and taken out again without a pause, so that nobody comes between. */
  const takeDrawn = (
    sides: readonly DeskSide[],
    lacking: readonly DeskSide[],
    answers: readonly Answer[],
    need: Need,
    now: number,
  ): { readonly need: Need; readonly grants: readonly Grant[] } | undefined => {
    for (const [position, { book }] of lacking.entries()) {
      const answer = answers[position]
      if (answer?.ok === true) deposit(book, answer.value, now)
    }
    if (!answers.every(({ ok }) => ok)) return undefined
    const granted = fitting(sides, need, now)
    const grants = granted === undefined ? undefined : takeAll(sides, granted.amounts, now)
    return granted === undefined || grants === undefined ? undefined : { need: granted, grants }
  }

  return {
    async admit(accounts, need, cx) {
      const sidesNow = (): readonly DeskSide[] =>
        sidesOf(accounts, need.amounts, (one) => desks.of(one, cx.now()))
      let sides = sidesNow()
      if (sides.length === 0) return { need, parts: [], rates: [] }
      for (const { desk } of sides) learn(desk.book.pace, need.amounts, cx.now())
      const held = takeAll(sides, need.amounts, cx.now())
      if (held !== undefined) return admitted(sides, held, need, cx)
      for (let turn = 0; ; turn += 1) {
        const now = cx.now()
        const lacking = sides.filter(({ desk, budgets }) => !covers(desk.book, budgets, need.amounts, now))
        const answers = await Promise.all(
          lacking.map(({ desk, budgets }) => {
            const asked = { least: need.least, need: need.amounts }
            return desks.draw(desk, budgets, asked, turn > 0 || isScarce(desk.book), now)
          }),
        )
        const taken = takeDrawn(sides, lacking, answers, need, cx.now())
        if (taken !== undefined) return admitted(sides, taken.grants, taken.need, cx)
        const lost = lacking[answers.findIndex((answer) => !answer.ok && answer.refused === undefined)]
        const refusals = refusalsIn(lacking, answers)
        const [refused] = refusals
        const mayHelp = refusals.every(({ side }) => holdsMore(side.book)) // what is held goes back first, then
        if (lost !== undefined || turn === RETRIES || !mayHelp) {
          for (const { desk } of sides) desks.giveBack(desk, cx)
          if (lost !== undefined) throw new Failed(away(lost, 1_000))
          if (refused === undefined) throw new Failed(away(sides[0], 100))
          const whose = refused.side.desk.account.whose
          throw new Failed(refusal(refused.why, whose, cx.now(), ratesOf(sides, cx.now()), need))
        }
        sides = sidesNow()
      }
    },

    settle(all, used, cx) {
      const byDesk = new Map<Desk, Grant[]>()
      for (const { desk, grant } of all.flatMap(({ parts }) => parts))
        byDesk.set(desk, [...(byDesk.get(desk) ?? []), grant])
      for (const [desk, grants] of byDesk) {
        for (const [grant, share] of sharesOf(grants, used)) close(desk.book, grant, share, cx.now())
        desks.attend(desk, cx)
      }
    },
  }
}

const away = (side: DeskSide | undefined, retryAfterMs: number): Failure => ({
  kind: 'unavailable',
  what: `The ${side?.desk.account.whose ?? 'key'}'s budget`,
  retryAfterMs,
})

const sidesOf = (
  accounts: readonly Account[],
  need: Amounts,
  deskOf: (account: Account) => Desk,
): readonly DeskSide[] =>
  accounts.flatMap((account): DeskSide[] => {
    const budgets = account.budgets.filter(({ unit }) => need[unit] > 0)
    if (budgets.length === 0) return []
    const desk = deskOf(account)
    return [{ desk, book: desk.book, budgets }]
  })

interface Refusal {
  readonly side: DeskSide
  readonly why: Refused
}

/** The one that lasts longest comes first. */
const refusalsIn = (lacking: readonly DeskSide[], answers: readonly Answer[]): readonly Refusal[] =>
  lacking
    .flatMap((side, position): Refusal[] => {
      const answer = answers[position]
      return answer?.ok === false && answer.refused !== undefined ? [{ side, why: answer.refused }] : []
    })
    .toSorted((a, b) => b.why.resetsAt - a.why.resetsAt)

const ratesOf = (sides: readonly DeskSide[], now: number): readonly RateLeft[] =>
  sides.flatMap(({ desk }) => ratesLeft(desk.book, desk.account.budgets, now))

/** What was used, out of each grant in turn; what is beyond all of them is booked on the first. */
function sharesOf(grants: readonly Grant[], used: Amounts): readonly (readonly [Grant, Amounts])[] {
  const left = { ...used }
  const shares = grants.map((grant): [Grant, { -readonly [unit in keyof Amounts]: number }] => {
    const share = { usd: 0, tokens: 0, requests: 0 }
    // Two budgets of a unit are granted the same amount.
    for (const { unit, amount } of grant.slots) share[unit] = Math.min(left[unit], amount)
    for (const unit of ['usd', 'tokens', 'requests'] as const) left[unit] -= share[unit]
    return [grant, share]
  })
  const [first] = shares
  if (first !== undefined)
    for (const unit of ['usd', 'tokens', 'requests'] as const) first[1][unit] += left[unit]
  return shares
}
