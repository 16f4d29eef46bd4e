// How well a route's learner does on labels that it had not seen when it was asked, and whether it is heard. Pure.
import type { Standing } from '../../shared/label.ts'
import { type Curve, curveOf, type TierCosts } from './calibrate.ts'
import { apgrOf } from './gauge.ts'
import type { Stored } from './labels.ts'

/** Guesses with both outcomes known, before which nothing can be said. */
export const ENOUGH = 150
/** Older guesses were made by a learner that knew less. */
const RECENT = 1_000

export interface Held {
  readonly gain: number
  readonly prior: number
  readonly weak: number
  readonly strong: number
}

/** The newer half of the guesses whose outcome is known on both sides. */
export function heldOut(labels: readonly Stored[]): Held[] {
  const all = labels.flatMap(({ weak, strong, guess, prior }) =>
    weak === undefined || strong === undefined || guess === undefined
      ? []
      : [{ gain: guess, prior, weak, strong }],
  )
  return all.slice(-Math.min(RECENT, Math.max(ENOUGH, Math.ceil(all.length / 2))))
}

/** `rival`: whose order it is measured against. */
export function standingOf(labels: readonly Stored[], rival: string): Standing {
  const held = heldOut(labels)
  const count = { labels: labels.length }
  if (held.length < ENOUGH) {
    const reason = `Off: ${held.length} of ${ENOUGH} guesses have been compared with both models' answers.`
    return { ...count, isOn: false, reason }
  }
  const learner = apgrOf(held)
  const prior = apgrOf(held.map((label) => ({ ...label, gain: label.prior })))
  const found = { ...count, learner, prior }
  const figures = `${learner.toFixed(3)} on its last ${held.length} held-out labels, ${rival} ${prior.toFixed(3)}, chance .500`
  if (held.reduce((sum, { weak, strong }) => sum + strong - weak, 0) <= 0)
    return {
      ...found,
      isOn: false,
      reason: `Off: the strong model was no better on the last ${held.length} held-out labels.`,
    }
  if (learner < Math.max(prior, 0.5)) return { ...found, isOn: false, reason: `Off: ${figures}.` }
  return { ...found, isOn: true, reason: `On: ${figures}.` }
}

/**
 * Those that nobody chose by what was expected of them. A cascade learns of what it doubted, people of what they disliked:
 * by such labels small models look worse than they are, the more so the more is escalated, which would escalate more.
 */
const isDrawn = ({ source }: Stored): boolean => source === 'shadow' || source === 'rebench'

/**
 * Which quality a share of strong calls reaches, in the order of those who are heard: by labels that were drawn, where
 * there are enough of them.
 */
export function curveFor(labels: readonly Stored[], isOn: boolean, costs?: TierCosts): Curve | undefined {
  const drawn = heldOut(labels.filter(isDrawn))
  const held = drawn.length < ENOUGH ? heldOut(labels) : drawn
  if (held.length < ENOUGH) return undefined
  return curveOf(
    held.map((label) => (isOn ? label : { ...label, gain: label.prior })),
    costs,
  )
}
