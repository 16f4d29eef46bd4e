// Budgets and rates of keys and projects: from what operators send to what is kept, and back. Pure.
import { Failed } from '../../shared/failure.ts'
import { dollarsFromMicros, microsFromDollars } from '../../shared/money.ts'
import type { Balance } from '../budget/ledger.ts'
import type { Budget, Window } from '../service.ts'

type CalendarWindow = Exclude<Window, 'rate'>

export interface AskedLimits {
  readonly budgets?:
    | readonly {
        readonly usd?: number | undefined
        readonly tokens?: number | undefined
        readonly window: CalendarWindow
      }[]
    | undefined
  readonly rpm?: number | null | undefined
  readonly tpm?: number | null | undefined
}

export interface AskedTotal {
  readonly usd?: number | undefined
  readonly tokens?: number | undefined
}

const budgetOf = ({ usd, tokens = 0 }: AskedTotal, window: CalendarWindow): Budget =>
  usd === undefined
    ? { unit: 'tokens', window, limit: tokens }
    : { unit: 'usd', window, limit: microsFromDollars(usd) }

export const totalOf = (asked: AskedTotal): Budget => budgetOf(asked, 'total')

export function budgetsOf({ budgets, rpm, tpm }: AskedLimits): Budget[] {
  const all = (budgets ?? []).map((entry) => budgetOf(entry, entry.window))
  const names = all.map((entry) => `${entry.unit} per ${entry.window}`)
  const twice = names.find((name, position) => names.indexOf(name) !== position)
  if (twice !== undefined) {
    throw new Failed({
      kind: 'invalid-request',
      message: `Invalid 'budgets': ${twice} is limited twice. Give each once.`,
      param: 'budgets',
    })
  }
  if (typeof rpm === 'number') all.push({ unit: 'requests', window: 'rate', limit: rpm })
  if (typeof tpm === 'number') all.push({ unit: 'tokens', window: 'rate', limit: tpm })
  return all
}

export const areLimits = (asked: AskedLimits): boolean =>
  asked.budgets !== undefined || asked.rpm !== undefined || asked.tpm !== undefined

/** A change of one limit leaves the others. */
export function changedBudgets(known: readonly Budget[], asked: AskedLimits): readonly Budget[] {
  if (!areLimits(asked)) return known
  const budgets = known.flatMap(({ unit, window, limit }) =>
    window === 'rate'
      ? []
      : [unit === 'usd' ? { usd: dollarsFromMicros(limit), window } : { tokens: limit, window }],
  )
  const kept = { budgets, rpm: rateIn(known, 'requests'), tpm: rateIn(known, 'tokens') }
  return budgetsOf({
    budgets: asked.budgets ?? kept.budgets,
    rpm: asked.rpm === undefined ? kept.rpm : asked.rpm,
    tpm: asked.tpm === undefined ? kept.tpm : asked.tpm,
  })
}

const rateIn = (budgets: readonly Budget[], unit: Budget['unit']): number | null =>
  budgets.find((budget) => budget.window === 'rate' && budget.unit === unit)?.limit ?? null

const inUnit = (unit: Budget['unit'], amount: number): number =>
  unit === 'usd' ? dollarsFromMicros(amount) : amount

const shownBudget = (budget: Budget): Record<string, unknown> => ({
  [budget.unit]: inUnit(budget.unit, budget.limit),
  window: budget.window,
})

export const shownTotal = (budget: Budget | undefined): Record<string, unknown> | null =>
  budget === undefined ? null : { [budget.unit]: inUnit(budget.unit, budget.limit) }

export const shownLimits = (budgets: readonly Budget[]): Record<string, unknown> => ({
  budgets: budgets.filter(({ window }) => window !== 'rate').map(shownBudget),
  rpm: rateIn(budgets, 'requests'),
  tpm: rateIn(budgets, 'tokens'),
})

const shownTime = (at: number): string | null => (Number.isFinite(at) ? new Date(at).toISOString() : null)

/** Budgets with what is spent and left; rates with what is left of them now. */
export const shownBalances = (balances: readonly Balance[]): Record<string, unknown> => ({
  budgets: balances
    .filter(({ budget }) => budget.window !== 'rate')
    .map(({ budget, spent, reserved, remaining, overrun, resetsAt }) => ({
      ...shownBudget(budget),
      spent: inUnit(budget.unit, spent),
      reserved: inUnit(budget.unit, reserved),
      remaining: inUnit(budget.unit, remaining),
      overrun: inUnit(budget.unit, overrun),
      resetsAt: shownTime(resetsAt),
    })),
  rates: balances
    .filter(({ budget }) => budget.window === 'rate')
    .map(({ budget, reserved, remaining, resetsAt }) => ({
      [budget.unit]: budget.limit,
      per: 'minute',
      reserved,
      remaining,
      fullAt: shownTime(resetsAt),
    })),
})
