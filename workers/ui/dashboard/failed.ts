// Why a request was not answered, and what an operator can do about it, in sentences. Pure.
import type { Failure } from '../../../shared/failure.ts'

type Kind = Failure['kind']

const WORDS: Readonly<Record<Kind, string>> = {
  'invalid-request': 'The request was not understood. The client was told what is wrong with it.',
  'too-large': 'The request was larger than the gateway reads.',
  unauthenticated: 'It came without a key that the gateway knows.',
  forbidden: 'Its key may not do this: look at its models, routes, endpoints and origins.',
  'not-found': 'What it asked for does not exist.',
  conflict: 'Another request had the same idempotency key, or changed the same conversation.',
  'over-budget':
    'What it could have cost was more than is left of its key’s, its project’s or its conversation’s budget. Raise the limit under Keys and budgets, or wait until a new window begins.',
  'no-route': 'There is no model or route of this name. Routes and Models show those that there are.',
  'rate-limited':
    'It came sooner than the rates of its key, or of the provider, allow. The client was told when to try again.',
  overloaded: 'The provider was overloaded or failed.',
  credentials: 'The provider did not accept the gateway’s key. Look at the provider’s apiKey.',
  unreachable: 'The provider could not be reached.',
  timeout: 'No answer came in the time that the configuration gives it.',
  rejected: 'The provider did not accept the request. The client was told the provider’s words.',
  refused: 'The model would not answer this.',
  'context-length': 'The prompt was longer than the model reads.',
  unsupported: 'It asked for something that the model cannot do.',
  unsure: 'No answer was good enough for what the route asks of one.',
  malformed: 'What the provider sent could not be read.',
  exhausted: 'Every model that the route has was tried, and none answered. The calls say why.',
  unavailable: 'A part of the gateway could not be reached. It may be tried again.',
  unequipped: 'The gateway lacks something that it needs for this, such as the secret DATA_KEYS.',
  lost: 'The gateway ended before the answer did.',
  cancelled: 'The client left, or called the answer off.',
  internal: 'The gateway failed on this request. Its log says more.',
}

/** Undefined for what was answered, or failed in a way that this page does not know. */
export const failedIn = (failure: string | null): string | undefined =>
  failure !== null && isKind(failure) ? WORDS[failure] : undefined

const isKind = (name: string): name is Kind => Object.hasOwn(WORDS, name)
