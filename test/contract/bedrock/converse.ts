// What becomes of a request on this wire, checked against the reference of Converse: a field that is not there fails the test.
import type { WireRequest, WireTarget } from '../../../shared/dialect.ts'
import { bedrock } from '../../../shared/dialects/bedrock/index.ts'
import type { Message, ModelRequest } from '../../../shared/request.ts'
import { converseBody } from '../../lab/bedrock-schema.ts'
import { requestFor } from '../../unit/samples.ts'

export type Json = Record<string, unknown>

export const CLAUDE = 'us.anthropic.claude-sonnet-4-6'
export const OLDER = 'anthropic.claude-sonnet-4-5-20250929-v1:0'
export const NOVA = 'us.amazon.nova-2-lite-v1:0'
export const LLAMA = 'us.meta.llama4-maverick-17b-instruct-v1:0'

/** Checks every body that a test makes against the reference, whatever else the test looks at. */
export function checked(request: ModelRequest, target: WireTarget): WireRequest & { readonly body: Json } {
  const wire = bedrock().writeRequest(request, target)
  converseBody.parse(wire.body)
  return { ...wire, body: { ...wire.body } }
}

export const send = (
  over: Partial<ModelRequest>,
  model = CLAUDE,
  target: Partial<WireTarget> = {},
): WireRequest & { readonly body: Json } => checked(requestFor('Hi', over), { model, ...target })

/** What the messages of a conversation hold on the wire. */
export const contentOf = (messages: readonly Message[], model = CLAUDE): unknown[] =>
  (send({ messages }, model).body['messages'] as Json[]).map(({ content }) => content)
