// Messages requests, read from clients. Pure.
// Source: https://platform.claude.com/docs/en/api/messages/create
import { Failed } from '../../failure.ts'
import { type Fields, isFields, listOf } from '../../fields.ts'
import { invalid, mistake } from '../../mistake.ts'
import type { Format, ModelRequest, Sampling, Tool, ToolChoice } from '../../request.ts'
import { readCache, readMessage, readSystem } from './blocks.ts'
import { readReasoning } from './reasoning.ts'
import { DIALECT, type MessagesBody, type MessagesTool, requestSchema } from './schema.ts'

/** Fields whose meaning the middle language has; every other one is only this dialect's. */
const READ: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'system',
  'max_tokens',
  'stream',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'metadata',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'service_tier',
])

export function readRequest(body: unknown): ModelRequest {
  if (!isFields(body)) throw invalid('The request body must be a JSON object.', undefined)
  const checked = requestSchema.safeParse(body)
  if (!checked.success) throw mistake(checked.error, body)
  refuseThread(body)
  const asked = checked.data
  const raw = listOf(body['messages'])
  const reasoning = readReasoning(asked)
  const unread = unreadOf(asked)
  const choice = asked.tool_choice ?? undefined
  return {
    model: asked.model ?? 'auto',
    messages: [
      ...readSystem(asked.system ?? [], body['system']),
      ...asked.messages.flatMap((message, at) => readMessage(message, raw[at])),
    ],
    tools: (asked.tools ?? []).map((tool, at) => readTool(tool, listOf(body['tools'])[at])),
    ...(choice === undefined ? {} : { toolChoice: readChoice(choice) }),
    ...(choice?.disable_parallel_tool_use === true ? { parallelTools: false } : {}),
    stream: asked.stream === true,
    streamUsage: true, // the dialect's streams always end with it
    choices: 1,
    format: readFormat(asked),
    ...(reasoning === undefined ? {} : { reasoning }),
    sampling: readSampling(asked),
    limits: typeof asked.max_tokens === 'number' ? { maxOutput: asked.max_tokens } : {},
    ...(typeof asked.metadata?.user_id === 'string' ? { user: asked.metadata.user_id } : {}),
    ...readTier(asked.service_tier),
    ...(unread.length === 0 ? {} : { unread }),
    native: { dialect: DIALECT, body },
  }
}

/**
 * Whoever sends a thread sends only what is new in it, and counts on a vendor's memory that no other vendor has. Told so
 * with this code, the official library's helpers go on with the whole conversation in every request.
 * Source: https://github.com/anthropics/anthropic-sdk-typescript/blob/main/src/lib/internal/threads/ThreadState.ts
 */
function refuseThread({ thread }: Fields): void {
  if (thread === undefined || thread === null) return
  const message = `Invalid 'thread': an answer may come from any vendor, so every request must bring its whole conversation; send 'messages' without 'thread', or name the conversation in x-minnow-conversation.`
  const code = 'thread_unsupported_request'
  throw new Failed({ kind: 'invalid-request', message, param: 'thread', code })
}

function readTool(tool: MessagesTool, value: unknown): Tool {
  const type = tool.type ?? 'custom'
  const cache = readCache(tool.cache_control)
  if (type !== 'custom') return { name: tool.name ?? type, hosted: { dialect: DIALECT, value } }
  return {
    name: tool.name ?? '',
    ...(typeof tool.description === 'string' ? { description: tool.description } : {}),
    ...(tool.input_schema === undefined ? {} : { parameters: tool.input_schema }),
    ...(typeof tool.strict === 'boolean' ? { strict: tool.strict } : {}),
    ...(cache === undefined ? {} : { cache }),
  }
}

function readChoice(choice: NonNullable<MessagesBody['tool_choice']>): ToolChoice {
  switch (choice.type) {
    case 'auto':
    case 'none':
      return choice.type
    case 'any':
      return 'required'
    case 'tool':
      return { name: choice.name ?? '' }
  }
}

/** `output_format` is the older place of `output_config.format`. */
function readFormat({ output_config: config, output_format: older }: MessagesBody): Format {
  const format = config?.format ?? older
  if (format?.type !== 'json_schema') return { type: 'text' }
  return { type: 'json-schema', name: 'answer', schema: format.schema ?? {}, strict: true }
}

function readSampling(asked: MessagesBody): Sampling {
  const { temperature, top_p: topP, top_k: topK, stop_sequences: stop } = asked
  return {
    ...(typeof temperature === 'number' ? { temperature } : {}),
    ...(typeof topP === 'number' ? { topP } : {}),
    ...(typeof topK === 'number' ? { topK } : {}),
    ...(stop === undefined || stop === null || stop.length === 0 ? {} : { stop }),
  }
}

/** Source: https://platform.claude.com/docs/en/api/service-tiers */
function readTier(tier: string | null | undefined): { serviceTier?: string } {
  if (tier === undefined || tier === null) return {}
  return { serviceTier: tier === 'standard_only' ? 'default' : tier }
}

/** Also where a field is read but says more than we have words for. */
function unreadOf(asked: MessagesBody): string[] {
  const names = Object.keys(asked).filter((name) => !READ.has(name) && isSaid(asked[name]))
  const config = Object.entries(asked.output_config ?? {})
  if (config.some(([name, value]) => name !== 'effort' && name !== 'format' && isSaid(value)))
    names.push('output_config')
  return names
}

const isSaid = (value: unknown): boolean => value !== undefined && value !== null
