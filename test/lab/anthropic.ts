// Anthropic's Messages API as the vendor writes it, whole and as a stream, and its count of tokens.
// Sources: https://platform.claude.com/docs/en/api/messages, .../build-with-claude/streaming, .../api/errors
import { alwaysThinks, checkCount, checkMessages, hideThinking, sealThinking } from './anthropic-rules.ts'
import type { MessagesBody } from './anthropic-schema.ts'
import { type Ask, bitsOf, countOf, forcedOf, type Head, said, type Said } from './ask.ts'
import type { Behaviour } from './behaviour.ts'
import {
  bearerOf,
  eventOf,
  type Fields,
  type LabRequest,
  Refused,
  type StreamEvent,
  type Wire,
} from './wire.ts'

interface MessagesAsk extends Ask {
  readonly thinks: boolean
  /** May the client read what was thought? */
  readonly shows: boolean
}

function readAsk(body: MessagesBody): MessagesAsk {
  const { thinking, output_config, tool_choice } = body
  const display = thinking?.type === 'disabled' ? undefined : thinking?.display
  return {
    model: body.model,
    stream: body.stream === true,
    choices: 1,
    maxTokens: body.max_tokens,
    stop: body.stop_sequences ?? [],
    schema: output_config?.format?.schema,
    forced: forcedOf(
      (body.tools ?? []).map((tool) => ({ name: tool.name, parameters: tool['input_schema'] })),
      tool_choice?.type === 'any' || tool_choice?.type === 'tool',
      tool_choice?.type === 'tool' ? tool_choice.name : undefined,
    ),
    prompt: [body.system, body.messages, body.tools],
    thinks: alwaysThinks(body.model) || (thinking !== undefined && thinking.type !== 'disabled'),
    // What a newer model thinks by itself it keeps to itself unless told otherwise.
    shows: display === 'summarized' || (thinking?.type === 'enabled' && display !== 'omitted'),
  }
}

const STOP = { stop: 'end_turn', length: 'max_tokens', tools: 'tool_use', refusal: 'refusal' } as const

const stopOf = ({ stop, stoppedAt }: Said): string => (stoppedAt === undefined ? STOP[stop] : 'stop_sequence')

/** Cached tokens stand beside the input's, so the parts add up. */
function usageOf({ usage }: Said): Fields | undefined {
  if (usage === undefined) return undefined
  return {
    input_tokens: usage.prompt - usage.cached - usage.cacheWrite,
    cache_creation_input_tokens: usage.cacheWrite,
    cache_read_input_tokens: usage.cached,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite - usage.cacheWriteLong,
      ephemeral_1h_input_tokens: usage.cacheWriteLong,
    },
    output_tokens: usage.completion,
    output_tokens_details: { thinking_tokens: usage.reasoning },
    server_tool_use: null,
    service_tier: 'standard',
  }
}

/** The blocks of an answer, each as it begins and what is added to it. */
interface Block {
  readonly start: Fields
  readonly deltas: readonly Fields[]
  readonly whole: Fields
}

function blocksOf(ask: MessagesAsk, answer: Said, behaviour: Behaviour, head: Head): readonly Block[] {
  const blocks: Block[] = []
  const thought = answer.reasoning.join('')
  if (thought !== '' && ask.thinks)
    blocks.push(behaviour.redacted === true ? hidden(thought) : thinking(ask, answer))
  if (answer.pieces.length > 0) {
    const deltas = answer.pieces.map((text) => ({ type: 'text_delta', text }))
    const text = { type: 'text', text: '', citations: null }
    blocks.push({ start: text, deltas, whole: { ...text, text: answer.pieces.join('') } })
  }
  for (const [at, { id, name, json }] of answer.calls.entries()) {
    const call = {
      type: 'tool_use',
      id: id ?? `toolu_lab${head.count}_${at}`,
      name,
      input: {},
      caller: { type: 'direct' },
    }
    const deltas = ['', ...bitsOf(json)].map((bit) => ({ type: 'input_json_delta', partial_json: bit }))
    blocks.push({ start: call, deltas, whole: { ...call, input: parse(json) } })
  }
  return blocks
}

function thinking(ask: MessagesAsk, { reasoning }: Said): Block {
  const words = ask.shows ? reasoning : []
  const signature = ask.shows ? sealThinking(words.join('')) : hideThinking(reasoning.join(''))
  const deltas = words.map((word) => ({ type: 'thinking_delta', thinking: word }))
  return {
    start: { type: 'thinking', thinking: '', signature: '' },
    deltas: [...deltas, { type: 'signature_delta', signature }],
    whole: { type: 'thinking', thinking: words.join(''), signature },
  }
}

function hidden(thought: string): Block {
  const whole = { type: 'redacted_thinking', data: hideThinking(thought) }
  return { start: whole, deltas: [], whole }
}

/** The vendor parses what the model wrote; a model that writes no JSON is the model's fault. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return {}
  }
}

function messageOf(ask: MessagesAsk, head: Head, usage: Fields | undefined): Fields {
  return {
    id: `msg_lab${head.count}`,
    type: 'message',
    role: 'assistant',
    model: ask.model,
    container: null,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    ...(usage === undefined ? {} : { usage }),
  }
}

function endOf(answer: Said, behaviour: Behaviour): Fields {
  const explanation = answer.refusal.join('')
  return {
    stop_reason: behaviour.finish ?? stopOf(answer),
    stop_sequence: answer.stoppedAt ?? null,
    stop_details: answer.stop === 'refusal' ? { type: 'refusal', category: null, explanation } : null,
  }
}

const named = (value: { readonly type: string } & Fields): StreamEvent => eventOf(value, value.type)

function writeEvents(ask: MessagesAsk, behaviour: Behaviour, head: Head): readonly StreamEvent[] {
  const answer = said(ask, behaviour)
  const usage = usageOf(answer)
  const opening =
    usage === undefined ? undefined : { ...usage, output_tokens: 1, output_tokens_details: null }
  const events = [named({ type: 'message_start', message: messageOf(ask, head, opening) })]
  for (const [index, { start, deltas }] of blocksOf(ask, answer, behaviour, head).entries()) {
    events.push(named({ type: 'content_block_start', index, content_block: start }))
    if (index === 0) events.push(named({ type: 'ping' }))
    for (const delta of deltas) events.push(named({ type: 'content_block_delta', index, delta }))
    events.push(named({ type: 'content_block_stop', index }))
  }
  const delta = { ...endOf(answer, behaviour), container: null }
  events.push(named({ type: 'message_delta', delta, ...(usage === undefined ? {} : { usage }) }))
  return behaviour.done === false ? events : [...events, named({ type: 'message_stop' })]
}

function writeWhole(ask: MessagesAsk, behaviour: Behaviour, head: Head): Fields {
  const answer = said(ask, behaviour)
  const content = blocksOf(ask, answer, behaviour, head).map(({ whole }) => whole)
  return { ...messageOf(ask, head, usageOf(answer)), content, ...endOf(answer, behaviour) }
}

const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

const shared = {
  keyOf: (request: LabRequest): string | undefined => {
    const key = request.headers['x-api-key']
    return typeof key === 'string' ? key : bearerOf(request)
  },
  headers: (count: number): Record<string, string> => ({ 'request-id': `req_lab${count}` }),
  failure: ({ status, message }: Refused): unknown => ({
    type: 'error',
    error: { type: TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error'), message },
    request_id: 'req_lab',
  }),
  failureEvent: (message: string): StreamEvent =>
    named({ type: 'error', error: { type: 'overloaded_error', message } }),
}

export const messages: Wire = {
  ...shared,
  name: 'anthropic',
  address: /^\/v1\/messages$/,
  answer(request, behaviour, head) {
    const body = checkMessages(request)
    if (behaviour.rejectPrefill === true && body.messages.at(-1)?.role === 'assistant')
      throw new Refused(
        400,
        'This model does not support assistant message prefill. The conversation must end with a user message.',
      )
    const ask = readAsk(body)
    if (!ask.stream) return { whole: writeWhole(ask, behaviour, head) }
    return { events: writeEvents(ask, behaviour, head), lead: 3 }
  },
}

export const counting: Wire = {
  ...shared,
  name: 'anthropic-count',
  isAside: true,
  address: /^\/v1\/messages\/count_tokens$/,
  answer(request) {
    const { system, messages: asked, tools } = checkCount(request)
    return { whole: { input_tokens: countOf([system, asked, tools]) } }
  },
}
