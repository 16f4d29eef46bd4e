// What a decision is made from, and what it comes to before health has a say. Pure.
import type { Sort } from '../../shared/dial.ts'
import type { Plan, Target, Tier } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { HealthView, LastServed, Ratings } from '../service.ts'
import type { Catalog, Model, Policy } from './catalog.ts'
import type { Effort } from './classify.ts'
import { outputOf, type Sizes } from './expect.ts'
import { rank, type Ranked, type Sight } from './rank.ts'
import { cachedAt } from './stick.ts'
import { able, doubtOf, type Needs, needsOf } from './suit.ts'

export interface Decision {
  readonly request: ModelRequest
  readonly policy: Policy
  readonly effort: Effort
  /** Scores above this go to the strong model, by the route's dial. */
  readonly cut: number
  /** Why the cut is as it is, where that is no ordinary thing. */
  readonly why?: 'no-evidence'
  readonly retries: Catalog['retries']
  /** The prompt is to be counted, not answered: it may be longer than any model reads. */
  readonly anyLength?: boolean
  readonly health: HealthView
  readonly now: number
  readonly sort?: Sort
  readonly ratings?: Ratings
  /** Who answered the conversation before. */
  readonly last?: LastServed
  /** 0..1 for what is left to chance: always the same for a conversation, or for a request outside of one. */
  readonly chance?: (what: string) => number
}

export type Chosen = Pick<Plan, 'targets' | 'tier' | 'reason' | 'score' | 'cut' | 'features' | 'by'>

export const needsIn = ({ request, anyLength = false }: Decision): Needs =>
  anyLength ? { ...needsOf(request), chars: 0 } : needsOf(request)

/** English text has about four characters a token. */
const CHARS_PER_TOKEN = 4

export function sightOf(decision: Decision, models: readonly Model[], needs: Needs): Sight {
  const { request, health, now, sort, ratings, chance = () => 1 } = decision
  const last = cachedAt(decision.last, now)
  const { stream, limits, serviceTier, embedding } = request
  let known: Sizes | undefined
  const sizes = (): Sizes =>
    (known ??= {
      promptTokens: Math.max(Math.ceil(needs.chars / CHARS_PER_TOKEN), last?.promptTokens ?? 0),
      outputTokens: embedding === undefined ? outputOf(models, health, stream, limits.maxOutput) : 0,
      stream,
      ...(serviceTier === undefined ? {} : { serviceTier }),
    })
  return {
    sizes,
    health,
    now,
    chance,
    ...(sort === undefined ? {} : { sort }),
    ...(ratings === undefined ? {} : { ratings }),
    ...(last === undefined ? {} : { last }),
  }
}

/** Those that can serve the request in the order they are asked, with the doubtful ones behind the others. */
export function arrange(models: readonly Model[], needs: Needs, sight: Sight, isFixed: boolean): Ranked {
  const left = able(models, needs)
  const sure = left.filter((model) => doubtOf(model, needs) === undefined)
  const doubtful = left.filter((model) => doubtOf(model, needs) !== undefined)
  const [first, second] = [rank(sure, sight, isFixed), rank(doubtful, sight, isFixed)]
  return { models: [...first.models, ...second.models], by: sure.length > 0 ? first.by : second.by }
}

export const targetsOf = (models: readonly Model[], tier: Tier): Target[] =>
  models.map(({ plainText: _plainText, of: _of, weight: _weight, ...model }) => ({ ...model, tier }))
