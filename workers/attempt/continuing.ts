// Whether and how another model may go on with an answer that was cut off. Pure.
import { type Failure, judge } from '../../shared/failure.ts'
import type { Plan, Resumed, Target } from '../../shared/plan.ts'
import type { Message, ModelRequest } from '../../shared/request.ts'
import type { Joint } from './splice.ts'

/** What the client was told so far, as far as another model has to know it. */
export interface Told {
  readonly text: string
  /** Something was told that no other model can go on from: a refusal, a hosted tool's result, half of a tool call. */
  readonly isClosed: boolean
}

/** Several choices, vectors and log-probabilities have no joint; what is passed on is not understood. */
export const mayResume = (request: ModelRequest, plan: Plan): boolean =>
  plan.rescue &&
  plan.targets.length > 1 &&
  request.stream &&
  request.choices === 1 &&
  request.embedding === undefined &&
  request.proxied === undefined &&
  request.sampling.topLogprobs === undefined

/** Only what is the target's fault is mended by another; a refusal in the middle of an answer is not. */
export const isRescuable = (failure: Failure): boolean =>
  judge(failure).blame === 'target' && judge(failure).retry !== 'never'

/** The targets that may go on: those that stand behind the one that died, then those before it. */
export function successors(plan: Plan, dead: Target): readonly Target[] {
  const at = plan.targets.indexOf(dead)
  return [...plan.targets.slice(at + 1), ...plan.targets.slice(0, Math.max(0, at))]
}

export interface Continuation {
  readonly request: ModelRequest
  readonly resumed: Resumed
  readonly joint: Joint
}

/** Told to models that take no beginning of their own answer. */
const GO_ON =
  'Your answer above was cut off in transmission. Continue it from exactly where it stops: do not repeat anything, ' +
  'do not apologise, do not comment. Begin with the very next character, with a space if a new word begins.'

/** An answer that is to go on is left at least so much room. */
const LEAST_OUTPUT = 16

/**
 * How a target is asked to go on: in the first way, and where it refuses that, in the next. `saidTokens` is how long the
 * answer is already.
 */
export function continuationsFor(
  request: ModelRequest,
  target: Target,
  told: Told,
  saidTokens: number,
): readonly Continuation[] {
  // A shape holds for a whole answer; half of one cannot be asked for in it. Only the very same answer fits.
  if (told.text.trim() === '' || request.format.type !== 'text')
    return [{ request, resumed: 'restart', joint: 'same' }]
  const asked = goingOn(request, told, saidTokens, false)
  return target.facts?.prefill === true ? [goingOn(request, told, saidTokens, true), asked] : [asked]
}

/** A vendor that refuses the question as such may take it put otherwise. */
export const mayAskOtherwise = ({ kind }: Failure): boolean => kind === 'rejected' || kind === 'unsupported'

function goingOn(request: ModelRequest, told: Told, saidTokens: number, takesPrefill: boolean): Continuation {
  const { maxOutput } = request.limits
  const messages: Message[] = [
    ...request.messages,
    assistant(takesPrefill ? told.text.trimEnd() : told.text),
    ...(takesPrefill ? [] : [user(GO_ON)]),
  ]
  return {
    request: {
      ...request,
      messages,
      limits: {
        ...request.limits,
        ...(maxOutput === undefined ? {} : { maxOutput: Math.max(LEAST_OUTPUT, maxOutput - saidTokens) }),
      },
    },
    resumed: takesPrefill ? 'prefill' : 'asked',
    joint: takesPrefill ? 'prefill' : 'asked',
  }
}

const assistant = (text: string): Message => ({ role: 'assistant', parts: [{ type: 'text', text }] })
const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] })
