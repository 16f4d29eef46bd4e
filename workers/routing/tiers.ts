// Small model or large: which tier of a route a request goes to, and why. Pure.
import type { Plan } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { healthKey } from '../service.ts'
import type { Model, Policy } from './catalog.ts'
import { arrange, type Chosen, type Decision, needsIn, sightOf, targetsOf } from './decision.ts'
import { PLAIN_CUT } from './dial.ts'
import { expectOf } from './expect.ts'
import type { Ranked, Sight } from './rank.ts'
import { cutBetween, type TurnCost } from './stick.ts'
import { doubtOf, lackOf, type Needs, unable } from './suit.ts'

export type Tiers = Extract<Policy, { kind: 'tiers' }>

export function chooseTier(decision: Decision, policy: Tiers): Chosen {
  const { request, effort, cut } = decision
  const needs = needsIn(decision)
  const all = [...policy.mini, ...policy.frontier]
  const sight = sightOf(decision, all, needs)
  const [mini, frontier] = [policy.mini, policy.frontier].map((models) =>
    arrange(models, needs, sight, false),
  )
  if (mini === undefined || frontier === undefined) throw new Error('two tiers are two')
  const minis = targetsOf(mini.models, 'mini')
  const frontiers = targetsOf(frontier.models, 'frontier')
  // A plain-text mini knows a few things only: no dial sends it what it cannot do.
  const plainOnly = mini.models.every((model) => model.plainText)
  const bound = plainOnly ? Math.min(cut, PLAIN_CUT) : cut
  const fitting = mini.models.filter((model) => obstacleFor(model, request, needs) === undefined)
  const settled = settle(bound, fitting[0], frontier.models[0], sight)
  const seen = { score: round(effort.score), cut: round(clip(settled)), features: effort.features }
  const because = ({ by }: Ranked): Pick<Plan, 'by'> => (by === 'order' ? {} : { by })
  if (frontiers.length === 0) {
    // With a frontier that lacks something, a mini answers what it can; without any, it answers as well as it can.
    const isLeft = policy.frontier.length === 0 ? minis.length > 0 : fitting.length > 0
    if (!isLeft)
      throw unable(
        request.model,
        all.filter((model) => lackOf(model, needs) !== undefined),
        needs,
      )
    return { ...seen, targets: minis, tier: 'mini', reason: 'no-frontier', ...because(mini) }
  }
  if (minis.length === 0) {
    const lack = policy.mini.map((model) => lackOf(model, needs)).find((word) => word !== undefined)
    const reason = lack ?? 'no-mini'
    return { ...seen, targets: frontiers, tier: 'frontier', reason, ...because(frontier) }
  }
  // Where the conversation decides against what its newest message alone would have got, that is the reason.
  const isMoved = effort.score <= bound !== effort.score <= settled
  if (fitting.length > 0 && effort.score <= settled) {
    const targets = [...targetsOf(fitting, 'mini'), ...frontiers]
    return { ...seen, targets, tier: 'mini', reason: isMoved ? 'conversation' : 'easy', ...because(mini) }
  }
  const obstacle = fitting.length > 0 ? undefined : obstacleFor(mini.models[0], request, needs)
  // A frontier's outage is not hidden behind a model that would only say it cannot help.
  const spare = targetsOf(
    fitting.filter((model) => !model.plainText),
    'mini',
  )
  const reason = obstacle ?? (isMoved ? 'conversation' : (decision.why ?? 'hard'))
  return { ...seen, targets: [...frontiers, ...spare], tier: 'frontier', reason, ...because(frontier) }
}

/** The cut, with what a cached conversation makes dearer or cheaper. */
function settle(cut: number, weak: Model | undefined, strong: Model | undefined, sight: Sight): number {
  const { last, sizes, health } = sight
  if (last === undefined || weak === undefined || strong === undefined) return cut
  const costOf = (model: Model): TurnCost =>
    expectOf(model, sizes(), health, {
      ...last,
      cachedTokens: healthKey(model) === last.target ? last.cachedTokens : 0,
    })
  return cutBetween(cut, costOf(weak), costOf(strong))
}

const clip = (value: number): number => Math.min(1, Math.max(0, value))

const round = (value: number): number => Math.round(value * 1000) / 1000

/** A plain-text model fills half of its window at most. */
const PLAIN_CHARS_PER_TOKEN = 2

/** Why a small model should not be asked, as one word; undefined when it can. */
function obstacleFor(model: Model | undefined, request: ModelRequest, needs: Needs): string | undefined {
  if (model === undefined) return undefined
  if (!model.plainText) return doubtOf(model, needs)
  if (request.tools.length > 0) return 'tools'
  if (request.format.type !== 'text') return 'format'
  if (request.messages.some((message) => message.parts.some((part) => part.type !== 'text'))) return 'images'
  const room = model.contextWindow
  return room !== undefined && needs.chars / PLAIN_CHARS_PER_TOKEN > room ? 'long' : undefined
}
