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
  /** Knows `dimensions`, or calls them so. */
  readonly dimensions: boolean | string
  /** Knows `encoding_format: "base64"`; else it is asked for numbers, and we pack them. */
  readonly base64: boolean
  /** Does not know `encoding_format` at all, and sends numbers. */
  readonly unencoded: boolean
  /** Takes token ids in place of texts. */
  readonly tokens: boolean
  /** Knows `user`. */
  readonly user: boolean
  /**
   * The field for what the vectors are for, its word where the client gave none, and its words for what other vendors
   * call differently; absent where there is no such field.
   */
  readonly purpose?: {
    readonly field: string
    readonly usual?: string
    readonly words?: ReadonlyMap<string, string>
  }
  /** How many inputs a model takes in one call, where they are fewer than OpenAI's. */
  readonly maxInputs?: (model: string) => number
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
  if (options.unencoded) delete body['encoding_format']
  else if (encoding === 'base64' && !options.base64) body['encoding_format'] = 'float'
  if (dimensions !== undefined && options.dimensions !== true) {
    delete body['dimensions']
    if (options.dimensions === false) dropped.push('dimensions')
    else body[options.dimensions] = dimensions
  }
  if (request.user !== undefined && !options.user) {
    delete body['user']
    dropped.push('user')
  }
  const { field, usual, words } = options.purpose ?? {}
  const word = purpose === undefined ? usual : (words?.get(purpose.toLowerCase()) ?? purpose)
  if (field !== undefined && word !== undefined) body[field] = word
  if (field === undefined && purpose !== undefined) dropped.push('input_type')
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

/** The name of a model that stands in an address, where these would end it. */
export function requirePlain({ model }: WireTarget): string {
  if (/[?#]/.test(model)) throw invalid("The name of a model cannot have '?' or '#'.", 'model')
  return model
}
