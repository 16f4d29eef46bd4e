// The labels of a learner, by the request that each is about: in lots as they came, the last word on each, the oldest gone.
import type { Named } from './label.ts'
import type { LearnerStore, Lot } from './store.ts'

export interface Shelf {
  /** What of this is news. */
  fresh(named: readonly Named[]): readonly Named[]
  /** True where one of them takes back what was said before. */
  add(lot: Lot): boolean
  /** In the order of the last word on each. */
  all(): readonly Named[]
  /** Labels by source. */
  counts(): Record<string, number>
}

/** Reads everything that is kept, up to so many labels. */
export function openShelf(store: LearnerStore, most: number): Shelf {
  const latest = new Map<string, { readonly seq: number; readonly named: Named }>()
  const lots: { readonly seq: number; readonly count: number }[] = []
  let count = 0 // of what is written, replaced ones included

  const put = ({ seq, named }: Lot): boolean => {
    let isReplaced = false
    for (const one of named) {
      isReplaced = latest.delete(one.id) || isReplaced
      latest.set(one.id, { seq, named: one })
    }
    lots.push({ seq, count: named.length })
    count += named.length
    return isReplaced
  }

  const trim = (): void => {
    let upto: number | undefined
    for (let oldest = lots[0]; oldest !== undefined && count > most && lots.length > 1; oldest = lots[0]) {
      upto = oldest.seq
      count -= oldest.count
      lots.shift()
    }
    if (upto === undefined) return
    store.removeLots(upto)
    for (const [id, { seq }] of latest) if (seq <= upto) latest.delete(id)
  }

  for (const lot of store.lotsAfter(0)) put(lot)

  return {
    fresh: (named) =>
      named.filter((one) => {
        const before = latest.get(one.id)
        return before === undefined || !saysSame(before.named, one)
      }),
    add(lot) {
      store.writeLot(lot)
      const isReplaced = put(lot)
      trim()
      return isReplaced
    },
    all: () => [...latest.values()].map(({ named }) => named),
    counts() {
      const sources: Record<string, number> = {}
      for (const { named } of latest.values())
        sources[named.label.source] = (sources[named.label.source] ?? 0) + 1
      return sources
    },
  }
}

const saysSame = (one: Named, other: Named): boolean =>
  one.label.sketch === other.label.sketch &&
  one.label.weak === other.label.weak &&
  one.label.strong === other.label.strong
