// What becomes of a request once it has ended: its sketch is kept for feedback, its outcome is a label where it shows
// something, and a share of the requests is answered by the other tier as well. All of it off the path, and without text.
import type { Ending, Plan, Tier, Trial } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Sureness } from '../../shared/sureness.ts'
import type { Caller, Cx } from '../service.ts'
import type { Desk, Learners } from './desk.ts'
import { heardIn, type Qualities, trialShows } from './evidence.ts'
import type { Label, LabelSource, Noted } from '../../shared/label.ts'
import { HOUSE, type News } from './label.ts'
import { isSampled, type Sample, type Shadow } from './shadow.ts'

export interface Ended {
  readonly caller: Caller
  /** With everything that was said before it. */
  readonly request: ModelRequest
  readonly plan: Plan
  /** The tier that answered. */
  readonly tier: Tier
  readonly ending: Ending
  readonly trial: Trial | undefined
}

/** A task of the re-benchmark, and whether each tier's model had it right. */
export interface Outcome {
  readonly prompt: string
  readonly weak: boolean
  readonly strong: boolean
}

export interface Learning {
  ended(ended: Ended, cx: Cx): void
  /** Labels that come from nobody's traffic, for all tenants of a route. */
  teach(route: string, outcomes: readonly Outcome[], cx: Cx): void
  /** What a caller thinks of an answer; false where nothing is known of the request, or not any more. */
  feedback(caller: Caller, route: string, requestId: string, score: number): Promise<boolean>
}

export interface LearningOptions {
  readonly desk: Pick<Desk<unknown>, 'tell'>
  readonly learners: Learners
  readonly noteOf: (request: ModelRequest, route: string) => Noted
  /** The sketch of a request and a small model's answer to it. */
  readonly lookOf: (request: ModelRequest, answer: string, sureness?: Sureness) => string
  /** By route; a route without one is not sampled. */
  readonly shadows: ReadonlyMap<string, { readonly share: number; readonly shadow: Shadow }>
  /** 0..1, for who is sampled. */
  readonly chance: () => number
}

interface Heard {
  readonly standing: { readonly isOn: boolean }
  /** Which quality a share reaches; known before the learner is heard, by the order of the prior. */
  readonly curve?: unknown
}

/**
 * What the tenant's own traffic has taught, or else what the house has learned. Where neither orders better than the
 * prior, whichever knows at least what a quality needs; the former where that is nobody.
 */
export function lessonFor<Known extends Heard>(
  desk: Pick<Desk<Known>, 'known'>,
  route: string,
  caller: Caller,
): Known | undefined {
  const own = desk.known({ route, tenant: tenantOf(caller) })
  if (own?.standing.isOn === true) return own
  const house = desk.known({ route, tenant: HOUSE })
  if (house?.standing.isOn === true) return house
  return own?.curve === undefined && house?.curve !== undefined ? house : own
}

export const tenantOf = ({ keyId, project }: Caller): string => project?.id ?? keyId

export function openLearning({ desk, learners, noteOf, lookOf, shadows, chance }: LearningOptions): Learning {
  const tell = (route: string, tenant: string, news: Partial<News>, cx: Cx): void =>
    desk.tell({ route, tenant }, news, cx)

  return {
    ended({ caller, request, plan, tier, ending, trial }, cx) {
      const hasTiers = plan.targets.every((target) => target.tier !== 'fixed')
      if (tier === 'fixed' || tier === 'cache' || !hasTiers || ending.end !== 'finish') return
      const tenant = tenantOf(caller)
      const noted = noteOf(request, plan.route)
      /** Of a cascade's small answer in words; what the question alone promised is what the look is measured against. */
      const looked = (answer: string | undefined): { readonly look?: Noted } =>
        plan.cascade === undefined || request.tools.length > 0 || !answer
          ? {}
          : {
              look: {
                sketch: lookOf(request, answer, answer === trial?.text ? trial.sureness : undefined),
                ...(plan.score === undefined ? {} : { prior: plan.score }),
              },
            }
      const labelled = (
        source: LabelSource,
        answer: string | undefined,
        qualities: Qualities | undefined,
      ): News['labels'] => {
        if (qualities === undefined) return []
        const label: Label = { ...noted, ...looked(answer), ...qualities, source, at: cx.now() }
        return [{ id: `${source}/${cx.id}`, label }]
      }

      const shown = trial === undefined ? undefined : trialShows(request, trial, tier, ending)
      const small = tier === 'mini' ? ending.text : trial?.text
      const asked = { id: cx.id, ...noted, ...(tier === 'mini' ? looked(small) : {}), tier }
      const news = { asked: [asked], labels: labelled('cascade', small, shown) }
      tell(plan.route, tenant, news, cx)
      tell(plan.route, HOUSE, {}, cx)

      const sampling = shadows.get(plan.route)
      const sample: Sample = { request, plan, tier, heard: heardIn(ending) }
      const isKnown = shown?.weak !== undefined && shown.strong !== undefined
      if (sampling === undefined || isKnown || !isSampled(sample) || chance() >= sampling.share) return
      const sampleIt = async (): Promise<void> => {
        const shadowed = await sampling.shadow(sample, cx)
        const labels = labelled('shadow', shadowed?.small, shadowed?.qualities)
        if (labels.length > 0) tell(plan.route, tenant, { labels }, cx)
      }
      cx.defer(sampleIt())
    },

    teach(route, outcomes, cx) {
      const labels = outcomes.map(({ prompt, weak, strong }) => {
        const noted = noteOf(taskOf(route, prompt), route)
        const label = {
          ...noted,
          weak: Number(weak),
          strong: Number(strong),
          source: 'rebench',
          at: cx.now(),
        } as const
        return { id: `rebench/${noted.sketch}`, label }
      })
      tell(route, HOUSE, { labels }, cx)
    },

    feedback: (caller, route, requestId, score) =>
      learners.feedback({ route, tenant: tenantOf(caller) }, requestId, score),
  }
}

const taskOf = (model: string, prompt: string): ModelRequest => ({
  model,
  messages: [{ role: 'user', parts: [{ type: 'text', text: prompt }] }],
  tools: [],
  stream: false,
  streamUsage: false,
  choices: 1,
  format: { type: 'text' },
  sampling: {},
  limits: {},
  native: { dialect: 'minnow', body: {} },
})
