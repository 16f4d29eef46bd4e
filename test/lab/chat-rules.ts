// What OpenAI's chat completions refuse beyond the shape of the body: rules between fields, in its own words.
import { judge } from './openapi.ts'
import { bodyOf, type Fields, isFields, type LabRequest, Refused } from './wire.ts'

const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : [])

const isGiven = (value: unknown): boolean => value !== undefined && value !== null

/** Throws what OpenAI would answer; notes what it does not know. */
export function checkChat(request: LabRequest): void {
  const body = echoed(bodyOf(request))
  const { wrong, strange } = judge('chat', body)
  if (wrong !== undefined) throw new Refused(400, wrong)
  if (strange !== undefined) request.strange = strange
  const messages = list(body['messages'])
  if (messages.length === 0)
    throw new Refused(400, "Invalid 'messages': empty array.", 'empty_array', 'messages')
  checkFields(body)
  checkTools(body)
  checkTurns(messages)
}

/** The fields of an answer that no request has; clients send answers back as they came, as OpenAI's own guides do. */
function echoed(body: Fields): Fields {
  if (!Array.isArray(body['messages'])) return body
  const messages = body['messages'].map((message: unknown) => {
    if (!isFields(message) || message['role'] !== 'assistant') return message
    const { annotations: _, ...rest } = message
    return rest
  })
  return { ...body, messages }
}

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  temperature: [0, 2],
  top_p: [0, 1],
  presence_penalty: [-2, 2],
  frequency_penalty: [-2, 2],
  n: [1, 128],
  top_logprobs: [0, 20],
  max_tokens: [1, Number.POSITIVE_INFINITY],
  max_completion_tokens: [1, Number.POSITIVE_INFINITY],
}

function checkFields(body: Fields): void {
  for (const [field, [from, to]] of Object.entries(RANGES)) {
    const value = body[field]
    if (typeof value === 'number' && (value < from || value > to))
      throw new Refused(
        400,
        `Invalid '${field}': ${value} is not between ${from} and ${to}.`,
        'invalid_value',
        field,
      )
  }
  if (isGiven(body['max_tokens']) && isGiven(body['max_completion_tokens']))
    throw new Refused(400, 'Setting max_tokens and max_completion_tokens at the same time is not supported.')
  if (isGiven(body['stream_options']) && body['stream'] !== true)
    throw new Refused(
      400,
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      null,
      'stream_options',
    )
  if (isGiven(body['top_logprobs']) && body['logprobs'] !== true)
    throw new Refused(
      400,
      "The 'logprobs' parameter must be set to true when 'top_logprobs' is used.",
      null,
      'top_logprobs',
    )
  if (Array.isArray(body['stop']) && body['stop'].length > 4)
    throw new Refused(
      400,
      "Invalid 'stop': array too long. Expected an array with maximum length 4.",
      null,
      'stop',
    )
}

const NAME = /^[a-zA-Z0-9_-]{1,64}$/

function checkTools(body: Fields): void {
  const tools = list(body['tools'])
  if (Array.isArray(body['tools']) && tools.length === 0)
    throw new Refused(
      400,
      "Invalid 'tools': empty array. Expected an array with minimum length 1.",
      'empty_array',
      'tools',
    )
  if (tools.length === 0) {
    if (isGiven(body['tool_choice']))
      throw new Refused(
        400,
        "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
      )
    if (isGiven(body['parallel_tool_calls']))
      throw new Refused(
        400,
        "Invalid value for 'parallel_tool_calls': only allowed when 'tools' are specified.",
      )
  }
  for (const [at, tool] of tools.entries()) {
    const about = tool['function']
    if (!isFields(about)) continue
    const name = String(about['name'])
    if (!NAME.test(name)) throw new Refused(400, `Invalid 'tools[${at}].function.name': '${name}'.`)
    if (about['strict'] === true) checkStrict(about['parameters'], `tools[${at}].function.parameters`)
  }
  const chosen = isFields(body['tool_choice']) ? body['tool_choice']['function'] : undefined
  const names = tools.map((tool) => (isFields(tool['function']) ? tool['function']['name'] : undefined))
  if (isFields(chosen) && !names.includes(chosen['name']))
    throw new Refused(400, `Tool choice '${String(chosen['name'])}' not found in 'tools' parameter.`)
  const format = body['response_format']
  const about = isFields(format) ? format['json_schema'] : undefined
  if (!isFields(about)) return
  if (!NAME.test(String(about['name']))) throw new Refused(400, "Invalid 'response_format.json_schema.name'.")
  if (about['strict'] === true) checkStrict(about['schema'], 'response_format.json_schema.schema')
}

/** https://platform.openai.com/docs/guides/structured-outputs#supported-schemas */
export function checkStrict(schema: unknown, where: string): void {
  if (!isFields(schema)) return
  const properties = schema['properties']
  if (schema['type'] === 'object' || isFields(properties)) {
    const context = `Invalid schema at ${where}: `
    if (schema['additionalProperties'] !== false)
      throw new Refused(400, `${context}'additionalProperties' is required to be supplied and to be false.`)
    const required = Array.isArray(schema['required']) ? schema['required'] : []
    const missing = Object.keys(isFields(properties) ? properties : {}).filter(
      (name) => !required.includes(name),
    )
    if (missing.length > 0)
      throw new Refused(
        400,
        `${context}'required' must include every property. Missing '${missing.join("', '")}'.`,
      )
  }
  for (const [key, inner] of Object.entries(schema)) {
    if (key === 'properties' || key === '$defs' || key === 'definitions') {
      for (const [name, value] of Object.entries(isFields(inner) ? inner : {}))
        checkStrict(value, `${where}.${name}`)
    } else if (key === 'items') checkStrict(inner, `${where}.items`)
    else if (key === 'anyOf') for (const value of list(inner)) checkStrict(value, `${where}.anyOf`)
  }
}

/** Every call is answered, right behind it, and nothing else is. */
function checkTurns(messages: readonly Fields[]): void {
  let open: string[] = []
  for (const [at, message] of messages.entries()) {
    if (message['role'] === 'tool') {
      const id = String(message['tool_call_id'])
      if (!open.includes(id))
        throw new Refused(
          400,
          `Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls' (messages[${at}], '${id}').`,
          null,
          `messages.[${at}].role`,
        )
      open = open.filter((other) => other !== id)
      continue
    }
    refuseOpen(open)
    open =
      message['role'] === 'assistant' ? list(message['tool_calls']).map((call) => String(call['id'])) : []
    if (
      message['role'] === 'assistant' &&
      !isGiven(message['content']) &&
      !isGiven(message['refusal']) &&
      open.length === 0
    )
      throw new Refused(400, `Invalid 'messages[${at}]': an assistant message needs content or tool calls.`)
  }
  refuseOpen(open)
}

function refuseOpen(open: readonly string[]): void {
  if (open.length === 0) return
  throw new Refused(
    400,
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${open.join(', ')}`,
    null,
    'messages',
  )
}
