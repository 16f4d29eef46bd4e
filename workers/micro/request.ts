// Reads and checks the body of a chat completion request. Pure.
import * as z from 'zod'
import type { ChatMessage } from './template.ts'

export interface MicroRequest {
  readonly messages: readonly ChatMessage[]
  readonly isStream: boolean
  readonly includeUsage: boolean
  readonly maxTokens: number | undefined
  readonly temperature: number
  readonly topP: number
  readonly topK: number
  readonly seed: number | undefined
  readonly stops: readonly string[]
  readonly wantLogprobs: boolean
  readonly topLogprobs: number
  readonly choices: number
}

export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly param: string | null
  readonly code: string
  constructor(message: string, param: string | null, code: string) {
    super(message)
    this.param = param
    this.code = code
  }
}

/** Choices of one request at most. */
const MOST_CHOICES = 8

const optional = <T extends z.ZodType>(schema: T) => schema.nullish()

const part = z.looseObject({ type: z.string(), text: optional(z.string()) })

const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: optional(z.union([z.string(), z.array(part)])),
})

const body = z.looseObject({
  messages: z.array(message).min(1, 'there must be at least one message'),
  stream: optional(z.boolean()),
  stream_options: optional(z.looseObject({ include_usage: optional(z.boolean()) })),
  max_tokens: optional(z.int().min(1)),
  max_completion_tokens: optional(z.int().min(1)),
  temperature: optional(z.number().min(0).max(2)),
  top_p: optional(z.number().gt(0).max(1)),
  top_k: optional(z.int().min(0)),
  seed: optional(z.int()),
  stop: optional(z.union([z.string(), z.array(z.string()).max(4)])),
  logprobs: optional(z.boolean()),
  top_logprobs: optional(z.int().min(0).max(20)),
  n: optional(z.int().min(1).max(MOST_CHOICES)),
  tool_choice: optional(z.union([z.string(), z.looseObject({})])),
  response_format: optional(z.looseObject({ type: z.string() })),
})

type Body = z.infer<typeof body>

const ROLES = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'user',
  function: 'user',
} as const

function unsupported(what: string, param: string): never {
  throw new RequestError(
    `micro ${what}. Send the request to a larger model, or configure a provider.`,
    param,
    'unsupported_by_micro',
  )
}

function readContent(content: Body['messages'][number]['content'], index: number): string {
  if (typeof content === 'string') return content
  return (content ?? [])
    .map(({ type, text }) => {
      if (type !== 'text' && type !== 'input_text' && type !== 'output_text' && type !== 'refusal') {
        unsupported(`reads text only, and this part is of type ${type}`, `messages[${index}].content`)
      }
      return text ?? ''
    })
    .join('')
}

function checkSupported(body: Body): void {
  const choice = body.tool_choice ?? 'auto'
  if (choice !== 'auto' && choice !== 'none')
    unsupported('calls no tools, so tool_choice must be auto or none', 'tool_choice')
  const format = body.response_format?.type ?? 'text'
  if (format !== 'text')
    unsupported(`answers in plain text only, and response_format asks for ${format}`, 'response_format')
}

/** Reads a parsed JSON body. Throws RequestError with the field that is wrong. */
export function readRequest(json: unknown): MicroRequest {
  const parsed = body.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const param =
      issue?.path
        .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
        .join('')
        .slice(1) ?? ''
    const where = param === '' ? 'The body' : `"${param}"`
    throw new RequestError(
      `${where} is not valid: ${issue?.message ?? 'unknown fault'}.`,
      param === '' ? null : param,
      'invalid_value',
    )
  }
  const { data } = parsed
  checkSupported(data)
  if (data.top_logprobs && !data.logprobs) {
    throw new RequestError('"top_logprobs" needs "logprobs" to be true.', 'top_logprobs', 'invalid_value')
  }
  return {
    messages: data.messages.map(({ role, content }, index) => ({
      role: ROLES[role],
      content: readContent(content, index),
    })),
    isStream: data.stream ?? false,
    includeUsage: data.stream_options?.include_usage ?? false,
    maxTokens: data.max_completion_tokens ?? data.max_tokens ?? undefined,
    temperature: data.temperature ?? 0,
    topP: data.top_p ?? 1,
    topK: data.top_k ?? 0,
    seed: data.seed ?? undefined,
    stops: [data.stop ?? []].flat().filter((stop) => stop !== ''),
    wantLogprobs: data.logprobs ?? false,
    topLogprobs: data.top_logprobs ?? 0,
    choices: data.n ?? 1,
  }
}
