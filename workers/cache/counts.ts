// What came of asking for kept answers, in numbers that add up over objects. Pure.

export const SUMS = [
  /** Given again to the same question. */
  'exact',
  /** To one in other words. */
  'semantic',
  /** Told to another who asked the same meanwhile. */
  'shared',
  /** Nothing was there. */
  'missed',
  'stored',
  /** To make room. */
  'evicted',
  'expired',
  /** What hits would have cost, in micro-dollars. */
  'saved_micros',
] as const

export type Sum = (typeof SUMS)[number]

export type Counts = Readonly<Record<Sum, number>>

export const noCounts: Counts = {
  exact: 0,
  semantic: 0,
  shared: 0,
  missed: 0,
  stored: 0,
  evicted: 0,
  expired: 0,
  saved_micros: 0,
}

export const plus = (left: Counts, right: Partial<Counts>): Counts => ({
  exact: left.exact + (right.exact ?? 0),
  semantic: left.semantic + (right.semantic ?? 0),
  shared: left.shared + (right.shared ?? 0),
  missed: left.missed + (right.missed ?? 0),
  stored: left.stored + (right.stored ?? 0),
  evicted: left.evicted + (right.evicted ?? 0),
  expired: left.expired + (right.expired ?? 0),
  saved_micros: left.saved_micros + (right.saved_micros ?? 0),
})
