// One client a dialect, by hand: what a test asks, written in each, and what came over the wire, taken apart.
import { type Fields, pick } from '../../lab/client.ts'
import { CLIENT_KEY } from '../../lab/scene.ts'

export interface Question {
  readonly model: string
  readonly text?: string
  readonly stream?: boolean
  /** A tool of this name, with one text argument `city`. */
  readonly tool?: string
  /** Laid over the body. */
  readonly more?: Fields
  readonly headers?: Readonly<Record<string, string>>
  /** Called when the head of the reply is there. */
  readonly onHead?: () => void
}

export interface Event {
  readonly event: string
  readonly value: Fields
}

export interface HeardCall {
  readonly id: unknown
  readonly name: unknown
  readonly json: string
}

/** An answer as a client of the dialect understands it, whole or streamed. */
export interface Heard {
  readonly status: number
  readonly headers: Headers
  readonly raw: string
  /** The body, where it was one JSON value. */
  readonly json: unknown
  /** The events of a stream, without `[DONE]`. */
  readonly events: readonly Event[]
  readonly said: string
  readonly calls: readonly HeardCall[]
  /** In the dialect's own word. */
  readonly stop: unknown
  /** Every id that the answer was given; one, where all is well. */
  readonly ids: readonly unknown[]
  /** The prompt's and the answer's tokens, as the dialect adds them up at the end. */
  readonly usage: readonly [prompt: unknown, completion: unknown]
  /** The message of the error, whole or in the stream. */
  readonly error: unknown
  /** The stream says itself that it is complete. */
  readonly isComplete: boolean
}

type Understood = Pick<Heard, 'said' | 'calls' | 'stop' | 'ids' | 'usage' | 'error' | 'isComplete'>

export interface Tongue {
  readonly id: string
  readonly path: (question: Pick<Question, 'model' | 'stream'>) => string
  readonly headers: Readonly<Record<string, string>>
  readonly body: (question: Question) => Fields
  readonly whole: (reply: unknown) => Understood
  readonly streamed: (events: readonly Event[], raw: string) => Understood
  /** Its words for the usual ends. */
  readonly stops: Readonly<Record<'stop' | 'length' | 'tools' | 'filter', string>>
  /** The names of fields that every error of it has, at every place. */
  readonly isError: (body: unknown) => boolean
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const joined = (values: readonly unknown[]): string => values.map(text).join('')
const distinct = (values: readonly unknown[]): readonly unknown[] => [...new Set(values)]
const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

const PARAMETERS = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }

const chat: Tongue = {
  id: 'chat',
  path: () => '/v1/chat/completions',
  headers: { authorization: `Bearer ${CLIENT_KEY}` },
  stops: { stop: 'stop', length: 'length', tools: 'tool_calls', filter: 'content_filter' },
  body: ({ model, text: said = 'Hello', stream = false, tool }) => ({
    model,
    messages: [{ role: 'user', content: said }],
    ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
    ...(tool === undefined
      ? {}
      : { tools: [{ type: 'function', function: { name: tool, parameters: PARAMETERS } }] }),
  }),
  whole: (reply) => ({
    said: text(pick(reply, 'choices', 0, 'message', 'content')),
    calls: list(pick(reply, 'choices', 0, 'message', 'tool_calls')).map((call) => ({
      id: pick(call, 'id'),
      name: pick(call, 'function', 'name'),
      json: text(pick(call, 'function', 'arguments')),
    })),
    stop: pick(reply, 'choices', 0, 'finish_reason'),
    ids: [pick(reply, 'id')],
    usage: [pick(reply, 'usage', 'prompt_tokens'), pick(reply, 'usage', 'completion_tokens')],
    error: pick(reply, 'error', 'message'),
    isComplete: true,
  }),
  streamed(events, raw) {
    const values = events.map(({ value }) => value)
    const calls: { id: unknown; name: unknown; json: string }[] = []
    for (const value of values)
      for (const delta of list(pick(value, 'choices', 0, 'delta', 'tool_calls'))) {
        const at = Number(pick(delta, 'index'))
        const known = (calls[at] ??= {
          id: pick(delta, 'id'),
          name: pick(delta, 'function', 'name'),
          json: '',
        })
        known.json += text(pick(delta, 'function', 'arguments'))
      }
    const usage = values
      .map((value) => value['usage'])
      .findLast((found) => found !== null && found !== undefined)
    return {
      said: joined(values.map((value) => pick(value, 'choices', 0, 'delta', 'content'))),
      calls,
      stop: values.map((value) => pick(value, 'choices', 0, 'finish_reason')).find(isText),
      ids: distinct(values.filter((value) => value['error'] === undefined).map((value) => value['id'])),
      usage: [pick(usage, 'prompt_tokens'), pick(usage, 'completion_tokens')],
      error: values.map((value) => pick(value, 'error', 'message')).find(isText),
      isComplete: raw.endsWith('data: [DONE]\n\n'),
    }
  },
  isError: (body) => {
    const error = pick(body, 'error')
    return ['message', 'type', 'param', 'code'].every((key) => Object.hasOwn(Object(error), key))
  },
}

const anthropicUsage = (usage: unknown): readonly [unknown, unknown] => {
  const parts = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']
  const sum = parts.reduce((total, part) => total + Number(pick(usage, part) ?? 0), 0)
  return [usage === undefined ? undefined : sum, pick(usage, 'output_tokens')]
}

const anthropic: Tongue = {
  id: 'anthropic',
  path: () => '/v1/messages',
  headers: { 'x-api-key': CLIENT_KEY, 'anthropic-version': '2023-06-01' },
  stops: { stop: 'end_turn', length: 'max_tokens', tools: 'tool_use', filter: 'refusal' },
  body: ({ model, text: said = 'Hello', stream = false, tool }) => ({
    model,
    max_tokens: 500,
    messages: [{ role: 'user', content: said }],
    ...(stream ? { stream } : {}),
    ...(tool === undefined ? {} : { tools: [{ name: tool, input_schema: PARAMETERS }] }),
  }),
  whole: (reply) => {
    const blocks = list(pick(reply, 'content'))
    return {
      said: joined(blocks.map((block) => (pick(block, 'type') === 'text' ? pick(block, 'text') : ''))),
      calls: blocks
        .filter((block) => pick(block, 'type') === 'tool_use')
        .map((block) => ({
          id: pick(block, 'id'),
          name: pick(block, 'name'),
          json: JSON.stringify(pick(block, 'input')),
        })),
      stop: pick(reply, 'stop_reason'),
      ids: [pick(reply, 'id')],
      usage: anthropicUsage(pick(reply, 'usage')),
      error: pick(reply, 'error', 'message'),
      isComplete: true,
    }
  },
  streamed(events) {
    const values = events.map(({ value }) => value)
    const of = (type: string): readonly Fields[] => values.filter((value) => value['type'] === type)
    const calls = new Map<unknown, { id: unknown; name: unknown; json: string }>()
    for (const { index, content_block: block } of of('content_block_start'))
      if (pick(block, 'type') === 'tool_use')
        calls.set(index, { id: pick(block, 'id'), name: pick(block, 'name'), json: '' })
    for (const { index, delta } of of('content_block_delta')) {
      const call = calls.get(index)
      if (call !== undefined) call.json += text(pick(delta, 'partial_json'))
    }
    return {
      said: joined(of('content_block_delta').map((value) => pick(value, 'delta', 'text'))),
      calls: [...calls.values()],
      stop: pick(of('message_delta').at(-1), 'delta', 'stop_reason'),
      ids: distinct(of('message_start').map((value) => pick(value, 'message', 'id'))),
      usage: anthropicUsage(pick(of('message_delta').at(-1), 'usage')),
      error: pick(of('error').at(-1), 'error', 'message'),
      isComplete: events.at(-1)?.event === 'message_stop',
    }
  },
  isError: (body) =>
    pick(body, 'type') === 'error' && isText(pick(body, 'error', 'type')) && isText(pick(body, 'request_id')),
}

const geminiParts = (values: readonly unknown[]): readonly unknown[] =>
  values.flatMap((value) => list(pick(value, 'candidates', 0, 'content', 'parts')))

const readGemini = (values: readonly unknown[]): Understood => {
  const parts = geminiParts(values)
  const usage = values.map((value) => pick(value, 'usageMetadata')).findLast((found) => found !== undefined)
  const answer =
    Number(pick(usage, 'candidatesTokenCount') ?? 0) + Number(pick(usage, 'thoughtsTokenCount') ?? 0)
  const stop = values.map((value) => pick(value, 'candidates', 0, 'finishReason')).findLast(isText)
  return {
    said: joined(parts.map((part) => (pick(part, 'thought') === true ? '' : pick(part, 'text')))),
    calls: parts
      .map((part) => pick(part, 'functionCall'))
      .filter((call) => call !== undefined)
      .map((call) => ({
        id: pick(call, 'id'),
        name: pick(call, 'name'),
        json: JSON.stringify(pick(call, 'args')),
      })),
    stop,
    ids: distinct(
      values.filter((value) => pick(value, 'error') === undefined).map((value) => pick(value, 'responseId')),
    ),
    usage: [pick(usage, 'promptTokenCount'), usage === undefined ? undefined : answer],
    error: values.map((value) => pick(value, 'error', 'message')).find(isText),
    isComplete: stop !== undefined,
  }
}

const gemini: Tongue = {
  id: 'gemini',
  path: ({ model, stream = false }) =>
    `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  headers: { 'x-goog-api-key': CLIENT_KEY },
  stops: { stop: 'STOP', length: 'MAX_TOKENS', tools: 'STOP', filter: 'SAFETY' },
  body: ({ text: said = 'Hello', tool }) => ({
    contents: [{ role: 'user', parts: [{ text: said }] }],
    ...(tool === undefined
      ? {}
      : { tools: [{ functionDeclarations: [{ name: tool, parametersJsonSchema: PARAMETERS }] }] }),
  }),
  whole: (reply) => readGemini([reply]),
  streamed: (events) => readGemini(events.map(({ value }) => value)),
  isError: (body) => typeof pick(body, 'error', 'code') === 'number' && isText(pick(body, 'error', 'status')),
}

const readResponse = (response: unknown): Understood => {
  const output = list(pick(response, 'output'))
  const parts = output.flatMap((item) => list(pick(item, 'content')))
  const isTools = output.some((item) => pick(item, 'type') === 'function_call')
  const reason = pick(response, 'incomplete_details', 'reason')
  return {
    said: joined(parts.map((part) => (pick(part, 'type') === 'output_text' ? pick(part, 'text') : ''))),
    calls: output
      .filter((item) => pick(item, 'type') === 'function_call')
      .map((item) => ({
        id: pick(item, 'call_id'),
        name: pick(item, 'name'),
        json: text(pick(item, 'arguments')),
      })),
    stop: reason ?? (isTools ? 'tools' : pick(response, 'status')),
    ids: [pick(response, 'id')],
    usage: [pick(response, 'usage', 'input_tokens'), pick(response, 'usage', 'output_tokens')],
    error: pick(response, 'error', 'message'),
    isComplete: true,
  }
}

const responses: Tongue = {
  id: 'responses',
  path: () => '/v1/responses',
  headers: { authorization: `Bearer ${CLIENT_KEY}` },
  stops: { stop: 'completed', length: 'max_output_tokens', tools: 'tools', filter: 'content_filter' },
  body: ({ model, text: said = 'Hello', stream = false, tool }) => ({
    model,
    input: said,
    store: false,
    ...(stream ? { stream } : {}),
    ...(tool === undefined
      ? {}
      : { tools: [{ type: 'function', name: tool, parameters: PARAMETERS, strict: false }] }),
  }),
  whole: readResponse,
  streamed(events) {
    const values = events.map(({ value }) => value)
    const last = values.findLast((value) => value['response'] !== undefined)
    const understood = readResponse(pick(last, 'response'))
    return {
      ...understood,
      ids: distinct(
        values.flatMap((value) => (value['response'] === undefined ? [] : [pick(value, 'response', 'id')])),
      ),
      error: values.find((value) => value['type'] === 'error')?.['message'],
      isComplete: ['response.completed', 'response.incomplete'].includes(events.at(-1)?.event ?? ''),
    }
  },
  isError: chat.isError,
}

export const TONGUES: readonly Tongue[] = [chat, anthropic, gemini, responses]
export { chat, anthropic, gemini, responses }

/** Lines by hand: names, data, comments, and nothing else may stand in a stream. */
export function eventsOf(raw: string): readonly Event[] {
  const events: Event[] = []
  let event = ''
  for (const line of raw.split('\n')) {
    if (line === '' || /^(?::|id: \S+$)/.test(line) || line === 'data: [DONE]') continue
    if (line.startsWith('event: ')) event = line.slice(7)
    else if (line.startsWith('data: ')) {
      events.push({ event, value: JSON.parse(line.slice(6)) as Fields })
      event = ''
    } else throw new Error(`no line of an event stream: ${line}`)
  }
  return events
}

/** Asks, and understands the answer, whatever became of it. */
export async function ask(url: string, tongue: Tongue, question: Question): Promise<Heard> {
  const response = await fetch(url + tongue.path(question), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...tongue.headers, ...question.headers },
    body: JSON.stringify({ ...tongue.body(question), ...question.more }),
  })
  question.onHead?.()
  const { status, headers } = response
  const raw = new TextDecoder('utf-8', { fatal: true }).decode(await response.arrayBuffer())
  const isStream = headers.get('content-type')?.startsWith('text/event-stream') === true
  const events = isStream ? eventsOf(raw) : []
  const json: unknown = isStream ? undefined : JSON.parse(raw)
  return {
    status,
    headers,
    raw,
    json,
    events,
    ...(isStream ? tongue.streamed(events, raw) : tongue.whole(json)),
  }
}
