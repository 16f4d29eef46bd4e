// The Response object: every documented field, with what the client asked for repeated in it. Pure.
// Source: https://developers.openai.com/api/reference/resources/responses, and the fields that Open Responses requires:
// https://www.openresponses.org/reference
import type { ReplyContext } from '../../dialect.ts'
import type { ModelEvent } from '../../event.ts'
import { type Fields, fieldsOf, isFields, listOf } from '../../fields.ts'
import { responseId } from './ids.ts'
import { DIALECT } from './schema.ts'
import { writeUsage } from './usage.ts'

export type Finish = Extract<ModelEvent, { type: 'finish' }>

export interface ResponseState {
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed'
  readonly model: string
  /** Milliseconds. */
  readonly createdAt: number
  readonly output: readonly Fields[]
  readonly incompleteReason?: string
  readonly error?: Fields
  readonly finish?: Finish
}

export function writeResponse(context: ReplyContext, state: ResponseState): Record<string, unknown> {
  const { request } = context
  const asked = request.native.dialect === DIALECT ? request.native.body : {}
  const given = (field: string): unknown => asked[field] ?? null
  const { finish } = state
  const reasoning = fieldsOf(asked['reasoning'])
  return {
    id: responseId(context),
    object: 'response',
    created_at: Math.floor(state.createdAt / 1000),
    status: state.status,
    access_programs: null,
    background: request.response?.background ?? false,
    completed_at: null, // no clock here, and an invented time would be none
    conversation: conversationOf(context),
    error: state.error ?? null,
    frequency_penalty: asked['frequency_penalty'] ?? 0,
    incomplete_details: state.incompleteReason === undefined ? null : { reason: state.incompleteReason },
    instructions: given('instructions'),
    max_output_tokens: given('max_output_tokens'),
    max_tool_calls: given('max_tool_calls'),
    metadata: asked['metadata'] ?? {},
    model: state.model,
    output: state.output,
    parallel_tool_calls: asked['parallel_tool_calls'] ?? true,
    presence_penalty: asked['presence_penalty'] ?? 0,
    previous_response_id: given('previous_response_id'),
    prompt_cache_key: given('prompt_cache_key'),
    reasoning: { effort: reasoning['effort'] ?? null, summary: reasoning['summary'] ?? null },
    safety_identifier: given('safety_identifier'),
    service_tier: finish?.serviceTier ?? asked['service_tier'] ?? (finish === undefined ? 'auto' : 'default'),
    store: request.response?.store ?? false,
    temperature: asked['temperature'] ?? 1,
    text: { ...fieldsOf(asked['text']), format: fieldsOf(asked['text'])['format'] ?? { type: 'text' } },
    tool_choice: asked['tool_choice'] ?? 'auto',
    tools: listOf(asked['tools']).map(writeTool),
    top_logprobs: asked['top_logprobs'] ?? 0,
    top_p: asked['top_p'] ?? 1,
    truncation: asked['truncation'] ?? 'disabled',
    usage: finish?.usage === undefined ? null : writeUsage(finish.usage, finish.costMicros, undefined),
    user: given('user'),
  }
}

function conversationOf({ request }: ReplyContext): Fields | null {
  const id = request.response?.conversationId
  return id === undefined ? null : { id }
}

/** What of a Response stays from its first event to its last. */
export function lasting(response: Fields): Fields {
  const { status: _, output: __, usage: ___, error: ____, incomplete_details: _____, ...rest } = response
  const { service_tier: ______, completed_at: _______, ...kept } = rest
  return kept
}

/** A function is repeated with all of its fields. */
const writeTool = (tool: unknown): unknown =>
  isFields(tool) && tool['type'] === 'function'
    ? {
        ...tool,
        description: tool['description'] ?? null,
        parameters: tool['parameters'] ?? null,
        strict: tool['strict'] ?? null,
      }
    : tool

/**
 * A vendor's own Response with what only we know: the name it is kept under, what the client said about keeping it, which
 * the vendor was not told, and the cost. The same object where nothing of that is to be said.
 */
export function amend(response: Fields, context: ReplyContext, finish: Finish | undefined): Fields {
  const { replyId, request } = context
  const kept = request.response
  const { usage, costMicros } = finish ?? {}
  const isCounted = usage !== undefined && (costMicros !== undefined || !isFields(response['usage']))
  if (replyId === undefined && kept === undefined && !isCounted) return response
  return {
    ...response,
    ...(replyId === undefined ? {} : { id: replyId }),
    ...(kept === undefined
      ? {}
      : {
          store: kept.store,
          background: kept.background,
          previous_response_id: kept.previousId ?? null,
          ...(kept.conversationId === undefined ? {} : { conversation: { id: kept.conversationId } }),
        }),
    ...(isCounted ? { usage: writeUsage(usage, costMicros, response['usage']) } : {}),
  }
}
