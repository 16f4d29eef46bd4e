// The fields of a request that another dialect asked for: tools, sampling, format, thinking and the rest. Pure.
import { type Fields, fieldsOf, isFields } from '../../fields.ts'
import type { ModelRequest, Tool } from '../../request.ts'
import type { Draft } from './body.ts'
import { closeSchema } from './grammar.ts'
import { isTurnBereft, writeReasoning } from './reasoning.ts'
import { writeCache } from './parts.ts'

export function writeSettings(request: ModelRequest, draft: Draft): void {
  const { body, drop } = draft
  writeTools(request, draft)
  const choice = fieldsOf(body['tool_choice'])['type']
  const { thinking, effort, isLost } = writeReasoning(request.reasoning, {
    generation: draft.generation,
    facts: draft.target.facts,
    maxTokens: draft.maxTokens,
    isForced: choice === 'any' || choice === 'tool',
    isBereft: isTurnBereft(request.messages),
  })
  if (isLost) drop('reasoning_effort')
  if (thinking !== undefined) body['thinking'] = thinking
  const format = writeFormat(request, draft)
  const config = {
    ...(effort === undefined ? {} : { effort }),
    ...(format === undefined ? {} : { format }),
  }
  if (Object.keys(config).length > 0) body['output_config'] = config
  writeSampling(request, draft, thinking?.['type'] === 'enabled' || thinking?.['type'] === 'adaptive')
  if (request.user !== undefined) body['metadata'] = { user_id: request.user }
  writeTier(request.serviceTier, draft)
}

function writeTools(request: ModelRequest, { body, drop, generation }: Draft): void {
  const tools = request.tools.flatMap((tool) => {
    if (tool.hosted === undefined) return [writeTool(tool, generation.formats, drop)]
    drop('tools') // another vendor's own
    return []
  })
  if (tools.length > 0) body['tools'] = tools
  const { toolChoice, parallelTools } = request
  const isForced = toolChoice !== undefined && toolChoice !== 'auto' && toolChoice !== 'none'
  const isThere = typeof toolChoice !== 'object' || tools.some((tool) => tool['name'] === toolChoice.name)
  const mayForce = generation.forcedTools && isThere && tools.length > 0
  if (isForced && !mayForce) drop('tool_choice')
  if (tools.length === 0) return
  const choice = isForced && !mayForce ? { type: 'auto' } : choiceOf(toolChoice)
  if (parallelTools === false && choice['type'] !== 'none')
    body['tool_choice'] = { ...choice, disable_parallel_tool_use: true }
  else if (toolChoice !== undefined) body['tool_choice'] = choice
}

function writeTool(tool: Tool, takesStrict: boolean, drop: Draft['drop']): Fields {
  const isStrict = tool.strict === true && takesStrict
  if (tool.strict === true && !takesStrict) drop('strict')
  const schema = { ...(isFields(tool.parameters) ? tool.parameters : { properties: {} }), type: 'object' }
  return {
    name: tool.name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    input_schema: isStrict ? closeSchema(schema) : schema,
    ...(isStrict ? { strict: true } : {}),
    ...writeCache(tool.cache),
  }
}

function choiceOf(choice: ModelRequest['toolChoice']): Fields {
  if (choice === undefined || choice === 'auto') return { type: 'auto' }
  if (choice === 'none') return { type: 'none' }
  return choice === 'required' ? { type: 'any' } : { type: 'tool', name: choice.name }
}

/** There is a schema or there is nothing: that an answer be JSON of any kind cannot be asked. */
function writeFormat({ format }: ModelRequest, { drop, generation, target }: Draft): Fields | undefined {
  if (format.type === 'text') return undefined
  const takes = target.facts?.jsonSchema ?? generation.formats
  if (format.type === 'json-schema' && takes) {
    const about = format.description === undefined ? {} : { description: format.description }
    return { type: 'json_schema', schema: closeSchema({ ...about, ...fieldsOf(format.schema) }) }
  }
  drop('response_format')
  return undefined
}

/** Sources: https://platform.claude.com/docs/en/api/messages/create and /docs/en/build-with-claude/extended-thinking */
function writeSampling({ sampling, choices }: ModelRequest, draft: Draft, isThinking: boolean): void {
  const { body, drop, generation, target } = draft
  const { temperature, topP, topK, stop } = sampling
  const isFree = generation.sampling !== 'none' && target.facts?.temperature !== false
  // Who thinks keeps to the default temperature and to all but the rarest words.
  const takesTemperature = isFree && !isThinking
  if (temperature !== undefined && takesTemperature) body['temperature'] = Math.min(1, temperature)
  if (temperature !== undefined && temperature !== 1 && (!takesTemperature || temperature > 1))
    drop('temperature')
  if (topP !== undefined && topP !== 1) {
    const isAlone = generation.sampling === 'both' || body['temperature'] === undefined
    if (isFree && isAlone && (!isThinking || topP >= 0.95)) body['top_p'] = topP
    else drop('top_p')
  }
  if (topK !== undefined && isFree && !isThinking) body['top_k'] = topK
  else if (topK !== undefined) drop('top_k')
  // Refused: "each stop sequence must contain non-whitespace".
  const stops = (stop ?? []).filter((sequence) => sequence.trim() !== '')
  if (stops.length > 0) body['stop_sequences'] = stops
  if (stops.length < (stop ?? []).length) drop('stop')
  dropUnknown(sampling, drop)
  if (choices > 1) drop('n')
}

/** What this wire has no word for. A penalty of nothing asks for nothing. */
function dropUnknown(sampling: ModelRequest['sampling'], drop: Draft['drop']): void {
  if (sampling.minP !== undefined && sampling.minP !== 0) drop('min_p')
  if (sampling.seed !== undefined) drop('seed')
  if (sampling.presencePenalty !== undefined && sampling.presencePenalty !== 0) drop('presence_penalty')
  if (sampling.frequencyPenalty !== undefined && sampling.frequencyPenalty !== 0) drop('frequency_penalty')
  if (Object.keys(sampling.logitBias ?? {}).length > 0) drop('logit_bias')
  if (sampling.topLogprobs !== undefined) drop('logprobs')
}

/** Source: https://platform.claude.com/docs/en/api/service-tiers */
function writeTier(tier: string | undefined, { body, drop }: Draft): void {
  if (tier === undefined) return
  if (tier === 'auto') body['service_tier'] = 'auto'
  else if (tier === 'default') body['service_tier'] = 'standard_only'
  else drop('service_tier')
}
