// The one row a request leaves, from everything that is known of it at its end. Pure but for its id.
import { type Failure, judge, reasonOf } from '../../shared/failure.ts'
import type { Attempt, Ending, Outcome, Plan } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { noUsage } from '../../shared/usage.ts'
import type { Answer, Caller, Cx } from '../service.ts'

export interface Facts {
  readonly cx: Cx
  readonly caller: Caller
  readonly request: ModelRequest
  readonly startedAt: number
  /** When there was something to tell the client. */
  readonly firstAt: number | undefined
  readonly plan: Plan | undefined
  readonly answer: Answer | undefined
  readonly attempts: readonly Attempt[]
  readonly ending: Ending | undefined
  readonly failure: Failure | undefined
  readonly status: number
  /** By how much it cost more than it had been granted. */
  readonly overrunMicros: number
}

export function outcomeOf({
  cx,
  caller,
  request,
  startedAt,
  firstAt,
  plan,
  answer,
  attempts,
  ending,
  failure,
  status,
  overrunMicros,
}: Facts): Outcome {
  return {
    // Not the request id: a client may send one twice, and both were paid for. In order of time, which indexes like.
    id: `row_${startedAt.toString(36)}_${crypto.randomUUID()}`,
    requestId: cx.id,
    at: startedAt,
    keyId: caller.keyId,
    operation: operationOf(request),
    route: request.model,
    tier: answer?.target.tier ?? plan?.tier ?? '',
    reason: plan?.reason ?? '',
    ...(plan?.score === undefined ? {} : { score: plan.score }),
    model: answer === undefined ? '' : `${answer.target.provider}/${answer.target.model}`,
    attempts,
    usage: ending?.usage ?? noUsage,
    usageSource: ending?.usageSource ?? 'none',
    costMicros: ending?.costMicros ?? 0,
    ...(answer === undefined ? {} : { headMs: answer.headMs }),
    ...(firstAt === undefined || !request.stream ? {} : { firstMs: firstAt - startedAt }),
    totalMs: cx.now() - startedAt,
    stream: request.stream,
    status,
    end: ending?.end ?? endOf(failure),
    ...(failure === undefined ? {} : { failure: reasonOf(failure) }),
    ...(overrunMicros === 0 ? {} : { overrunMicros }),
  }
}

const operationOf = ({ embedding, proxied }: ModelRequest): string =>
  proxied?.endpoint ?? (embedding === undefined ? 'chat' : 'embeddings')

function endOf(failure: Failure | undefined): Outcome['end'] {
  if (failure === undefined) return 'finish'
  if (failure.kind === 'cancelled') return 'cancelled'
  return judge(failure).blame === 'caller' ? 'refused' : 'error'
}
