// What another setting of the dial would have meant: cost from the route's own last requests, quality from what it has
// learned. Pure.
import type { Learned, WhatIf } from './answers.ts'
import { money, share } from './figures.ts'

export interface Setting {
  readonly share: number
  /** US dollars per 1,000 requests; undefined where there is nothing to go by. */
  readonly per1k: number | undefined
  /** Of the frontier's, 0..1; undefined until it is known. */
  readonly quality: number | undefined
}

interface Point {
  readonly share: number
  readonly value: number
}

/** On the line between the two points around it. */
function at(points: readonly Point[], wanted: number): number | undefined {
  const after = points.findIndex((point) => point.share >= wanted)
  const [low, high] = [points[after - 1], points[after]]
  if (high === undefined) return points.at(-1)?.value
  if (low === undefined) return high.value
  return low.value + ((wanted - low.share) / (high.share - low.share)) * (high.value - low.value)
}

export function settingAt(wanted: number, past: WhatIf, curve: Learned['curve']): Setting {
  const costs = past.points.map((point) => ({ share: point.share, value: point.per_1k }))
  const qualities =
    curve === null || curve.strong <= 0
      ? []
      : curve.points.map((point) => ({ share: point.share, value: point.quality / curve.strong }))
  return { share: wanted, per1k: at(costs, wanted), quality: at(qualities, wanted) }
}

/** Where answers are looked at, a share is of those, and its cost and its quality are too. */
export function whatDecides(
  past: WhatIf,
  learned: readonly Learned[],
): { readonly past: WhatIf; readonly curve: Learned['curve'] } {
  const curve = learned.find((one) => one.curve !== null)?.curve ?? null
  if (past.look === null) return { past, curve }
  const looked = learned.find(({ look }) => (look?.curve ?? null) !== null)?.look?.curve ?? null
  return { past: { ...past, ...past.look }, curve: looked }
}

/** A sentence for the setting under the hand. */
export function sayingOf(setting: Setting, past: WhatIf): string {
  const { per1k, quality } = setting
  const head = `With ${share(setting.share)} strong calls`
  const parts = [
    per1k === undefined
      ? ''
      : `1,000 requests would have cost ${money(per1k)}${difference(per1k, past.per_1k)}`,
    quality === undefined ? '' : `their quality would have been ${share(quality, 1)} of the frontier’s`,
  ].filter((part) => part !== '')
  return parts.length === 0
    ? 'Too few requests were scored to say what another setting would have meant.'
    : `${head} ${parts.join(', and ')}.`
}

function difference(per1k: number, now: number | null): string {
  if (now === null || now === 0) return ''
  const change = per1k / now - 1
  if (Math.abs(change) < 0.005) return ', as they did'
  return `, ${share(Math.abs(change))} ${change < 0 ? 'less' : 'more'} than they did`
}
