// What Anthropic's Messages API refuses, in its own words: the shape of the body, and rules between its fields.
// Sources: https://platform.claude.com/docs/en/build-with-claude/extended-thinking (temperature, top_p, top_k, forced
// tools, budget, thinking blocks in tool turns), .../agents-and-tools/tool-use/implement-tool-use (where results stand),
// .../build-with-claude/structured-outputs (schemas), .../api/errors.
import type { z } from 'zod'
import {
  countBody,
  type CountBody,
  messagesBody,
  type MessagesBody,
  type WireMessage,
} from './anthropic-schema.ts'
import { hide, reveal, seal } from './seal.ts'
import { bodyOf, type Fields, isFields, type LabRequest, Refused } from './wire.ts'

const refuse = (message: string): never => {
  throw new Refused(400, message)
}

export const sealThinking = (words: string): string => seal('anthropic', words)
export const hideThinking = (words: string): string => hide('anthropic', words)

function shape<T>(schema: z.ZodType<T>, request: LabRequest): T {
  if (request.headers['anthropic-version'] === undefined) refuse('anthropic-version: header is required')
  const body: unknown = Object.keys(request.body).length === 0 ? undefined : bodyOf(request)
  if (body === undefined) refuse('The request body is not valid JSON.')
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const missing = issue?.code === 'invalid_type' && issue.message.includes('undefined')
  const extra = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const path = [...(issue?.path ?? []), ...(extra === undefined ? [] : [extra])].join('.')
  const said = missing
    ? 'Field required'
    : extra === undefined
      ? issue?.message
      : 'Extra inputs are not permitted'
  return refuse(`${path}: ${said}`)
}

export function checkMessages(request: LabRequest): MessagesBody {
  const body = shape(messagesBody, request)
  checkSampling(body)
  checkThinking(body)
  checkShared(body)
  return body
}

export function checkCount(request: LabRequest): CountBody {
  const body = shape(countBody, request)
  checkShared(body)
  return body
}

function checkShared(body: CountBody): void {
  checkTools(body)
  checkTurns(body.messages)
  checkProofs(body.messages)
  const format = body.output_config?.format
  if (format) checkSchema(format.schema, 'output_config.format.schema')
  const marks = JSON.stringify(bodyMarks(body)).split('"cache_control":{').length - 1
  if (marks > 4) refuse(`A maximum of 4 blocks with cache_control may be provided. Found ${marks}.`)
}

const bodyMarks = ({ system, messages, tools, cache_control }: CountBody): unknown => ({
  system,
  messages,
  tools,
  cache_control,
})

function checkSampling(body: MessagesBody): void {
  if (body.temperature !== undefined && body.top_p !== undefined)
    refuse('`temperature` and `top_p` cannot both be specified for this model. Please use only one.')
  const last = body.messages.at(-1)
  const end = typeof last?.content === 'string' ? last.content : lastText(last?.content)
  if (last?.role === 'assistant' && end !== undefined && /\s$/.test(end))
    refuse('messages: final assistant content cannot end with trailing whitespace')
}

function lastText(content: unknown): string | undefined {
  const last: unknown = Array.isArray(content) ? content.at(-1) : undefined
  return isFields(last) && typeof last['text'] === 'string' ? last['text'] : undefined
}

const isThinking = (block: unknown): boolean =>
  isFields(block) && (block['type'] === 'thinking' || block['type'] === 'redacted_thinking')

/** The newest models think before every answer, and take nothing that would steer how. */
export const alwaysThinks = (model: string): boolean => /^claude-(?:opus-5-5|fable-5|mythos-5)/.test(model)

/** https://platform.claude.com/docs/en/models/opus-5-5/migration-guide#request-requirements */
function checkNewest({ thinking, messages, tool_choice, ...body }: MessagesBody): void {
  if (thinking !== undefined && thinking.type !== 'adaptive')
    refuse(
      `thinking.type: "${thinking.type}" is not supported for this model. Use "adaptive" or omit the field.`,
    )
  for (const field of ['temperature', 'top_p', 'top_k'] as const) {
    if (body[field] !== undefined) refuse(`\`${field}\` is not supported for this model.`)
  }
  if (tool_choice?.type === 'any' || tool_choice?.type === 'tool')
    refuse(`tool_choice.type: "${tool_choice.type}" is not supported for this model.`)
  if (messages.at(-1)?.role === 'assistant') refuse('This model does not support assistant message prefill.')
}

function checkThinking(body: MessagesBody): void {
  const { thinking, messages } = body
  if (alwaysThinks(body.model)) return checkNewest(body)
  if (thinking === undefined || thinking.type === 'disabled') return
  if (thinking.type === 'enabled' && thinking.budget_tokens >= body.max_tokens)
    refuse('`max_tokens` must be greater than `thinking.budget_tokens`.')
  if (body.temperature !== undefined && body.temperature !== 1)
    refuse('`temperature` may only be set to 1 when thinking is enabled.')
  if (body.top_k !== undefined) refuse('`top_k` must be unset when thinking is enabled.')
  if (body.top_p !== undefined && body.top_p < 0.95)
    refuse('`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.')
  if (body.tool_choice?.type === 'any' || body.tool_choice?.type === 'tool')
    refuse('Thinking may not be enabled when tool_choice forces tool use.')
  if (messages.at(-1)?.role === 'assistant') refuse('Prefill is not supported when thinking is enabled.')
  // The turn that is being continued must still begin with what was thought; adaptive thinking does not insist.
  const before = messages.at(-2)
  const isToolTurn = blocksOf(messages.at(-1)).some(({ type }) => type === 'tool_result')
  if (thinking.type !== 'enabled' || !isToolTurn || before === undefined) return
  const [first] = blocksOf(before)
  if (!isThinking(first))
    refuse(
      `messages.${messages.length - 2}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${String(first?.type)}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block.`,
    )
}

type Block = { readonly type: string } & Fields

const blocksOf = (message: WireMessage | undefined): readonly Block[] => {
  if (message === undefined) return []
  return typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content
}

/** What was thought comes back as it was, or not at all. */
function checkProofs(messages: readonly WireMessage[]): void {
  for (const [at, message] of messages.entries()) {
    for (const [place, block] of blocksOf(message).entries()) {
      const where = `messages.${at}.content.${place}`
      // A thought that was left out of the answer has a proof of its own.
      const isProven =
        block['signature'] === sealThinking(String(block['thinking'])) ||
        (block['thinking'] === '' && reveal('anthropic', String(block['signature'])) !== undefined)
      if (block.type === 'thinking' && !isProven)
        refuse(`${where}: Invalid \`signature\` in \`thinking\` block`)
      if (block.type === 'redacted_thinking' && reveal('anthropic', String(block['data'])) === undefined)
        refuse(`${where}: Invalid \`data\` in \`redacted_thinking\` block`)
    }
  }
}

function checkTools({ tools = [], tool_choice }: CountBody): void {
  const names = tools.map(({ name }) => name)
  if (new Set(names).size < names.length) refuse('tools: Tool names must be unique.')
  if (tool_choice !== undefined && tool_choice.type !== 'none' && tools.length === 0)
    refuse('tool_choice: tool_choice may only be specified while providing tools.')
  if (tool_choice?.type === 'tool' && !names.includes(tool_choice.name))
    refuse(`tool_choice.name: Tool '${tool_choice.name}' not found in provided tools`)
  for (const [at, tool] of tools.entries()) {
    if ('input_schema' in tool && tool['strict'] === true)
      checkSchema(tool['input_schema'], `tools.${at}.custom.input_schema`)
  }
}

const UNSUPPORTED = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'maxItems',
]

/** What a schema may not say where the answer must follow it. */
function checkSchema(schema: unknown, where: string): void {
  if (!isFields(schema)) return
  const type = String(schema['type'])
  if (type === 'object' && schema['additionalProperties'] !== false)
    refuse(`${where}: For 'object' type, 'additionalProperties' must be explicitly set to false`)
  const odd = UNSUPPORTED.find((key) => key in schema)
  if (odd !== undefined) refuse(`${where}: For '${type}' type, property '${odd}' is not supported`)
  for (const [key, inner] of Object.entries(schema)) {
    if (key === 'properties' || key === '$defs') {
      for (const [name, value] of Object.entries(isFields(inner) ? inner : {}))
        checkSchema(value, `${where}.${name}`)
    } else if (key === 'items') checkSchema(inner, `${where}.items`)
    else if (key === 'anyOf' && Array.isArray(inner))
      for (const value of inner) checkSchema(value, `${where}.anyOf`)
  }
}

/** The first turn is the user's; every call is answered at the head of the turn behind it, and nothing else is. */
function checkTurns(messages: readonly WireMessage[]): void {
  if (messages[0]?.role === 'assistant') refuse('messages: first message must use the "user" role')
  const used = new Set<string>()
  let open: readonly string[] = []
  for (const [at, message] of messages.entries()) {
    const blocks = blocksOf(message)
    const results = blocks.filter(({ type }) => type === 'tool_result')
    const firstOther = blocks.findIndex(({ type }) => type !== 'tool_result')
    const answered = results.map((block) => String(block['tool_use_id']))
    const unknown = answered.find((id) => !open.includes(id))
    if (unknown !== undefined)
      refuse(
        `messages.${at}.content.${answered.indexOf(unknown)}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${unknown}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      )
    const missing = open.filter((id) => !answered.includes(id))
    const isMisplaced = firstOther >= 0 && blocks.slice(firstOther).some(({ type }) => type === 'tool_result')
    if (missing.length > 0 || isMisplaced)
      refuse(
        `messages.${at - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${(missing.length > 0 ? missing : answered).join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      )
    const failed = results.find(({ is_error, content }) => is_error === true && (content ?? '') === '')
    if (failed !== undefined) refuse(`messages.${at}: content cannot be empty if \`is_error\` is true`)
    const calls = blocks.filter(({ type }) => type === 'tool_use').map(({ id }) => String(id))
    const twice = calls.find((id) => used.has(id))
    if (twice !== undefined) refuse(`messages.${at}: \`tool_use\` ids must be unique`)
    for (const id of calls) used.add(id)
    open = calls
  }
  if (open.length > 0)
    refuse(
      `messages.${messages.length - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
    )
}
