// Which targets a request goes to, in which order, and why. Pure.
import type { Plan, Target, Tier } from '../../shared/plan.ts'
import { type ModelRequest, textOf } from '../../shared/request.ts'
import type { Catalog, Model, Policy } from './catalog.ts'
import type { Effort } from './classify.ts'
import { PLAIN_CUT } from './dial.ts'

type Tiers = Extract<Policy, { kind: 'tiers' }>

export interface Decision {
  readonly request: ModelRequest
  readonly policy: Policy
  readonly effort: Effort
  /** Scores above this go to the strong model, by the route's dial. */
  readonly cut: number
  readonly retries: Catalog['retries']
}

export function choose({ request, policy, effort, cut, retries }: Decision): Plan {
  const common = {
    route: request.model,
    retries,
    ...(policy.hedgeAfterMs === undefined ? {} : { hedgeAfterMs: policy.hedgeAfterMs }),
  }
  if (policy.kind === 'order') {
    return {
      ...common,
      targets: targetsOf(policy.models, 'fixed'),
      tier: 'fixed',
      reason: policy.models.length > 1 ? 'order' : 'model',
    }
  }
  return { ...common, ...chooseTier(request, policy, effort, cut) }
}

type Chosen = Pick<Plan, 'targets' | 'tier' | 'reason' | 'score' | 'cut' | 'features'>

function chooseTier(request: ModelRequest, policy: Tiers, effort: Effort, cut: number): Chosen {
  const { mini, frontier } = policy
  const minis = targetsOf(mini, 'mini')
  const frontiers = targetsOf(frontier, 'frontier')
  // A plain-text mini knows a few things only: no dial sends it what it cannot do.
  const plainOnly = mini.every((model) => model.plainText)
  const bound = plainOnly ? Math.min(cut, PLAIN_CUT) : cut
  const seen = { score: round(effort.score), cut: round(bound), features: effort.features }
  if (frontier.length === 0) return { ...seen, targets: minis, tier: 'mini', reason: 'no-frontier' }
  if (mini.length === 0) return { ...seen, targets: frontiers, tier: 'frontier', reason: 'no-mini' }
  const obstacle = mini
    .map((model) => obstacleFor(model, request))
    .reduce((all, one) => (all === undefined ? undefined : one), 'none')
  if (obstacle === undefined && effort.score <= bound) {
    const able = targetsOf(
      mini.filter((model) => obstacleFor(model, request) === undefined),
      'mini',
    )
    return { ...seen, targets: [...able, ...frontiers], tier: 'mini', reason: 'easy' }
  }
  // A frontier's outage is not hidden behind a model that would only say it cannot help.
  const spare = targetsOf(
    mini.filter((model) => !model.plainText && obstacleFor(model, request) === undefined),
    'mini',
  )
  return { ...seen, targets: [...frontiers, ...spare], tier: 'frontier', reason: obstacle ?? 'hard' }
}

const targetsOf = (models: readonly Model[], tier: Tier): Target[] =>
  models.map(({ plainText: _, ...model }) => ({ ...model, tier }))

const round = (value: number): number => Math.round(value * 1000) / 1000

/** English text has about four characters a token; answers need room too. */
const CHARS_PER_TOKEN = 4

/** Why a model cannot serve a request, as one word; undefined when it can. */
function obstacleFor(model: Model, request: ModelRequest): string | undefined {
  if (model.plainText) {
    if (request.tools.length > 0) return 'tools'
    if (request.format.type !== 'text') return 'format'
    if (request.messages.some((message) => message.parts.some((part) => part.type !== 'text')))
      return 'images'
  }
  const chars = request.messages.reduce((sum, message) => sum + textOf(message).length, 0)
  const room = model.contextWindow
  if (room !== undefined && chars / CHARS_PER_TOKEN > room * (model.plainText ? 0.5 : 0.9)) return 'long'
  return undefined
}
