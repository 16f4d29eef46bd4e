// A request as the body that a vendor gets: the client's own where it speaks this dialect, else written from ours. Pure.
import type { WireRequest, WireTarget } from '../../dialect.ts'
import { type Fields, fieldsOf, listOf } from '../../fields.ts'
import type { ModelRequest } from '../../request.ts'
import { isBegun, writeMessages } from './history.ts'
import type { ChatOptions } from './options.ts'
import { refusedFields, sayJson, suit } from './rules.ts'
import { DIALECT } from './schema.ts'
import { isThinkingField, writeThinking } from './thinking.ts'
import { isTier } from './tier.ts'
import { writeFormat, writeTools } from './tools.ts'

export function writeRequest(request: ModelRequest, target: WireTarget, options: ChatOptions): WireRequest {
  const isOurs = request.native.dialect === DIALECT
  const dropped = new Set<string>()
  const refused = refusedFields(target, options)
  const keepsFiles = request.native.dialect === 'openai-responses'
  const body: Record<string, unknown> = isOurs
    ? { ...request.native.body }
    : writeFields(request, target, options, dropped)
  body['model'] = target.model
  body['messages'] = writeMessages(request.messages, { options, refused, keepsFiles, dropped })
  writeLimit(body, request.limits.maxOutput, target.model, options)
  writeStream(body, request, options)
  if (!writeThinking(body, request, target, options)) dropped.add('reasoning_effort')
  suit(body, refused, options, dropped)
  const wantsJson = (fields: Fields): boolean => fieldsOf(fields['response_format'])['type'] === 'json_object'
  if (wantsJson(body) && !(isOurs && wantsJson(request.native.body))) sayJson(body)
  writeBeginning(body, options)
  for (const [field, value] of Object.entries(options.always ?? {})) body[field] ??= value
  if (!request.stream && options.unstreamed?.models.test(target.model) === true) {
    insist(body, options.unstreamed.fields, dropped)
  }
  return { path: options.path ?? '/chat/completions', body, dropped: [...dropped] }
}

/** Everything but the messages, the limit and the knob for thinking. */
function writeFields(
  request: ModelRequest,
  target: WireTarget,
  options: ChatOptions,
  dropped: Set<string>,
): Record<string, unknown> {
  const { sampling, format } = request
  // A model that does not follow a schema is asked for JSON at least.
  const plainer = format.type === 'json-schema' && target.facts?.jsonSchema === false
  if (plainer) dropped.add('response_format')
  const given = (field: string, value: unknown): Fields => (value === undefined ? {} : { [field]: value })
  return {
    stream: request.stream,
    ...(request.choices > 1 ? { n: request.choices } : {}),
    ...writeTools(request, options, dropped),
    ...writeFormat(plainer ? { type: 'json' } : format),
    ...given('temperature', sampling.temperature),
    ...given('top_p', sampling.topP),
    ...given('top_k', sampling.topK),
    ...given('min_p', sampling.minP),
    ...given('stop', sampling.stop),
    ...given('seed', sampling.seed),
    ...given('presence_penalty', sampling.presencePenalty),
    ...given('frequency_penalty', sampling.frequencyPenalty),
    ...given('logit_bias', sampling.logitBias),
    ...given('logprobs', sampling.topLogprobs === undefined ? undefined : true),
    ...given('top_logprobs', (sampling.topLogprobs ?? 0) > 0 ? sampling.topLogprobs : undefined),
    ...given('user', request.user),
    ...writeAskedTier(request.serviceTier, dropped),
  }
}

/** A word that only another vendor knows would be an error. */
function writeAskedTier(tier: string | undefined, dropped: Set<string>): Fields {
  if (tier === undefined) return {}
  if (isTier(tier)) return { service_tier: tier }
  dropped.add('service_tier')
  return {}
}

function writeBeginning(body: Record<string, unknown>, { prefill }: ChatOptions): void {
  if (typeof prefill !== 'object' || !isBegun(listOf(body['messages']).map(fieldsOf).at(-1))) return
  if (Object.keys(prefill).every((field) => body[field] === undefined)) Object.assign(body, prefill)
}

/** Sets fields whatever the client has asked; what it had asked otherwise is reported. */
function insist(body: Record<string, unknown>, fields: Fields, dropped: Set<string>): void {
  for (const [field, value] of Object.entries(fields)) {
    const asked = body[field]
    if (asked !== undefined && asked !== value) {
      dropped.add(isThinkingField(field) ? 'reasoning_effort' : field)
    }
    body[field] = value
  }
}

/** A vendor is sent one of the two fields, never both, in the form that the model accepts. */
function writeLimit(
  body: Record<string, unknown>,
  maxOutput: number | undefined,
  model: string,
  { completionTokens: rule }: ChatOptions,
): void {
  const asWritten = (body['max_completion_tokens'] ?? undefined) !== undefined
  const modern = typeof rule === 'boolean' ? rule : rule?.test(model) === true || asWritten
  delete body['max_tokens']
  delete body['max_completion_tokens']
  if (maxOutput !== undefined) body[modern ? 'max_completion_tokens' : 'max_tokens'] = maxOutput
}

/** Usage is always asked for: a stream without it could only be billed by estimate. */
function writeStream(
  body: Record<string, unknown>,
  request: ModelRequest,
  { streamOptions }: ChatOptions,
): void {
  if (!streamOptions) delete body['stream_options']
  else if (request.stream) {
    body['stream_options'] = { ...fieldsOf(body['stream_options']), include_usage: true }
  }
}
