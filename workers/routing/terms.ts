// On which terms a route's small models answer first. Pure.
import { invalid } from '../../shared/mistake.ts'
import type { Cascade, Plan } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Policy } from './catalog.ts'

export const DEFAULT_CASCADE: Cascade = { holdMs: 8_000, holdChars: 64_000, secondAnswer: true }

/** As the route has it in the configuration. */
export type CascadeWish = boolean | { readonly [term in keyof Cascade]?: Cascade[term] | undefined }

export const termsOf = (wish: CascadeWish | undefined): Cascade | undefined => {
  if (wish === undefined || wish === false) return undefined
  const { holdMs, holdChars, secondAnswer, runTests }: Exclude<CascadeWish, boolean> =
    wish === true ? DEFAULT_CASCADE : wish
  return {
    holdMs: holdMs ?? DEFAULT_CASCADE.holdMs,
    holdChars: holdChars ?? DEFAULT_CASCADE.holdChars,
    secondAnswer: secondAnswer ?? DEFAULT_CASCADE.secondAnswer,
    ...(runTests === undefined ? {} : { runTests }),
  }
}

/** The request's own wish comes before the route's. */
export function cascadeFor(policy: Policy, { cascade }: Pick<ModelRequest, 'cascade'>): Cascade | undefined {
  if (policy.kind !== 'tiers' || cascade === false) return undefined
  return policy.cascade ?? (cascade === true ? DEFAULT_CASCADE : undefined)
}

/** The plan of a cascade, where a small model comes first and a larger one stands behind it. */
export function inCascade(plan: Plan, terms: Cascade | undefined): Plan {
  const isBacked = plan.targets.some(({ tier }) => tier === 'frontier')
  if (terms === undefined || !isBacked || plan.targets[0]?.tier !== 'mini') return plan
  return { ...plan, cascade: terms, reason: plan.reason === 'easy' ? 'cascade' : plan.reason }
}

/** Tests that are not run would be taken for passed. */
export function refuseTests(
  { tests, choices, model }: Pick<ModelRequest, 'tests' | 'choices' | 'model'>,
  terms: Cascade | undefined,
): void {
  if (tests === undefined || (terms !== undefined && terms.runTests !== false && choices === 1)) return
  const why =
    terms === undefined
      ? `is for cascades, and '${model}' is asked without one: send "minnow": { "cascade": true } with a route over small and large models`
      : terms.runTests === false
        ? `is run by cascades that run code, and the one of '${model}' does not ("runTests": false)`
        : "needs one answer to run them against: leave 'n' out"
  const message = `'minnow.tests' ${why}, or leave the tests out.`
  throw invalid(message, 'minnow.tests')
}
