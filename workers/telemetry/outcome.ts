// The one row a request leaves, from everything that is known of it at its end. Pure but for its name.
import { type Failure, judge, reasonOf } from '../../shared/failure.ts'
import { costMicros, type Price } from '../../shared/money.ts'
import type { Attempt, Ending, Outcome, Plan } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { noUsage } from '../../shared/usage.ts'
import type { Answer, Caller, Cx } from '../service.ts'
import { type Reused, routingOf, type SentContext } from './routing.ts'

export interface Facts {
  readonly id: string
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
  /** What the frontier costs; undefined without one, and where nobody has said. */
  readonly frontierPrice: Price | undefined
  /** The output limit that the request's own was lowered to. */
  readonly clampedTo: number | undefined
  /** Where the answer had been given before. */
  readonly reused: Reused | undefined
  /** To which conversation it belongs, as a hash. */
  readonly conversation?: string | undefined
  /** Of a conversation that is kept. */
  readonly context: SentContext | undefined
}

/** Not the request id: a client may send one twice, and both were paid for. In order of time, which indexes like. */
export const newRowId = (startedAt: number): string => `row_${startedAt.toString(36)}_${crypto.randomUUID()}`

export function outcomeOf({
  id,
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
  frontierPrice,
  clampedTo,
  reused,
  conversation,
  context,
}: Facts): Outcome {
  const routing = routingOf(plan, reused, context)
  // What is given again would have cost what it cost before.
  const frontier = reused?.saved_micros ?? (frontierPrice && frontierMicros(attempts, frontierPrice))
  return {
    id,
    requestId: cx.id,
    at: startedAt,
    keyId: caller.keyId,
    operation: operationOf(request),
    route: request.model,
    tier: answer?.target.tier ?? plan?.tier ?? '',
    reason: plan?.reason ?? '',
    ...(plan?.score === undefined ? {} : { score: plan.score }),
    ...(routing === undefined ? {} : { routing: JSON.stringify(routing) }),
    model: answer === undefined ? '' : `${answer.target.provider}/${answer.target.model}`,
    attempts,
    usage: ending?.usage ?? noUsage,
    usageSource: ending?.usageSource ?? 'none',
    costMicros: ending?.costMicros ?? 0,
    ...(frontier === undefined ? {} : { frontierMicros: frontier }),
    ...(clampedTo === undefined ? {} : { clampedTo }),
    ...(answer === undefined ? {} : { headMs: answer.headMs }),
    ...(firstAt === undefined || !request.stream ? {} : { firstMs: firstAt - startedAt }),
    totalMs: cx.now() - startedAt,
    stream: request.stream,
    status,
    end: ending?.end ?? endOf(failure),
    ...(failure === undefined ? {} : { failure: reasonOf(failure) }),
    ...(overrunMicros === 0 ? {} : { overrunMicros }),
    ...(cx.trace === undefined ? {} : { trace: cx.trace }),
    ...savedIn(attempts),
    ...(conversation === undefined ? {} : { conversation }),
  }
}

function savedIn(attempts: readonly Attempt[]): Pick<Outcome, 'promptSavedMicros'> {
  const parts = attempts.flatMap(({ promptSavedMicros: saved }) => saved ?? [])
  return parts.length === 0 ? {} : { promptSavedMicros: parts.reduce((sum, part) => sum + part, 0) }
}

/**
 * The same tokens of the same calls, each rounded up as its own cost was: where only the frontier was asked, nothing is
 * saved. What was asked only to know whether a small model will do, the frontier would not have been.
 */
const frontierMicros = (attempts: readonly Attempt[], price: Price): number =>
  attempts.reduce(
    (sum, { usage, price: billed, aside }) =>
      usage === undefined || aside === true ? sum : sum + costMicros(usage, price, billed?.class),
    0,
  )

const operationOf = ({ embedding, proxied }: ModelRequest): string =>
  proxied?.endpoint ?? (embedding === undefined ? 'chat' : 'embeddings')

function endOf(failure: Failure | undefined): Outcome['end'] {
  if (failure === undefined) return 'finish'
  if (failure.kind === 'cancelled') return 'cancelled'
  return judge(failure).blame === 'caller' ? 'refused' : 'error'
}
