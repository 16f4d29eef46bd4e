// Questions for single cases: in the middle language, as clients of other dialects ask, and in this dialect's own.
import { openaiResponses } from '../../../shared/dialects/openai-responses/index.ts'
import type { WireRequest, WireTarget } from '../../../shared/dialect.ts'
import type { Message, ModelRequest } from '../../../shared/request.ts'
import { requestFor } from '../../unit/samples.ts'

export type Json = Record<string, unknown>
type Options = Parameters<typeof openaiResponses>[0]

export const responses = openaiResponses()

/** What a vendor is sent for a question that came in another dialect. */
export const wireFor = (
  over: Partial<ModelRequest>,
  target: Partial<WireTarget> = {},
  options: Options = {},
): WireRequest =>
  openaiResponses(options).writeRequest(requestFor('Hi', { stream: false, ...over }), {
    model: 'gpt-4.1',
    ...target,
  })

export const inputFor = (
  messages: readonly Message[],
  target: Partial<WireTarget> = {},
  options: Options = {},
) => {
  const { body, dropped } = wireFor({ messages }, target, options)
  return { input: body['input'], dropped }
}

/** What a vendor is sent for a question that came in this dialect. */
export const passedOn = (body: Json, target: Partial<WireTarget> = {}, options: Options = {}): WireRequest =>
  openaiResponses(options).writeRequest(responses.readRequest(body), { model: 'gpt-4.1', ...target })

export const asked = (body: Json): ModelRequest =>
  responses.readRequest({ model: 'big', input: 'Hi', ...body })
