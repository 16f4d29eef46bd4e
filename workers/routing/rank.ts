// In which order equal choices are asked: the vendors of one model, and the models of one tier. Pure.
import type { Sort } from '../../shared/dial.ts'
import { type HealthView, healthKey, type LastServed, type Ratings } from '../service.ts'
import type { Model } from './catalog.ts'
import { type Expected, expectOf, type Sizes } from './expect.ts'
import { staysWith } from './stick.ts'
import { type By, compare, compareModels, type Rated, selected } from './weigh.ts'

export interface Ranked {
  readonly models: readonly Model[]
  readonly by: By
}

/** What is known when models are ranked. */
export interface Sight {
  /** Asked for only where something depends on it: measuring costs time. */
  readonly sizes: () => Sizes
  readonly health: HealthView
  readonly now: number
  readonly sort?: Sort
  readonly ratings?: Ratings
  /** Who answered the conversation before, with a cache that is worth something. */
  readonly last?: LastServed
  /** 0..1, the same for a conversation, or for a request outside of one. */
  readonly chance: (what: string) => number
}

/** So many requests outside of conversations ask another vendor than the best, or none would ever be seen to be better. */
const TRIALS = 0.02

/** `isFixed`: the models have an order that only says who serves each of them may change. */
export function rank(models: readonly Model[], sight: Sight, isFixed: boolean): Ranked {
  if (models.length < 2) return { models, by: 'order' }
  if (sight.sort !== undefined) return sorted(models, sight.sort, sight)
  const groups = groupsOf(models).map((group) => rankPlaces(group, sight))
  const [first] = groups
  const { groups: ranked, by } = isFixed ? { groups, by: 'order' as const } : rankModels(groups, sight)
  const flat = ranked.flatMap((group) => group.models)
  const chosen = by === 'order' ? (ranked[0] ?? first)?.by : by
  return stay(flat, chosen ?? 'order', sight)
}

/** The places of one model stand together, under its name. */
function groupsOf(models: readonly Model[]): readonly (readonly Model[])[] {
  const groups: Model[][] = []
  for (const model of models) {
    const group = groups.at(-1)
    if (model.of !== undefined && group?.[0]?.of === model.of) group.push(model)
    else groups.push([model])
  }
  return groups
}

const ownLast = ({ last }: Sight, model: Model): LastServed | undefined =>
  last?.target === healthKey(model) ? last : undefined

/** With what the conversation has cached there. */
const expected = (model: Model, sight: Sight): Expected =>
  expectOf(model, sight.sizes(), sight.health, ownLast(sight, model))

/** For any request of this size. */
const usual = (model: Model, { sizes, health }: Sight): Expected => expectOf(model, sizes(), health)

/** Vendors of one model: by their weights where they have some, else by what they cost and how long they take; those that got worse last. */
function rankPlaces(places: readonly Model[], sight: Sight): Ranked {
  if (places.length < 2) return { models: places, by: 'order' }
  const isMarked = ({ name }: Model): boolean => sight.ratings?.isMarked(name) === true
  const marked = places.filter(isMarked)
  const sound = places.filter((model) => !isMarked(model))
  const { order: first, by: why } = selected(sound, (model) => usual(model, sight), compare)
  const order = [...first, ...marked]
  const by: By = why === 'order' && order[0] !== places[0] ? 'regression' : why
  const up = order.filter((model) => sight.health.standing(healthKey(model), sight.now) === 'up')
  const picked = pickByWeight(up, sight.chance('weight'))
  if (picked !== undefined) return { models: toFront(order, picked), by: 'weight' }
  const chance = sight.chance('trial')
  const others = up.filter((model) => model !== order[0] && !isMarked(model))
  if (sight.last !== undefined || chance >= TRIALS || others.length === 0) return { models: order, by }
  const tried = others[Math.floor((chance / TRIALS) * others.length)]
  return tried === undefined ? { models: order, by } : { models: toFront(order, tried), by: 'trial' }
}

function pickByWeight(models: readonly Model[], chance: number): Model | undefined {
  const total = models.reduce((sum, { weight = 0 }) => sum + weight, 0)
  // The order must not depend on what was measured, or a conversation would move with it.
  const named = models.toSorted((a, b) => (healthKey(a) < healthKey(b) ? -1 : 1))
  let left = chance * total
  return total === 0
    ? undefined
    : named.find(({ weight = 0 }) => {
        left -= weight
        return left < 0
      })
}

/** Models of a tier: those that got worse last. */
function rankModels(
  groups: readonly Ranked[],
  sight: Sight,
): { readonly groups: readonly Ranked[]; readonly by: By } {
  const { ratings } = sight
  if (ratings === undefined) return { groups, by: 'order' }
  const nameOf = ({ models: [model] }: Ranked): string => model?.of ?? model?.name ?? ''
  const qualityOf = (group: Ranked): number | undefined => ratings.quality(nameOf(group))
  const sound = groups.filter((group) => !ratings.isMarked(nameOf(group)))
  const marked = groups.filter((group) => ratings.isMarked(nameOf(group)))
  const rate = (group: Ranked): Rated => {
    const [model] = group.models
    return { ...(model === undefined ? {} : usual(model, sight)), quality: qualityOf(group) }
  }
  const { order, by } = selected(sound, rate, compareModels)
  const ranked = [...order, ...marked]
  const isMoved = ranked[0] !== groups[0]
  return { groups: ranked, by: isMoved && by === 'order' ? 'regression' : by }
}

/** Whoever asks for an order gets it; what is not known comes last. */
function sorted(models: readonly Model[], sort: Sort, sight: Sight): Ranked {
  const key = (model: Model): number => {
    const { costMicros, firstMs, tokensPerSecond } = expected(model, sight)
    switch (sort) {
      case 'price':
        return costMicros ?? Number.MAX_VALUE
      case 'latency':
        return firstMs ?? Number.MAX_VALUE
      case 'throughput':
        return tokensPerSecond === undefined ? Number.MAX_VALUE : -tokensPerSecond
    }
  }
  const order = models
    .map((model) => ({ model, key: key(model) }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ model }) => model)
  return { models: order, by: order[0] === models[0] ? 'order' : sort }
}

function stay(models: readonly Model[], by: By, sight: Sight): Ranked {
  const [first] = models
  const last = models.find((model) => ownLast(sight, model) !== undefined)
  if (first === undefined || last === undefined || last === first) return { models, by }
  if (sight.health.standing(healthKey(last), sight.now) !== 'up') return { models, by }
  if ([last.of ?? last.name, last.name].some((name) => sight.ratings?.isMarked(name))) return { models, by }
  const isSameModel = last.of !== undefined && last.of === first.of
  return staysWith(expected(last, sight), expected(first, sight), isSameModel)
    ? { models: toFront(models, last), by: 'conversation' }
    : { models, by }
}

const toFront = (models: readonly Model[], first: Model): readonly Model[] => [
  first,
  ...models.filter((model) => model !== first),
]
