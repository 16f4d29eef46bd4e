// Why this model was asked, in sentences. Pure.
import type { RequestRow } from './answers.ts'
import { share } from './figures.ts'

type Decision = Pick<RequestRow, 'tier' | 'route' | 'reason' | 'score' | 'routing' | 'clamped_to' | 'model'>

export function explain({
  tier,
  route,
  reason,
  score,
  routing,
  clamped_to: clamped,
  model,
}: Decision): string[] {
  const { cut, by, dial, cache, features } = routing ?? {}
  const why = words(reason)
  return [
    opening(tier, route, model),
    ...(why === '' ? [] : [`The reason on record is “${why}”.`]),
    ...(score === null || cut === undefined
      ? []
      : [
          `Its score was ${score.toFixed(3)}: what a stronger model is expected to gain, from 0 to 1. Scores above ${cut.toFixed(3)} go to the frontier, so this one ${score > cut ? 'went there' : 'stayed small'}.`,
        ]),
    ...(dial === undefined ? [] : dialText(dial, routing?.share)),
    ...(by === undefined ? [] : [`Among the models of its tier the first was chosen by ${words(by)}.`]),
    ...(cache === undefined
      ? []
      : [
          `The answer was ${Math.round(cache.age_ms / 1_000)} seconds old${cache.similarity === undefined ? '' : `, to a question in other words (similarity ${cache.similarity.toFixed(2)})`}.`,
        ]),
    ...(clamped === null
      ? []
      : [`Its answer was limited to ${clamped} tokens, which is what it was allowed to cost.`]),
    ...(features === undefined ? [] : strongest(features)),
  ]
}

function opening(tier: string, route: string, model: string | null): string {
  switch (tier) {
    case 'mini':
      return `The route ${route} kept this request with its small model.`
    case 'frontier':
      return `The route ${route} sent this request to its frontier.`
    case 'cache':
      return 'No model was asked: the answer to the same question was given again.'
    default:
      return model === null
        ? `It asked for ${route}.`
        : `It asked for ${route}, which leaves no choice of tier.`
  }
}

function dialText(
  dial: NonNullable<NonNullable<Decision['routing']>['dial']>,
  held: number | undefined,
): string[] {
  const heldTo = held === undefined ? '' : `, which now means ${share(held, 1)} strong calls`
  if (dial.strongShare !== undefined)
    return [
      `The dial stands at ${share(dial.strongShare)} strong calls${dial.strongShare === held ? '' : heldTo}.`,
    ]
  if (dial.quality !== undefined)
    return [`The dial promises ${share(dial.quality)} of the frontier’s quality${heldTo}.`]
  if (dial.maxCostPer1k !== undefined)
    return [`The dial allows $${dial.maxCostPer1k} per 1,000 requests${heldTo}.`]
  return []
}

const MOST_FEATURES = 4

function strongest(features: Readonly<Record<string, number>>): string[] {
  const seen = Object.entries(features)
    .filter(([, value]) => value !== 0)
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
    .slice(0, MOST_FEATURES)
  if (seen.length === 0) return []
  return [
    `What was seen of it, strongest first: ${seen.map(([name, value]) => `${words(name)} ${value}`).join(', ')}.`,
  ]
}

const words = (name: string): string => name.replaceAll(/[-_]/g, ' ')
