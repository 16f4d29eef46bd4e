// What a vendor's record says of fields: refused, renamed, limited, worded otherwise. Applied to any body, whoever wrote it. Pure.
import type { WireTarget } from '../../dialect.ts'
import { fieldsOf, isFields, listOf, text } from '../../fields.ts'
import type { ChatOptions } from './options.ts'
import { unmark } from './parts.ts'

type Body = Record<string, unknown>

export function refusedFields(target: WireTarget, { refuses = [] }: ChatOptions): ReadonlySet<string> {
  const refused = new Set<string>()
  for (const one of refuses) {
    if (typeof one === 'string') refused.add(one)
    else if (one.models.test(target.model)) refused.add(one.field)
  }
  if (target.facts?.temperature === false) refused.add('temperature')
  return refused
}

export function suit(
  body: Body,
  refused: ReadonlySet<string>,
  options: ChatOptions,
  dropped: Set<string>,
): void {
  for (const field of refused) refuse(body, field, dropped)
  if (refused.has('cache_control') && Array.isArray(body['tools'])) {
    body['tools'] = body['tools'].map((tool: unknown) => unmark(tool, dropped))
  }
  suitNumbers(body, options, dropped)
  suitStops(body, options, dropped)
  suitTools(body, options, dropped)
  suitFormat(body, options, dropped)
  for (const [field, name] of Object.entries(options.names ?? {})) {
    if (body[field] === undefined || name === undefined) continue
    body[name] ??= body[field]
    delete body[field]
  }
}

/** What means nothing without another field goes with it. */
const COMPANIONS: Readonly<Record<string, readonly string[]>> = {
  logprobs: ['top_logprobs'],
  tools: ['tool_choice', 'parallel_tool_calls'],
}

/** What a vendor does where nothing is said. */
const USUAL: Readonly<Record<string, readonly unknown[]>> = {
  n: [1],
  logprobs: [false],
  parallel_tool_calls: [true],
  tool_choice: ['auto'],
  service_tier: ['auto', 'default'],
  presence_penalty: [0],
  frequency_penalty: [0],
  store: [false],
}

function refuse(body: Body, field: string, dropped: Set<string>): void {
  const value = body[field]
  if (value === undefined) return
  for (const companion of COMPANIONS[field] ?? []) delete body[companion]
  delete body[field]
  // What says the same as nothing is no loss.
  const isNothing = value === null || USUAL[field]?.includes(value) === true
  if (!isNothing && !(Array.isArray(value) && value.length === 0)) dropped.add(field)
}

function suitNumbers(body: Body, { maxTemperature, logprobs }: ChatOptions, dropped: Set<string>): void {
  const { temperature, top_logprobs: top } = body
  if (maxTemperature !== undefined && typeof temperature === 'number' && temperature > maxTemperature) {
    body['temperature'] = maxTemperature
    dropped.add('temperature')
  }
  if (logprobs === 'count' && typeof body['logprobs'] === 'boolean') {
    if (body['logprobs']) body['logprobs'] = typeof top === 'number' && top > 1 ? top : 1
    else delete body['logprobs']
    delete body['top_logprobs']
  }
}

function suitStops(body: Body, { maxStops, stopList }: ChatOptions, dropped: Set<string>): void {
  if (stopList === true && typeof body['stop'] === 'string') body['stop'] = [body['stop']]
  const { stop } = body
  if (maxStops === undefined || !Array.isArray(stop) || stop.length <= maxStops) return
  body['stop'] = stop.slice(0, maxStops)
  dropped.add('stop')
}

function suitTools(body: Body, options: ChatOptions, dropped: Set<string>): void {
  const { noNamedTool, noStrictTools, noForcedTool, requiredTool } = options
  if (noStrictTools === true && Array.isArray(body['tools'])) body['tools'] = body['tools'].map(unstrict)
  const choice = body['tool_choice']
  const name = text(fieldsOf(fieldsOf(choice)['function'])['name'])
  if (noForcedTool === true && choice !== undefined && choice !== 'auto' && choice !== 'none') {
    delete body['tool_choice']
    if (choice !== null) dropped.add('tool_choice')
  } else if (noNamedTool === true && name !== '') {
    const named = listOf(body['tools']).filter(
      (tool) => fieldsOf(fieldsOf(tool)['function'])['name'] === name,
    )
    if (named.length > 0) body['tools'] = named
    body['tool_choice'] = requiredTool ?? 'required'
  } else if (choice === 'required' && requiredTool !== undefined) body['tool_choice'] = requiredTool
}

function unstrict(tool: unknown): unknown {
  if (!isFields(tool) || !isFields(tool['function'])) return tool
  const { strict: _, ...rest } = tool['function']
  return { ...tool, function: rest }
}

/** A schema that cannot be told is reported, also where plain JSON stands in for it. */
function suitFormat(
  body: Body,
  { formats = 'schema', schemaField }: ChatOptions,
  dropped: Set<string>,
): void {
  const { type, json_schema: schema, ...rest } = fieldsOf(body['response_format'])
  if (schemaField !== undefined && type === 'json_schema' && schema !== undefined) {
    body['response_format'] = { type, ...rest, [schemaField]: schema }
  }
  if (formats === 'object' && type === 'json_schema') {
    body['response_format'] = { type: 'json_object' }
    dropped.add('response_format')
  }
  if ((formats === 'none' && type !== undefined) || (formats === 'schema-only' && type === 'json_object')) {
    delete body['response_format']
    if (type !== 'text') dropped.add('response_format')
  }
}

/**
 * OpenAI and DeepSeek answer 400 to a wish for JSON in which no message says the word, so it is said where the wish
 * came in another form: https://platform.openai.com/docs/guides/structured-outputs#json-mode
 */
export function sayJson(body: Body): void {
  const messages = listOf(body['messages'])
  const said = messages.some((message) => {
    const { content } = fieldsOf(message)
    const texts =
      typeof content === 'string' ? [content] : listOf(content).map((part) => text(fieldsOf(part)['text']))
    return texts.some((one) => /json/i.test(one))
  })
  if (!said) body['messages'] = [{ role: 'system', content: 'Answer with one JSON object.' }, ...messages]
}
