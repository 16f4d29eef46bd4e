// What is learned of a request from a cascade, and from both tiers' answers to it. Pure.
import { agrees, type Doubt, doubtIn, type Heard } from '../../shared/check/verdict.ts'
import type { Ending, Tier, Trial } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'

/** The quality of each tier's answer, 0..1, where it is known. */
export interface Qualities {
  readonly weak?: number
  readonly strong?: number
}

export const heardIn = ({ text, toolCalls }: Pick<Ending, 'text' | 'toolCalls'>): Heard => ({
  text,
  refusal: '',
  calls: toolCalls,
  finish: 'stop',
})

/** Both tiers were heard in vain for these; whether the small one was wrong, the larger one's answer shows. */
const SOFT: ReadonlySet<string> = new Set<Doubt>(['disagreed', 'logprob', 'look'])

/** From a small model's checked answer, and the answer that was given; undefined where they show nothing. */
export function trialShows(
  request: ModelRequest,
  { doubt, agreed, text }: Trial,
  tier: Tier,
  ending: Pick<Ending, 'text' | 'toolCalls'>,
): Qualities | undefined {
  if (doubt === undefined) return agreed === true ? { weak: 1 } : undefined
  if (tier !== 'frontier') return SOFT.has(doubt) ? undefined : { weak: 0 }
  if (!SOFT.has(doubt)) return { weak: 0, strong: doubtIn(request, heardIn(ending)) === undefined ? 1 : 0 }
  const same = agrees(request, text, ending.text)
  return same === undefined ? undefined : { weak: same ? 1 : 0, strong: 1 }
}

/**
 * From both tiers' answers, where their form shows it: one that does not pass its checks is wrong, and where both can be
 * compared the large model's is taken for right. Undefined where somebody must judge.
 */
export function formShows(request: ModelRequest, weak: Heard, strong: Heard): Qualities | undefined {
  const [small, large] = [doubtIn(request, weak), doubtIn(request, strong)]
  if (small !== undefined || large !== undefined)
    return { weak: small === undefined ? 1 : 0, strong: large === undefined ? 1 : 0 }
  const same = agrees(request, weak.text, strong.text)
  return same === undefined ? undefined : { weak: same ? 1 : 0, strong: 1 }
}
