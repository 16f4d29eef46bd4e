// A refusal in words: which budget, whose, what is left of it, when it resets. Pure.
import type { Failure } from '../../shared/failure.ts'
import { writeDollars } from '../../shared/money.ts'
import { type RateLeft, writeDuration } from '../../shared/rates.ts'
import type { Target } from '../../shared/plan.ts'
import type { Unit } from '../service.ts'
import type { Account } from './account.ts'
import type { Refused } from './ledger.ts'
import type { Need } from './need.ts'
import { ABOUT_BOUNDS } from './prompt.ts'

type OverBudget = Extract<Failure, { kind: 'over-budget' }>

export function refusal(
  { budget, least, remaining, resetsAt }: Refused,
  whose: Account['whose'],
  now: number,
  rates: readonly RateLeft[],
  { bounded = [] }: Pick<Need, 'bounded'>,
): OverBudget {
  const { unit, window, limit } = budget
  const waits = Number.isFinite(resetsAt)
  const when = waits ? { resetsAt, retryAfterMs: Math.max(0, resetsAt - now) } : {}
  const about = bounded.includes(unit) ? ` ${ABOUT_BOUNDS}` : ''
  const told = rates.length === 0 ? {} : { rates }
  if (window === 'rate' || unit === 'requests') {
    const again = waits
      ? ` Try again in ${writeDuration(resetsAt - now)}.`
      : ' That is more than a whole minute of it, so waiting does not help: shorten the prompt.'
    const per = window === 'rate' ? 'minute' : window
    const message =
      `Rate limit of the ${whose} reached: ${limit} ${unit} per ${per}. ` +
      `This request needs ${least}, ${remaining} ${remaining === 1 ? 'is' : 'are'} left.${about}${again}`
    return { kind: 'over-budget', unit, code: 'rate_limit_exceeded', message, ...when, ...told }
  }
  const reset = waits ? ` It resets at ${new Date(resetsAt).toISOString()}.` : ' It does not reset.'
  const per = window === 'total' ? 'in total' : `per ${window}`
  const message =
    `The ${whose}'s budget of ${amountOf(unit, limit)} ${per} does not cover this request: with the shortest useful answer ` +
    `it can cost ${amountOf(unit, least)}, ${amountOf(unit, remaining)} is left.${about}${reset} Shorten the prompt, ` +
    `${waits ? 'wait for the reset, ' : ''}or ask the operator for more.`
  return { kind: 'over-budget', unit, code: 'insufficient_quota', message, ...when, ...told }
}

/** Another call would cost more than is left of the request's own limit. */
export function beyond(
  maxCostMicros: number,
  grantedMicros: number,
  leastMicros: number,
  target: Target,
): OverBudget {
  const left = writeDollars(Math.max(0, maxCostMicros - grantedMicros))
  const message =
    `x-minnow-max-cost of $${writeDollars(maxCostMicros)} leaves $${left} beside what was asked before, and with the ` +
    `shortest useful answer '${target.name}' can cost $${writeDollars(leastMicros)}. Raise the limit or shorten the prompt.`
  return { kind: 'over-budget', unit: 'usd', code: 'insufficient_quota', message }
}

const amountOf = (unit: Unit, amount: number): string =>
  unit === 'usd' ? `$${writeDollars(amount)}` : `${Math.floor(amount)} ${unit}`
