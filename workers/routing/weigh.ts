// What speaks for one choice against another, on one scale, and the order that follows where it is clear. Pure.
import type { Expected } from './expect.ts'

/** Why the first one is first: `order` where nothing spoke against the configuration's. */
export type By =
  | 'order'
  | 'price'
  | 'latency'
  | 'throughput'
  | 'quality'
  | 'regression'
  | 'weight'
  | 'trial'
  | 'conversation'

/** Evidence beyond this moves a model before another: as much as 15 % of the price. */
const MARGIN = Math.log(1.15)
/** Twice the time weighs as much as 1.4 times the price. */
const TIME = 0.5
/** One point of a hundred in quality weighs as much as a tenth of the price. */
const QUALITY = 10
export type Advantage = readonly [By, number]

/** What speaks for one against another, on one scale; what is not known of both says nothing. */
/** What else is known of a model, where two are no places of the same. */
export type Rated = Expected & { readonly quality: number | undefined }

/** Only where the quality of both is known does one model go before another. */
export const compareModels = (a: Rated, b: Rated): readonly Advantage[] =>
  a.quality === undefined || b.quality === undefined
    ? []
    : [['quality', QUALITY * (a.quality - b.quality)], ...compare(a, b)]

export function compare(a: Expected, b: Expected): Advantage[] {
  const price =
    a.costMicros === undefined || b.costMicros === undefined
      ? 0
      : Math.log(Math.max(1, b.costMicros) / Math.max(1, a.costMicros))
  const [ours, theirs] = [timeOf(a, b), timeOf(b, a)]
  const time =
    ours === undefined || theirs === undefined ? 0 : TIME * Math.log(Math.max(1, theirs) / Math.max(1, ours))
  return [
    ['price', price],
    ['latency', time],
  ]
}

/** Milliseconds to an answer of 300 tokens, or to its beginning where the speed of one is not known. */
function timeOf({ firstMs, tokensPerSecond: speed }: Expected, other: Expected): number | undefined {
  if (firstMs === undefined) return undefined
  return speed === undefined || other.tokensPerSecond === undefined ? firstMs : firstMs + 300_000 / speed
}

/** The given order, but whoever is clearly better than one before it goes before that one. */
export function selected<Item, Known>(
  items: readonly Item[],
  know: (item: Item) => Known,
  weigh: (a: Known, b: Known) => readonly Advantage[],
): { readonly order: readonly Item[]; readonly by: By } {
  const left = items.map((item) => ({ item, known: know(item) }))
  const [given] = left
  const order: Item[] = []
  let by: By = 'order'
  while (left.length > 0) {
    let leader = left[0]
    for (const rival of left.slice(1)) {
      if (leader === undefined) break
      const advantages = weigh(rival.known, leader.known)
      if (advantages.reduce((sum, [, worth]) => sum + worth, 0) > MARGIN) leader = rival
    }
    if (leader === undefined) break
    if (order.length === 0 && given !== undefined && leader !== given) {
      const [best] = weigh(leader.known, given.known).toSorted((a, b) => b[1] - a[1])
      by = best?.[0] ?? by
    }
    order.push(leader.item)
    left.splice(left.indexOf(leader), 1)
  }
  return { order, by }
}
