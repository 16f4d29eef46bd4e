// Requests for embeddings: OpenAI's, read from clients and written for the servers that speak it too. Pure.
import type { WireRequest, WireTarget } from '../../dialect.ts'
import { Failed } from '../../failure.ts'
import { invalid, mistake } from '../../mistake.ts'
import { type EmbeddingAsk, type Message, type ModelRequest, textOf } from '../../request.ts'
import { isFields } from '../../fields.ts'
import { requestSchema } from './schema.ts'

export const DIALECT = 'openai-embeddings'

/** How a server's embeddings differ from OpenAI's. */
export interface EmbeddingOptions {
  /** Knows `dimensions`. */
  readonly dimensions: boolean
  /** Knows `encoding_format: "base64"`; else it is asked for numbers, and we pack them. */
  readonly base64: boolean
  /** Takes token ids in place of texts. */
  readonly tokens: boolean
  /** The field for what the vectors are for, and its word where the client gave none; absent where there is no such field. */
  readonly purpose?: { readonly field: string; readonly usual?: string }
}

const KNOWN = new Set(Object.keys(requestSchema.shape))

export function readRequest(body: unknown): ModelRequest {
  if (!isFields(body)) throw invalid('The request body must be a JSON object.', undefined)
  const checked = requestSchema.safeParse(body)
  if (!checked.success) throw mistake(checked.error, body)
  const { model, input, encoding_format, dimensions, user, input_type, task_type } = checked.data
  const list = typeof input === 'string' ? [input] : isTokens(input) ? [input] : input
  const tokens = list.filter((entry) => typeof entry !== 'string')
  const purpose = input_type ?? task_type
  const embedding: EmbeddingAsk = {
    encoding: encoding_format ?? 'float',
    ...(typeof dimensions === 'number' ? { dimensions } : {}),
    ...(tokens.length === 0 ? {} : { tokens }),
    ...(typeof purpose === 'string' ? { purpose } : {}),
  }
  return {
    model: model ?? 'auto',
    embedding,
    messages: list.map(messageOf),
    tools: [],
    stream: false,
    streamUsage: false,
    choices: 1,
    format: { type: 'text' },
    sampling: {},
    limits: {},
    ...(typeof user === 'string' ? { user } : {}),
    unread: Object.keys(body).filter((name) => !KNOWN.has(name)),
    native: { dialect: DIALECT, body },
  }
}

const isTokens = (input: readonly unknown[]): input is number[] => typeof input[0] === 'number'

const messageOf = (entry: string | readonly number[]): Message => ({
  role: 'user',
  parts: typeof entry === 'string' ? [{ type: 'text', text: entry }] : [],
})

export function writeRequest(
  request: ModelRequest,
  target: WireTarget,
  options: EmbeddingOptions,
): WireRequest {
  const { dimensions, encoding = 'float', purpose } = request.embedding ?? {}
  const dropped: string[] = []
  const body: Record<string, unknown> = { ...request.native.body, model: target.model }
  delete body['input_type']
  delete body['task_type']
  if (!options.tokens) requireTexts(request, target)
  if (encoding === 'base64' && !options.base64) body['encoding_format'] = 'float'
  if (dimensions !== undefined && !options.dimensions) {
    delete body['dimensions']
    dropped.push('dimensions')
  }
  const word = purpose ?? options.purpose?.usual
  if (options.purpose !== undefined && word !== undefined) body[options.purpose.field] = word
  if (options.purpose === undefined && purpose !== undefined) dropped.push('input_type')
  return { path: '/embeddings', body, dropped }
}

/** The inputs as texts, in order. Throws `unsupported` for token ids, which only their own tokenizer can read. */
export function requireTexts(request: ModelRequest, target: WireTarget): string[] {
  if (request.embedding?.tokens !== undefined) {
    const message = `'input' holds token ids, and ${target.model} takes texts. Send the texts instead.`
    throw new Failed({ kind: 'unsupported', message, parameters: ['input'] })
  }
  return request.messages.map(textOf)
}
