// Responses requests, read from clients. Pure.
// Source: https://developers.openai.com/api/reference/resources/responses/methods/create
import { type Fields, isFields } from '../../fields.ts'
import { invalid, mistake } from '../../mistake.ts'
import type { Format, ModelRequest, Sampling } from '../../request.ts'
import { instructionsOf, messagesOf } from './items.ts'
import { readReasoning } from './reasoning.ts'
import { checkItems, DIALECT, type Item, requestSchema, type ResponsesBody } from './schema.ts'
import { readChoice, readTool } from './tools.ts'

const LOGPROBS = 'message.output_text.logprobs'
const ENCRYPTED = 'reasoning.encrypted_content'

/** Fields that become part of the request, that the gateway itself answers for, or that change nothing elsewhere. */
const READ = new Set([
  'model',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'text',
  'reasoning',
  'include',
  'max_output_tokens',
  'temperature',
  'top_p',
  'top_logprobs',
  'presence_penalty',
  'frequency_penalty',
  'stream',
  'stream_options',
  'service_tier',
  'user',
  'safety_identifier',
  'truncation',
  'store',
  'background',
  'previous_response_id',
  'conversation',
  'metadata',
])

export function readRequest(body: unknown): ModelRequest {
  if (!isFields(body)) throw invalid('The request body must be a JSON object.', undefined)
  const checked = requestSchema.safeParse(body)
  if (!checked.success) throw mistake(checked.error, body)
  const asked = checked.data
  const kept = readState(asked)
  const items = itemsIn(asked, body)
  const { toolChoice, allowed, isUnread: isChoiceUnread } = readChoice(asked.tool_choice)
  const { reasoning, isUnread: isEffortUnread } = readReasoning(asked.reasoning)
  const tools = (asked.tools ?? []).map(readTool)
  const user = asked.user ?? asked.safety_identifier ?? undefined
  const unread = [
    ...unreadIn(asked, body),
    ...(isChoiceUnread ? ['tool_choice'] : []),
    ...(isEffortUnread ? ['reasoning.effort'] : []),
  ]
  return {
    model: asked.model ?? 'auto',
    messages: [...instructionsOf(body), ...messagesOf(items)],
    tools: allowed === undefined ? tools : tools.filter(({ name }) => allowed.has(name)),
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(typeof asked.parallel_tool_calls === 'boolean' ? { parallelTools: asked.parallel_tool_calls } : {}),
    stream: asked.stream === true,
    streamUsage: true,
    choices: 1,
    format: readFormat(asked),
    ...(reasoning === undefined ? {} : { reasoning }),
    sampling: readSampling(asked),
    limits: typeof asked.max_output_tokens === 'number' ? { maxOutput: asked.max_output_tokens } : {},
    ...(user === undefined ? {} : { user }),
    ...readTier(asked),
    ...(unread.length === 0 ? {} : { unread }),
    response: kept,
    native: { dialect: DIALECT, body },
  }
}

/** What the gateway is asked to keep and to go on from. */
function readState(asked: ResponsesBody): NonNullable<ModelRequest['response']> {
  const previousId = asked.previous_response_id ?? undefined
  const { conversation } = asked
  const conversationId = typeof conversation === 'string' ? conversation : (conversation?.id ?? undefined)
  if (previousId !== undefined && conversationId !== undefined) {
    const message = "'previous_response_id' and 'conversation' cannot be used together: send one of them."
    throw invalid(message, 'previous_response_id')
  }
  return {
    ...(previousId === undefined ? {} : { previousId }),
    ...(conversationId === undefined ? {} : { conversationId }),
    store: asked.store ?? true,
    background: asked.background ?? false,
    ...(asked.truncation === 'auto' || asked.truncation === 'disabled'
      ? { truncation: asked.truncation }
      : {}),
  }
}

function itemsIn(asked: ResponsesBody, body: Fields): readonly Item[] {
  const { input } = asked
  if (typeof input === 'string' && input !== '') return [{ role: 'user', content: input }]
  if (Array.isArray(input) && input.length > 0) return checkItems(input, 'input', body)
  // What came before, or a prompt that the vendor keeps, may be all of the question.
  const others = ['previous_response_id', 'conversation', 'prompt']
  if (others.some((field) => (body[field] ?? undefined) !== undefined)) return []
  if (input === undefined || input === null) throw invalid("Missing required parameter: 'input'.", 'input')
  const found =
    input === '' ? 'an empty string was sent, some text' : 'an empty array was sent, at least one item'
  throw invalid(`Invalid 'input': ${found} is needed.`, 'input')
}

function readFormat({ text }: ResponsesBody): Format {
  const format = text?.format ?? undefined
  if (format?.type === 'json_object') return { type: 'json' }
  if (format?.type !== 'json_schema') return { type: 'text' }
  const { name, schema, strict, description } = format
  return {
    type: 'json-schema',
    name: name ?? '',
    schema,
    ...(typeof strict === 'boolean' ? { strict } : {}),
    ...(typeof description === 'string' ? { description } : {}),
  }
}

function readSampling(asked: ResponsesBody): Sampling {
  const { temperature, top_p: topP, presence_penalty: presence, frequency_penalty: frequency } = asked
  const topLogprobs = asked.top_logprobs ?? (asked.include?.includes(LOGPROBS) === true ? 0 : undefined)
  return {
    ...(typeof temperature === 'number' ? { temperature } : {}),
    ...(typeof topP === 'number' ? { topP } : {}),
    ...(typeof presence === 'number' ? { presencePenalty: presence } : {}),
    ...(typeof frequency === 'number' ? { frequencyPenalty: frequency } : {}),
    ...(topLogprobs === undefined ? {} : { topLogprobs }),
  }
}

/** `fast` is another word for `priority`, which answers and prices use. */
function readTier({ service_tier: tier }: ResponsesBody): { serviceTier?: string } {
  if (typeof tier !== 'string') return {}
  return { serviceTier: tier === 'fast' ? 'priority' : tier }
}

/** What only a vendor of this dialect can be told. */
function unreadIn(asked: ResponsesBody, body: Fields): string[] {
  const others = Object.keys(body).filter((key) => !READ.has(key) && (body[key] ?? undefined) !== undefined)
  const included = (asked.include ?? []).some((one) => one !== LOGPROBS && one !== ENCRYPTED)
  return [
    ...others,
    ...(included ? ['include'] : []),
    ...(asked.text?.verbosity === 'low' || asked.text?.verbosity === 'high' ? ['text.verbosity'] : []),
  ]
}
