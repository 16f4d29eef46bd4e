// What a request becomes for Workers AI: a model of its own kind at /run/<model>, any other as chat completions. Pure.
// Source: https://developers.cloudflare.com/workers-ai/models/ (input schemas), .../configuration/open-ai-compatibility/
import type { Parameter, WireRequest, WireTarget } from '../../dialect.ts'
import { fieldsOf, isFields } from '../../fields.ts'
import type { ModelRequest, Tool } from '../../request.ts'
import { writeEffort } from './effort.ts'
import { type Family, familyOf } from './family.ts'
import { writeMessages } from './message.ts'

export const DIALECT = 'workers-ai'

/** Over REST /run answers some streams with an empty JSON body, so the others go the way that OpenAI's clients go. */
export const CHAT_PATH = '/v1/chat/completions'
export const RUN_PATH = '/run/'

type Body = Record<string, unknown>
type Drop = (what: string) => void

export function writeRequest(request: ModelRequest, target: WireTarget): WireRequest {
  const dropped = new Set<string>()
  const drop: Drop = (what) => void dropped.add(what)
  const family = familyOf(target.model)
  const native = family.wire === 'native'
  const format = writeFormat(request, family)
  const { maxOutput } = request.limits
  const whole = native && 'response_format' in format
  const body: Body = {
    ...(native ? {} : { model: target.model }),
    messages: writeMessages(request.messages, family, target.facts, drop),
    ...(maxOutput === undefined ? {} : { max_tokens: maxOutput }),
    ...writeSampling(request, target, family, drop),
    ...writeTools(request, family, drop),
    ...format,
    ...(native ? {} : writeChatFields(request, drop)),
    ...writeReasoning(request, target, family, drop),
    // "JSON Mode currently doesn't support streaming": then the whole reply is the stream.
    ...(request.stream && !whole ? { stream: true } : {}),
  }
  if (native) dropAll(request, drop)
  const path = native ? `${RUN_PATH}${target.model}` : CHAT_PATH
  return { path, body, dropped: [...dropped], ...(request.stream && whole ? { whole } : {}) }
}

/** What only `chat` models can be told. */
function writeChatFields(request: ModelRequest, drop: Drop): Body {
  const { sampling } = request
  if (sampling.topK !== undefined) drop('top_k' satisfies Parameter)
  if (sampling.minP !== undefined) drop('min_p' satisfies Parameter)
  return {
    ...(request.stream ? { stream_options: { include_usage: true } } : {}),
    ...(request.choices > 1 ? { n: request.choices } : {}),
    ...(sampling.stop === undefined ? {} : { stop: sampling.stop }),
    ...(sampling.logitBias === undefined ? {} : { logit_bias: sampling.logitBias }),
    ...(sampling.topLogprobs === undefined ? {} : { logprobs: true, top_logprobs: sampling.topLogprobs }),
    ...(request.user === undefined ? {} : { user: request.user }),
    ...(request.serviceTier === undefined ? {} : { service_tier: request.serviceTier }),
  }
}

/** What no native model can be told. */
function dropAll({ sampling, ...request }: ModelRequest, drop: Drop): void {
  const asked: readonly (readonly [Parameter, boolean])[] = [
    ['n', request.choices > 1],
    ['stop', sampling.stop !== undefined],
    ['min_p', sampling.minP !== undefined],
    ['logit_bias', sampling.logitBias !== undefined],
    ['logprobs', sampling.topLogprobs !== undefined],
    ['user', request.user !== undefined],
    ['service_tier', request.serviceTier !== undefined],
  ]
  for (const [parameter, isAsked] of asked) if (isAsked) drop(parameter)
}

// The bounds of the native schemas; outside of them the whole request is refused.
const TOP_P_MIN = 0.001
const TOP_K_MAX = 50
const SEED_MIN = 1
const SEED_MAX = 9_999_999_999

function writeSampling({ sampling }: ModelRequest, target: WireTarget, family: Family, drop: Drop): Body {
  const native = family.wire === 'native'
  const { temperature, topP, topK, seed, presencePenalty, frequencyPenalty } = sampling
  const body: Body = {}
  if (temperature !== undefined) {
    if (target.facts?.temperature === false) drop('temperature' satisfies Parameter)
    else body['temperature'] = temperature
  }
  if (topP !== undefined) body['top_p'] = native ? Math.max(TOP_P_MIN, topP) : topP
  if (topK !== undefined && native) {
    if (topK >= 1 && topK <= TOP_K_MAX) body['top_k'] = topK
    else drop('top_k' satisfies Parameter)
  }
  if (seed !== undefined) {
    if (native && (seed < SEED_MIN || seed > SEED_MAX)) drop('seed' satisfies Parameter)
    else body['seed'] = seed
  }
  if (presencePenalty !== undefined) body['presence_penalty'] = presencePenalty
  if (frequencyPenalty !== undefined) body['frequency_penalty'] = frequencyPenalty
  return body
}

/** OpenAI's form of a tool, which native models read as well as their own flat one. */
function writeTools(request: ModelRequest, family: Family, drop: Drop): Body {
  const tools = request.tools.filter((tool) => tool.hosted === undefined)
  if (tools.length < request.tools.length) drop('tools' satisfies Parameter)
  const { toolChoice, parallelTools } = request
  const choice =
    typeof toolChoice === 'object'
      ? { type: 'function', function: { name: toolChoice.name } } // held by the server; 'required' is only advice
      : toolChoice
  const isKnown = typeof toolChoice !== 'object' || tools.some((tool) => tool.name === toolChoice.name)
  if (!isKnown) drop('tool_choice' satisfies Parameter)
  if (tools.length === 0) return {}
  if (parallelTools !== undefined && family.wire === 'native') drop('parallel_tool_calls' satisfies Parameter)
  return {
    tools: tools.map((tool) => ({ type: 'function', function: writeTool(tool, family) })),
    ...(choice === undefined || !isKnown ? {} : { tool_choice: choice }),
    ...(parallelTools === undefined || family.wire === 'native'
      ? {}
      : { parallel_tool_calls: parallelTools }),
  }
}

/** Native schemas require a description, and parameters with a type and properties. */
function writeTool(tool: Tool, family: Family): Body {
  const native = family.wire === 'native'
  const parameters = native
    ? { type: 'object', properties: {}, ...fieldsOf(tool.parameters) }
    : isFields(tool.parameters)
      ? tool.parameters
      : undefined
  const description = tool.description ?? (native ? '' : undefined)
  return {
    name: tool.name,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(tool.strict === undefined || native ? {} : { strict: tool.strict }),
  }
}

/** The shape of the answer. Native JSON mode takes the bare schema; OpenAI's envelope is for the others. */
function writeFormat({ format }: ModelRequest, family: Family): Body {
  switch (format.type) {
    case 'text':
      return {}
    case 'json':
      if (family.json === 'guided_json') return { guided_json: { type: 'object' } }
      return { response_format: { type: 'json_object' } }
    case 'json-schema': {
      const { name, schema, strict, description } = format
      if (family.json === 'guided_json') return { guided_json: schema }
      if (family.json === 'response_format') {
        return { response_format: { type: 'json_schema', json_schema: schema } }
      }
      const envelope = {
        name,
        schema,
        ...(strict === undefined ? {} : { strict }),
        ...(description === undefined ? {} : { description }),
      }
      return { response_format: { type: 'json_schema', json_schema: envelope } }
    }
  }
}

function writeReasoning(
  { reasoning }: ModelRequest,
  { model, facts }: WireTarget,
  family: Family,
  drop: Drop,
): Body {
  if (reasoning?.effort === undefined && reasoning?.budgetTokens === undefined) return {}
  const told =
    family.wire === 'native' || facts?.reasoning === false ? undefined : writeEffort(model, reasoning)
  if (told === undefined) drop('reasoning_effort' satisfies Parameter)
  return told ?? {}
}
