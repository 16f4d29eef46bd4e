// Responses requests, written for vendors. Pure.
import type { Parameter, WireRequest, WireTarget } from '../../dialect.ts'
import { type Fields, fieldsOf, listOf } from '../../fields.ts'
import type { Format, ModelRequest } from '../../request.ts'
import { isInstructions } from './items.ts'
import { kinOf } from './kin.ts'
import { writeItems } from './messages.ts'
import { type EffortTable, OPENAI_EFFORTS, writeReasoning } from './reasoning.ts'
import { DIALECT } from './schema.ts'
import { writeTools } from './tools.ts'

/** How a vendor's Responses API differs from OpenAI's; given where the vendor is declared. */
export interface ResponsesOptions {
  /** Which efforts its models take. */
  readonly efforts: EffortTable
  /** The least output that may be allowed: a smaller limit is refused, so this is asked for in its place. */
  readonly leastOutput: number
  /** Parameters of chat completions that it reads under the same name, though OpenAI's Responses API does not. */
  readonly reads: readonly Parameter[]
  /** It reads thoughts in the open (`reasoning_text`) back from items, as servers of open models do. */
  readonly plainThoughts: boolean
  /** It can encrypt the state of its reasoning, for who keeps that himself. */
  readonly encrypts: boolean
  /** Fields that every request carries unless the client has sent them itself. */
  readonly always: Fields
}

/**
 * OpenAI's own ways. The least output: "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16",
 * https://github.com/vectorize-io/hindsight/issues/58
 */
export const openai: ResponsesOptions = {
  efforts: OPENAI_EFFORTS,
  leastOutput: 16,
  reads: [],
  plainThoughts: false,
  encrypts: true,
  always: {},
}

const ENCRYPTED = 'reasoning.encrypted_content'
const LOGPROBS = 'message.output_text.logprobs'

/**
 * The vendor is to keep nothing: what is kept is kept here, under ids that it does not know. So `store` is off, the
 * history stands in the input, and the state of the reasoning comes back encrypted for the next turn.
 */
export function writeRequest(
  request: ModelRequest,
  target: WireTarget,
  options: ResponsesOptions,
): WireRequest {
  const dropped = new Set<string>()
  const isNative = request.native.dialect === DIALECT
  const body: Record<string, unknown> = {
    ...options.always,
    ...(isNative ? request.native.body : writeFields(request, options, dropped)),
  }
  body['model'] = target.model
  const manner = { audio: target.facts?.audio === true, plainThoughts: options.plainThoughts }
  body['input'] = writeItems(request.messages, manner, dropped)
  for (const field of ['previous_response_id', 'conversation', 'background']) delete body[field]
  if (!request.messages.some(isInstructions)) delete body['instructions'] // they stand among the messages, or nowhere
  body['store'] = false
  body['stream'] = request.stream
  writeLimit(body, request.limits.maxOutput, options)
  writeThinking(body, request, target, options, dropped)
  if (target.facts?.temperature === false) {
    for (const field of ['temperature', 'top_p'] as const) {
      if ((body[field] ?? undefined) !== undefined) dropped.add(field)
      delete body[field]
    }
  }
  if (!request.stream) delete body['stream_options'] // only allowed beside `stream: true`
  return { path: '/responses', body, dropped: [...dropped], told: kinOf(request).told }
}

function writeLimit(
  body: Record<string, unknown>,
  maxOutput: number | undefined,
  options: ResponsesOptions,
): void {
  if (maxOutput === undefined) delete body['max_output_tokens']
  else body['max_output_tokens'] = Math.max(maxOutput, options.leastOutput)
}

function writeThinking(
  body: Record<string, unknown>,
  request: ModelRequest,
  target: WireTarget,
  options: ResponsesOptions,
  dropped: Set<string>,
): void {
  const { reasoning } = request
  const thinks = target.facts?.reasoning
  const included = listOf(body['include'])
  const isAsked = included.includes(ENCRYPTED)
  if (thinks === false) {
    if (reasoning !== undefined && reasoning.effort !== 'none') dropped.add('reasoning_effort')
    delete body['reasoning']
    if (isAsked) body['include'] = included.filter((one) => one !== ENCRYPTED)
    return
  }
  if (reasoning !== undefined) {
    const { fields, isLost } = writeReasoning(reasoning, target.model, options.efforts)
    if (isLost) dropped.add('reasoning_effort')
    body['reasoning'] = ownWords(body['reasoning'], fields, reasoning.effort)
  }
  // A model that does not think refuses to encrypt its thoughts, so it is asked only where it is known to.
  if (options.encrypts && !isAsked && (thinks === true || reasoning !== undefined)) {
    body['include'] = [...included, ENCRYPTED]
  }
}

/** A client's own words stay (`max`, `detailed`), but for an effort that the model does not know. */
function ownWords(
  native: unknown,
  fields: Fields | undefined,
  asked: string | undefined,
): Fields | undefined {
  const own = fieldsOf(native)
  const isChanged = fields?.['effort'] !== undefined && fields['effort'] !== asked
  const merged = { ...fields, ...own, ...(isChanged ? { effort: fields['effort'] } : {}) }
  return Object.keys(merged).length === 0 ? undefined : merged
}

/** Everything else that the client of another dialect has said. */
function writeFields(request: ModelRequest, options: ResponsesOptions, dropped: Set<string>): Fields {
  const { sampling, format, user, serviceTier } = request
  const kin = kinOf(request)
  const text = filled({ ...(format.type === 'text' ? {} : { format: writeFormat(format) }), ...kin.text })
  return {
    ...writeTools(request, dropped),
    ...kin.fields,
    ...(text === undefined ? {} : { text }),
    ...(sampling.temperature === undefined ? {} : { temperature: sampling.temperature }),
    ...(sampling.topP === undefined ? {} : { top_p: sampling.topP }),
    ...(sampling.topLogprobs === undefined
      ? {}
      : { top_logprobs: sampling.topLogprobs, include: [LOGPROBS] }),
    ...(user === undefined ? {} : { user }),
    ...writeTier(serviceTier, dropped),
    ...writeOthers(request, options, dropped),
  }
}

function writeFormat(format: Exclude<Format, { type: 'text' }>): Fields {
  if (format.type === 'json') return { type: 'json_object' }
  const { name, schema, strict, description } = format
  return {
    type: 'json_schema',
    name,
    schema,
    ...(strict === undefined ? {} : { strict }),
    ...(description === undefined ? {} : { description }),
  }
}

/** What says as much as nothing is no loss where it cannot be said. */
const filled = <T extends object>(value: T | undefined): T | undefined =>
  value === undefined || Object.keys(value).length === 0 ? undefined : value

const TIERS = new Set(['auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast'])
/** The ordinary class of service, in the words of others. */
const ORDINARY = new Set(['standard', 'standard_only', 'on_demand'])

function writeTier(tier: string | undefined, dropped: Set<string>): Fields {
  if (tier === undefined) return {}
  if (ORDINARY.has(tier)) return { service_tier: 'default' }
  if (TIERS.has(tier)) return { service_tier: tier }
  dropped.add('service_tier')
  return {}
}

/** What OpenAI's Responses API has no field for, and some servers' does. */
function writeOthers(
  { sampling, choices }: ModelRequest,
  options: ResponsesOptions,
  dropped: Set<string>,
): Fields {
  const others: readonly (readonly [Parameter, unknown])[] = [
    ['n', choices > 1 ? choices : undefined],
    ['stop', filled(sampling.stop)],
    ['seed', sampling.seed],
    ['top_k', sampling.topK],
    ['min_p', sampling.minP],
    ['presence_penalty', sampling.presencePenalty || undefined],
    ['frequency_penalty', sampling.frequencyPenalty || undefined],
    ['logit_bias', filled(sampling.logitBias)],
  ]
  const fields: Record<string, unknown> = {}
  for (const [name, value] of others) {
    if (value === undefined) continue
    if (options.reads.includes(name)) fields[name] = value
    else dropped.add(name)
  }
  return fields
}
