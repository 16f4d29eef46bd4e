// Requests for Converse and ConverseStream, written. Pure.
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
import { wantedFor } from '../../caching.ts'
import type { WireRequest, WireTarget } from '../../dialect.ts'
import type { Format, ModelRequest } from '../../request.ts'
import { closeSchema } from '../anthropic/grammar.ts'
import { type Family, familyOf } from './family.ts'
import { leastOf, settlePoints } from './marks.ts'
import { writeMessages } from './messages.ts'
import type { Block, Drop } from './parts.ts'
import { type Thoughts, writeReasoning } from './reasoning.ts'
import { writeTools } from './tools.ts'

export function writeRequest(request: ModelRequest, target: WireTarget): WireRequest {
  const dropped = new Set<string>()
  const drop: Drop = (name) => void dropped.add(name)
  const family = familyOf(target.model)
  const { toolConfig, choice } = writeTools(request, family, drop)
  const thoughts = writeReasoning(request, target, family, drop)
  const sampling = writeSampling(request, target, family, thoughts, drop)
  const textFormat = writeFormat(request.format, target, family, drop)
  const serviceTier = tierOf(request.serviceTier, drop)
  const { tools, system, messages } = settlePoints(
    { ...writeMessages(request.messages, family, drop), tools: toolConfig?.tools ?? [] },
    wantedFor(request, leastOf(target.model, family), target.marking),
    family,
    drop,
  )
  if (request.choices > 1) drop('n')
  if (request.user !== undefined) drop('user')
  const outputConfig = {
    ...(textFormat === undefined ? {} : { textFormat }),
    ...(thoughts.effort === undefined ? {} : { effort: thoughts.effort }),
  }
  const additionalModelRequestFields = {
    ...thoughts.fields,
    ...sampling.fields,
    ...(choice === undefined ? {} : { tool_choice: choice }),
  }
  // Who cannot call tools in a stream answers whole: a short stream.
  const streams = request.stream && (toolConfig === undefined || family.streamsTools)
  return {
    path: `/model/${encodeURIComponent(target.model)}/${streams ? 'converse-stream' : 'converse'}`,
    headers: { accept: streams ? 'application/vnd.amazon.eventstream' : 'application/json' },
    body: {
      messages,
      ...(system.length === 0 ? {} : { system }),
      ...some('inferenceConfig', sampling.inferenceConfig),
      ...(toolConfig === undefined ? {} : { toolConfig: { ...toolConfig, tools } }),
      ...some('outputConfig', outputConfig),
      ...some('additionalModelRequestFields', additionalModelRequestFields),
      ...(serviceTier === undefined ? {} : { serviceTier }),
    },
    dropped: [...dropped],
  }
}

const some = (name: string, fields: Block): Block =>
  Object.keys(fields).length === 0 ? {} : { [name]: fields }

function writeSampling(
  request: ModelRequest,
  target: WireTarget,
  family: Family,
  thoughts: Thoughts,
  drop: Drop,
): { readonly inferenceConfig: Block; readonly fields: Block } {
  const { sampling, limits } = request
  const maxTokens = limits.maxOutput ?? thoughts.maxTokens
  const takes = thoughts.steerable && target.facts?.temperature !== false && family.sampling !== 'none'
  const { temperature } = sampling
  if (temperature !== undefined && (!takes || temperature > 1)) drop('temperature') // the scale ends at 1
  const takesTopP = takes && !(family.sampling === 'one' && temperature !== undefined)
  if (sampling.topP !== undefined && !takesTopP) drop('top_p')
  const stops = stopsOf(sampling.stop ?? [], family, drop)
  const fields = takes ? topK(sampling.topK, family) : undefined
  if (sampling.topK !== undefined && fields === undefined) drop('top_k')
  dropUnknown(sampling, drop)
  return {
    inferenceConfig: {
      ...(maxTokens === undefined ? {} : { maxTokens }),
      ...(temperature === undefined || !takes ? {} : { temperature: Math.min(1, temperature) }),
      ...(sampling.topP === undefined || !takesTopP ? {} : { topP: sampling.topP }),
      ...(stops.length === 0 ? {} : { stopSequences: stops }),
    },
    fields: fields ?? {},
  }
}

/** Claude's models refuse to stop at white space, GPT refuses to stop at all. */
function stopsOf(stops: readonly string[], family: Family, drop: Drop): readonly string[] {
  const usable = stops.filter((stop) => family.stops && (family.maker !== 'claude' || stop.trim() !== ''))
  if (usable.length < stops.length) drop('stop')
  return usable
}

/**
 * Where a maker puts it: https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-call.html and
 * https://docs.aws.amazon.com/nova/latest/userguide/using-converse-api.html
 */
function topK(value: number | undefined, family: Family): Block | undefined {
  if (value === undefined) return undefined
  if (family.maker === 'claude') return { top_k: value }
  return family.maker === 'nova' ? { inferenceConfig: { topK: value } } : undefined
}

function dropUnknown(sampling: ModelRequest['sampling'], drop: Drop): void {
  if (sampling.minP !== undefined) drop('min_p')
  if (sampling.seed !== undefined) drop('seed')
  if (sampling.presencePenalty !== undefined) drop('presence_penalty')
  if (sampling.frequencyPenalty !== undefined) drop('frequency_penalty')
  if (sampling.logitBias !== undefined) drop('logit_bias')
  if (sampling.topLogprobs !== undefined) drop('logprobs')
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html: the schema travels as text. */
function writeFormat(format: Format, target: WireTarget, family: Family, drop: Drop): Block | undefined {
  switch (format.type) {
    case 'text':
      return undefined
    case 'json':
      drop('response_format')
      return undefined
    case 'json-schema': {
      if (target.facts?.jsonSchema === false || !family.formats) {
        drop('response_format')
        return undefined
      }
      const jsonSchema = {
        schema: JSON.stringify(family.maker === 'claude' ? closeSchema(format.schema) : format.schema),
        name: format.name,
        ...(format.description === undefined ? {} : { description: format.description }),
      }
      return { type: 'json_schema', structure: { jsonSchema } }
    }
  }
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html */
function tierOf(tier: string | undefined, drop: Drop): Block | undefined {
  if (tier === undefined || tier === 'auto') return undefined
  if (tier === 'default' || tier === 'flex' || tier === 'priority' || tier === 'reserved')
    return { type: tier }
  drop('service_tier')
  return undefined
}
