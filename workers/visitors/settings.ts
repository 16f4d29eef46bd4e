// What one conversation of a visitor may do, from the configuration. Pure.
import { DAY_MS } from '../../shared/defaults.ts'
import { microsFromDollars } from '../../shared/money.ts'
import type { VisitorsConfig } from '../../shared/visitors-schema.ts'
import type { Budget } from '../service.ts'

export interface VisitorSettings {
  readonly budgetUsd: number
  readonly rpm: number
  readonly tokenMs: number
  readonly renewMs: number
  readonly instructions?: string
}

const MINUTE_MS = 60_000

export const settingsOf = (config: VisitorsConfig = {}): VisitorSettings => ({
  budgetUsd: config.budgetUsd ?? 0.1,
  rpm: config.rpm ?? 20,
  tokenMs: (config.minutes ?? 15) * MINUTE_MS,
  renewMs: (config.renewDays ?? 30) * DAY_MS,
  ...(config.instructions === undefined ? {} : { instructions: config.instructions }),
})

/** What holds for the conversation, beside what holds for its key. */
export const budgetsOf = ({ budgetUsd, rpm }: VisitorSettings): readonly Budget[] => [
  { unit: 'usd', window: 'total', limit: microsFromDollars(budgetUsd) },
  { unit: 'requests', window: 'rate', limit: rpm },
]
