// Chat completion requests, read from clients and written for vendors. Pure.
import type { WireRequest, WireTarget } from '../../dialect.ts'
import { invalid, mistake } from '../../mistake.ts'
import type { Message, ModelRequest, Part, Tool } from '../../request.ts'
import type { ChatOptions } from './options.ts'
import { type ChatBody, type ChatMessage, requestSchema } from './schema.ts'

export const DIALECT = 'openai-chat'

export function readRequest(body: unknown): ModelRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid('The request body must be a JSON object.', undefined)
  }
  const checked = requestSchema.safeParse(body)
  if (!checked.success) throw mistake(checked.error, body)
  const chat = checked.data
  const maxOutput = chat.max_completion_tokens ?? chat.max_tokens
  return {
    model: chat.model ?? 'auto',
    messages: chat.messages.map(readMessage),
    tools: (chat.tools ?? []).map(readTool),
    stream: chat.stream === true,
    streamUsage: chat.stream_options?.include_usage === true,
    choices: chat.n ?? 1,
    format: readFormat(chat),
    sampling: {},
    limits: typeof maxOutput === 'number' ? { maxOutput } : {},
    native: { dialect: DIALECT, body: body as Record<string, unknown> }, // checked above: an object
  }
}

function readFormat(chat: ChatBody): ModelRequest['format'] {
  const type = chat.response_format?.type
  if (type === 'json_schema') return { type: 'json-schema', name: 'answer', schema: {} }
  return { type: type === 'json_object' ? 'json' : 'text' }
}

/** One message; also used for messages that a conversation stored. */
export function readMessage(message: ChatMessage): Message {
  const calls = message.tool_calls ?? []
  return {
    role: message.role === 'function' ? 'tool' : message.role,
    parts: readParts(message.content),
    ...(calls.length === 0
      ? {}
      : {
          toolCalls: calls.map((call) => ({
            id: call.id,
            name: call.function?.name ?? '',
            json: call.function?.arguments ?? '',
          })),
        }),
    ...(typeof message.tool_call_id === 'string' ? { toolCallId: message.tool_call_id } : {}),
    native: { dialect: DIALECT, value: message },
  }
}

function readParts(content: ChatMessage['content']): Part[] {
  if (content === undefined || content === null) return []
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return content.map((part): Part => {
    if (part.type === 'text' && part.text !== undefined) return { type: 'text', text: part.text }
    const image = part.image_url
    if (part.type === 'image_url' && image !== undefined) {
      return { type: 'image', url: typeof image === 'string' ? image : image.url }
    }
    return { type: 'other', name: part.type }
  })
}

function readTool(tool: NonNullable<ChatBody['tools']>[number]): Tool {
  const about = tool.function
  return {
    name: about?.name ?? tool.type,
    ...(typeof about?.description === 'string' ? { description: about.description } : {}),
    ...(about?.parameters === undefined ? {} : { parameters: about.parameters }),
  }
}

export function writeRequest(request: ModelRequest, target: WireTarget, options: ChatOptions): WireRequest {
  const body: Record<string, unknown> =
    request.native.dialect === DIALECT ? { ...request.native.body } : writeFields(request)
  body['model'] = target.model
  body['messages'] = request.messages.map((message) => writeMessage(message, options))
  writeLimit(body, request.limits.maxOutput, isModern(options.completionTokens, target.model))
  if (request.stream && options.streamOptions) {
    // Usage is always asked for: a stream without it could only be billed by estimate.
    body['stream_options'] = { ...(body['stream_options'] as object | undefined), include_usage: true }
  }
  return { path: '/chat/completions', body, dropped: [] }
}

function writeFields(request: ModelRequest): Record<string, unknown> {
  return {
    stream: request.stream,
    ...(request.choices > 1 ? { n: request.choices } : {}),
    ...(request.tools.length === 0
      ? {}
      : { tools: request.tools.map((tool) => ({ type: 'function', function: tool })) }),
  }
}

const isModern = (rule: RegExp | boolean | undefined, model: string): boolean =>
  typeof rule === 'object' ? rule.test(model) : rule === true

/** A vendor is sent one of the two fields, never both, in the form that the model accepts. */
function writeLimit(
  body: Record<string, unknown>,
  maxOutput: number | undefined,
  asCompletion: boolean,
): void {
  const modern = asCompletion || (body['max_completion_tokens'] ?? undefined) !== undefined
  delete body['max_tokens']
  delete body['max_completion_tokens']
  if (maxOutput !== undefined) body[modern ? 'max_completion_tokens' : 'max_tokens'] = maxOutput
}

export function writeMessage(
  message: Message,
  options: Pick<ChatOptions, 'systemRole'>,
): Record<string, unknown> {
  const role = message.role === 'developer' && options.systemRole === 'system' ? 'system' : message.role
  if (message.native?.dialect === DIALECT) {
    return {
      ...(message.native.value as Record<string, unknown>),
      ...(role === message.role ? {} : { role }),
    }
  }
  return {
    role,
    content: writeContent(message.parts),
    ...(message.toolCalls === undefined
      ? {}
      : {
          tool_calls: message.toolCalls.map((call) => ({
            id: call.id,
            type: 'function',
            function: { name: call.name, arguments: call.json },
          })),
        }),
    ...(message.toolCallId === undefined ? {} : { tool_call_id: message.toolCallId }),
  }
}

function writeContent(parts: readonly Part[]): unknown {
  if (parts.length === 0) return null
  const [only] = parts
  if (parts.length === 1 && only?.type === 'text') return only.text
  return parts.flatMap((part): Record<string, unknown>[] => {
    if (part.type === 'text') return [{ type: 'text', text: part.text }]
    return part.type === 'image' ? [{ type: 'image_url', image_url: { url: part.url } }] : []
  })
}
