// The money of a run: what may still be begun. Every call is covered by its worst case before it is made. Pure.

export interface Purse {
  /** Of the run, and of all runs of its month. */
  readonly runLimit: number
  readonly monthLimit: number
  readonly runSpent: number
  /** By the other runs of the month. */
  readonly monthSpent: number
  /** By calls that are under way: their worst cases. */
  readonly reserved: number
}

/** Micro-dollars that nothing has a claim on. */
export const leftIn = ({ runLimit, monthLimit, runSpent, monthSpent, reserved }: Purse): number =>
  Math.max(0, Math.min(runLimit - runSpent, monthLimit - monthSpent - runSpent) - reserved)

export const covers = (purse: Purse, worstMicros: number): boolean => worstMicros <= leftIn(purse)

/** Long texts are dear: so much of a run's money may go into them, shared by its models. */
const LONG_SHARE = 0.4

export const longLimit = (purse: Purse, models: number): number =>
  Math.floor((purse.runLimit * LONG_SHARE) / Math.max(1, models))

/** A month, UTC, as `2026-11`. */
export const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7)
