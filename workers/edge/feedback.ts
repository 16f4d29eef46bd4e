// What a caller thinks of an answer that it got: read, checked against its receipt, and told to the learner of its route.
import { z } from 'zod'
import { Failed } from '../../shared/failure.ts'
import { invalid } from '../../shared/mistake.ts'
import type { Learning } from '../learning/learning.ts'
import type { Caller } from '../service.ts'
import { waitFor } from './receipt.ts'
import { parse, readBody } from './receive.ts'

export interface Hearing {
  /** The key's own receipt of a request; undefined where there is none. */
  readonly receipt: (keyId: string, requestId: string) => Promise<Record<string, unknown> | undefined>
  readonly learning: Pick<Learning, 'feedback'>
}

interface Opinion {
  readonly requestId: string
  readonly score: number
}

const BODY_BYTES = 16 * 1024
/** News of a request reaches its learner some seconds after its end. */
const TRIES = 4
const PAUSE_MS = 800

const requestId = z.string().min(1).max(128).describe('The `x-request-id` of the answer.')
const score = z.number().min(-1).max(1).describe('From -1, bad, to 1, good.')
export const feedbackSchema = z.looseObject({ request_id: requestId, score })

/** Throws `invalid-request`, or `not-found` for a request that is not this key's. */
export async function hearFeedback(
  raw: Request,
  caller: Caller,
  { receipt, learning }: Hearing,
): Promise<Response> {
  const opinion = readOpinion(parse(await readBody(raw, BODY_BYTES)))
  const found = await waitFor(opinion.requestId, () => receipt(caller.keyId, opinion.requestId))
  const { route, tier } = found
  const isLearned =
    typeof route === 'string' &&
    (tier === 'mini' || tier === 'frontier') &&
    (await tell(learning, caller, route, opinion))
  return Response.json({
    object: 'feedback',
    request_id: opinion.requestId,
    score: opinion.score,
    learned: isLearned,
    ...(isLearned ? {} : { reason: reasonFor(String(tier)) }),
  })
}

const reasonFor = (tier: string): string =>
  tier === 'mini' || tier === 'frontier'
    ? 'The request is too long ago: what its route would have learned from it is no longer kept.'
    : 'The request went to a model without a choice of tiers, so there is nothing to learn from it.'

async function tell(
  learning: Hearing['learning'],
  caller: Caller,
  route: string,
  { requestId: id, score: value }: Opinion,
): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (tries > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    const isKnown = await learning.feedback(caller, route, id, value).catch(() => {
      throw new Failed({ kind: 'unavailable', what: 'What the route has learned', retryAfterMs: 1_000 })
    })
    if (isKnown) return true
  }
  return false
}

function readOpinion(body: unknown): Opinion {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalid('The request body must be a JSON object.', undefined)
  const [id, value] = [Reflect.get(body, 'request_id'), Reflect.get(body, 'score')] as unknown[]
  const named = requestId.safeParse(id)
  if (!named.success)
    throw invalid("Invalid 'request_id': the 'x-request-id' of an answer is expected.", 'request_id')
  const scored = score.safeParse(value)
  if (!scored.success)
    throw invalid("Invalid 'score': a number from -1 (bad) to 1 (good) is expected.", 'score')
  return { requestId: named.data, score: scored.data }
}
