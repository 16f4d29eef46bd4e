// How often a target may be asked again: a share of the calls it gets, so that an outage never doubles its load.
import type { Target } from '../../shared/plan.ts'
import { type Answer, type Cx, healthKey, type Layer } from '../service.ts'
import type { Call } from './deadline.ts'

/** Retries a target has left, at a time. */
export interface Allowance {
  readonly retries: number
  readonly at: number
}

/** What every call adds. */
const SHARE = 0.2
/** What every second adds, so that a target with few calls may be asked again at all. */
const PER_SECOND = 1
/** What can be saved up. */
const MOST = 10

export const fullAllowance = (now: number): Allowance => ({ retries: MOST, at: now })

const filled = ({ retries, at }: Allowance, now: number): Allowance => ({
  retries: Math.min(MOST, retries + (Math.max(0, now - at) / 1_000) * PER_SECOND),
  at: now,
})

/** After one more call. */
export function earn(allowance: Allowance, now: number): Allowance {
  const { retries } = filled(allowance, now)
  return { retries: Math.min(MOST, retries + SHARE), at: now }
}

/** After a retry; undefined where none is left. */
export function spend(allowance: Allowance, now: number): Allowance | undefined {
  const { retries } = filled(allowance, now)
  return retries < 1 ? undefined : { retries: retries - 1, at: now }
}

export interface Allowances {
  /** Around every call: it is what retries are a share of. */
  readonly counting: Layer<Call, Answer>
  mayRetry(target: Target, cx: Cx): boolean
}

/** Targets whose allowance an isolate remembers; one that is forgotten has a full one again. */
const MAX_TARGETS = 1_000

export function openAllowances(): Allowances {
  const allowances = new Map<string, Allowance>() // a cache, bounded by MAX_TARGETS
  const allowanceOf = (key: string, now: number): Allowance => allowances.get(key) ?? fullAllowance(now)
  const keep = (key: string, allowance: Allowance): void => {
    if (allowances.size >= MAX_TARGETS && !allowances.has(key)) allowances.clear()
    allowances.set(key, allowance)
  }
  return {
    counting: (inner) => (call, cx) => {
      const key = healthKey(call.target)
      keep(key, earn(allowanceOf(key, cx.now()), cx.now()))
      return inner(call, cx)
    },
    mayRetry(target, cx) {
      const key = healthKey(target)
      const left = spend(allowanceOf(key, cx.now()), cx.now())
      if (left !== undefined) keep(key, left)
      return left !== undefined
    },
  }
}
