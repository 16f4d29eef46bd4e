// One upstream call under its clocks: a limit on the head, a limit on the first token.
import type { ModelRequest } from '../../shared/request.ts'
import type { Target } from '../../shared/plan.ts'
import type { Answer, Layer, Service } from '../service.ts'
import { scope, within } from './clock.ts'

export interface Call {
  readonly request: ModelRequest
  readonly target: Target
  /** Another target stands behind this one, so it may decline. */
  readonly escalate: boolean
  readonly onHead?: (headMs: number, status: number) => void
  /** The provider will answer whole, though a stream was asked for. */
  readonly onWhole?: () => void
}

/** A reply that is not streamed has no head before its answer, so a limit of its own applies. */
export function headLimit({ request, target }: Call): number {
  return request.stream ? target.timeouts.headMs : target.timeouts.replyMs
}

/** Fails a call whose head does not come in time. A silent provider is cut off, not only given up on. */
export const headDeadline: Layer<Call, Answer> =
  (inner: Service<Call, Answer>): Service<Call, Answer> =>
  async (call, cx) => {
    const { cx: inside, abort } = scope(cx)
    let limitMs = headLimit(call)
    const onWhole = (): void => void (limitMs = Math.max(limitMs, call.target.timeouts.replyMs))
    return within(() => limitMs, 'head', inner({ ...call, onWhole }, inside), abort)
  }
