// A model request on Google's wire. A client of the same dialect keeps every field of its body; what is ours alone is
// the model, the output limit, the messages, and what this model cannot be told. Pure.
// Source: https://ai.google.dev/api/generate-content
import type { WireRequest, WireTarget } from '../../dialect.ts'
import { type Fields, fieldsOf } from '../../fields.ts'
import type { Format, ModelRequest } from '../../request.ts'
import { formatsBesideTools, isVersioned, readsJsonSchema, thinkingOf } from './models.ts'
import { DIALECT } from './names.ts'
import { writeSchema } from './openapi.ts'
import { writeThinking } from './thinking.ts'
import { writeTools } from './tools.ts'
import { writeTurns } from './turns.ts'

/** More sequences than this are refused. https://ai.google.dev/api/generate-content#GenerationConfig */
const STOPS = 5
/** `seed` is an int32. */
const SEED = 2 ** 31

export function writeRequest(request: ModelRequest, target: WireTarget): WireRequest {
  const dropped = new Set<string>()
  const { system, contents } = writeTurns(request.messages, target.model, dropped)
  const isOurs = request.native.dialect === DIALECT
  const given = isOurs ? nativeBody(request, target, dropped) : plainBody(request, target, dropped)
  const body = {
    ...given,
    ...(system === undefined ? {} : { systemInstruction: system }),
    contents,
  }
  const method = request.stream ? ':streamGenerateContent?alt=sse' : ':generateContent'
  return { path: `/${pathOf(target.model)}${method}`, body, dropped: [...dropped] }
}

/** Models are named as in the address: `models/…` unless the name says another collection, as `tunedModels/…`. */
function pathOf(model: string): string {
  const name = model.includes('/') ? model : `models/${model}`
  return name.split('/').map(encodeURIComponent).join('/')
}

function nativeBody(request: ModelRequest, { model, facts }: WireTarget, dropped: Set<string>): Fields {
  const { model: _, contents: __, systemInstruction: ___, generationConfig, ...rest } = request.native.body
  const { maxOutputTokens: ____, thinkingConfig, temperature, ...config } = fieldsOf(generationConfig)
  const { config: thinking, isDropped } = fits(thinkingConfig, model, facts?.reasoning)
    ? { config: thinkingConfig, isDropped: false }
    : writeThinking(request.reasoning, model, facts)
  if (isDropped) dropped.add('reasoning_effort')
  const isWarm = temperature !== undefined && temperature !== null
  if (isWarm && facts?.temperature === false) dropped.add('temperature')
  const merged = {
    ...config,
    ...(isWarm && facts?.temperature !== false ? { temperature } : {}),
    ...(thinking === undefined ? {} : { thinkingConfig: thinking }),
    ...limitOf(request),
  }
  const isEmpty = Object.keys(merged).length === 0 && generationConfig === undefined
  return { ...rest, ...(isEmpty ? {} : { generationConfig: merged }) }
}

/** A level is nothing to a model that counts tokens (the other way it is only out of date), and no model thinks that cannot. */
function fits(thinkingConfig: unknown, model: string, canReason: boolean | undefined): boolean {
  if (thinkingConfig === undefined) return true
  if (canReason === false) return false
  const thinking = thinkingOf(model)
  if (thinking === undefined) return canReason === true || !isVersioned(model)
  return thinking.by === 'level' || fieldsOf(thinkingConfig)['thinkingLevel'] === undefined
}

function plainBody(request: ModelRequest, target: WireTarget, dropped: Set<string>): Fields {
  const { sampling, serviceTier } = request
  const { model, facts } = target
  const tools = writeTools(request, model, dropped)
  const thinking = writeThinking(request.reasoning, model, facts)
  const isWarm = sampling.temperature !== undefined && facts?.temperature !== false
  const isSeeded = sampling.seed !== undefined && Math.abs(sampling.seed) < SEED
  const stop = (sampling.stop ?? []).filter((sequence) => sequence !== '')
  const isPaced = serviceTier === 'flex' || serviceTier === 'priority'
  const lost: readonly (readonly [string, boolean])[] = [
    ['temperature', sampling.temperature !== undefined && !isWarm],
    ['seed', sampling.seed !== undefined && !isSeeded],
    ['stop', stop.length > STOPS],
    ['reasoning_effort', thinking.isDropped],
    ['min_p', sampling.minP !== undefined],
    ['logit_bias', Object.keys(sampling.logitBias ?? {}).length > 0],
    ['parallel_tool_calls', request.parallelTools === false && request.tools.length > 0],
    ['user', request.user !== undefined],
    ['service_tier', serviceTier !== undefined && !isPaced && !['auto', 'default'].includes(serviceTier)],
  ]
  for (const [name, isLost] of lost) if (isLost) dropped.add(name)
  const config = {
    ...(isWarm ? { temperature: sampling.temperature } : {}),
    ...(sampling.topP === undefined ? {} : { topP: sampling.topP }),
    ...(sampling.topK === undefined ? {} : { topK: sampling.topK }),
    ...(stop.length === 0 ? {} : { stopSequences: stop.slice(0, STOPS) }),
    ...(isSeeded ? { seed: sampling.seed } : {}),
    ...(sampling.presencePenalty === undefined ? {} : { presencePenalty: sampling.presencePenalty }),
    ...(sampling.frequencyPenalty === undefined ? {} : { frequencyPenalty: sampling.frequencyPenalty }),
    ...logprobsOf(sampling.topLogprobs),
    ...(request.choices > 1 ? { candidateCount: request.choices } : {}),
    ...writeFormat(request.format, model, tools.tools !== undefined, dropped),
    ...(thinking.config === undefined ? {} : { thinkingConfig: thinking.config }),
    ...limitOf(request),
  }
  return {
    ...tools,
    ...(Object.keys(config).length === 0 ? {} : { generationConfig: config }),
    ...(isPaced ? { serviceTier } : serviceTier === 'default' ? { serviceTier: 'standard' } : {}),
  }
}

const limitOf = ({ limits }: ModelRequest): { maxOutputTokens?: number } =>
  limits.maxOutput === undefined ? {} : { maxOutputTokens: limits.maxOutput }

const logprobsOf = (alternatives: number | undefined): Fields =>
  alternatives === undefined
    ? {}
    : { responseLogprobs: true, ...(alternatives === 0 ? {} : { logprobs: alternatives }) }

/** Before Gemini 3 an answer in JSON and functions exclude each other, with status 400. */
function writeFormat(format: Format, model: string, hasTools: boolean, dropped: Set<string>): Fields {
  if (format.type === 'text') return {}
  if (hasTools && !formatsBesideTools(model)) {
    dropped.add('response_format')
    return {}
  }
  const responseMimeType = 'application/json'
  if (format.type === 'json') return { responseMimeType }
  return readsJsonSchema(model)
    ? { responseMimeType, responseJsonSchema: format.schema }
    : { responseMimeType, responseSchema: writeSchema(format.schema) }
}
