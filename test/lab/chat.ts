// OpenAI's chat completions as a vendor writes them: whole replies and stream chunks.
// Source: https://platform.openai.com/docs/api-reference/chat
import { type Ask, bitsOf, type Forced, forcedOf, type Head, said, type Said } from './ask.ts'
import type { Behaviour } from './behaviour.ts'
import { checkChat } from './chat-rules.ts'
import {
  bearerOf,
  bodyOf,
  eventOf,
  type Fields,
  isFields,
  type LabRequest,
  Refused,
  type Wire,
} from './wire.ts'
import { openaiFailure } from './openai-failure.ts'

interface ChatAsk extends Ask {
  readonly includeUsage: boolean
  readonly seed: number | undefined
  readonly logprobs: boolean
  readonly topLogprobs: number
}

function readAsk(body: Fields, model: string): ChatAsk {
  const options = body['stream_options']
  const format = body['response_format']
  const choice = body['tool_choice']
  const limit = body['max_completion_tokens'] ?? body['max_tokens']
  return {
    model,
    forced: forcedOf(functionsOf(body), isFields(choice) || choice === 'required', nameIn(choice)),
    prompt: Array.isArray(body['messages']) ? body['messages'] : [],
    stream: body['stream'] === true,
    includeUsage: isFields(options) && options['include_usage'] === true,
    choices: typeof body['n'] === 'number' ? body['n'] : 1,
    maxTokens: typeof limit === 'number' ? limit : undefined,
    stop: [body['stop'] ?? []].flat().filter((mark) => typeof mark === 'string'),
    seed: typeof body['seed'] === 'number' ? body['seed'] : undefined,
    logprobs: body['logprobs'] === true,
    topLogprobs: typeof body['top_logprobs'] === 'number' ? body['top_logprobs'] : 0,
    schema: isFields(format) ? schemaOf(format) : undefined,
  }
}

function functionsOf(body: Fields): readonly Forced[] {
  const tools = Array.isArray(body['tools']) ? body['tools'].filter(isFields) : []
  return tools.flatMap(({ function: about }) =>
    isFields(about) ? [{ name: String(about['name']), parameters: about['parameters'] }] : [],
  )
}

const nameIn = (choice: unknown): unknown =>
  isFields(choice) && isFields(choice['function']) ? choice['function']['name'] : undefined

function schemaOf(format: Fields): unknown {
  if (format['type'] === 'json_object') return true
  const about = format['json_schema']
  return isFields(about) ? about['schema'] : undefined
}

const FINISH = { stop: 'stop', length: 'length', tools: 'tool_calls', refusal: 'stop' } as const

/** As in OpenAI's objects: cached tokens inside the prompt's, reasoning inside the completion's. */
function usageOf({ usage }: Said): Fields | undefined {
  if (usage === undefined) return undefined
  return {
    prompt_tokens: usage.prompt,
    completion_tokens: usage.completion,
    total_tokens: usage.prompt + usage.completion,
    prompt_tokens_details: {
      cached_tokens: usage.cached,
      audio_tokens: 0,
      // As vendors of this wire say it that bill what they write.
      ...(usage.cacheWrite === 0 ? {} : { cache_write_tokens: usage.cacheWrite }),
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

const encoder = new TextEncoder()

function score(piece: string, position: number, top: number): Fields {
  const entry = (rank: number): Fields => ({
    token: rank === 0 ? piece : `${piece}?${rank}`,
    logprob: -0.125 * (position + 1) - rank,
    bytes: [...encoder.encode(piece)],
  })
  return { ...entry(0), top_logprobs: Array.from({ length: top }, (_, rank) => entry(rank)) }
}

const scores = (ask: ChatAsk, pieces: readonly string[], from = 0): unknown =>
  ask.logprobs
    ? { content: pieces.map((piece, at) => score(piece, from + at, ask.topLogprobs)), refusal: null }
    : null

const idOf = (head: Head, id: string | undefined, at: number): string =>
  id ?? `call_chatcmpl-lab${head.count}_${at}`

const common = (ask: ChatAsk, head: Head, object: string): Fields => ({
  id: `chatcmpl-lab${head.count}`,
  object,
  created: head.created,
  model: ask.model,
  service_tier: 'default',
  system_fingerprint: ask.seed === undefined ? 'fp_lab' : `fp_lab_seed_${ask.seed}`,
})

function writeWhole(ask: ChatAsk, behaviour: Behaviour, head: Head): Fields {
  const answer = said(ask, behaviour)
  const calls = answer.calls.map(({ id, name, json }, at) => ({
    id: idOf(head, id, at),
    type: 'function',
    function: { name, arguments: json },
  }))
  const message = {
    role: 'assistant',
    content:
      answer.pieces.length === 0 && (calls.length > 0 || answer.refusal.length > 0)
        ? null
        : answer.pieces.join(''),
    refusal: behaviour.refusal ?? null,
    annotations: [],
    ...(behaviour.reasoning === undefined ? {} : { reasoning_content: behaviour.reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
  const choices = Array.from({ length: ask.choices }, (_, index) => ({
    index,
    message,
    logprobs: scores(ask, answer.pieces),
    finish_reason: behaviour.finish ?? FINISH[answer.stop],
  }))
  const usage = usageOf(answer)
  return { ...common(ask, head, 'chat.completion'), choices, ...(usage === undefined ? {} : { usage }) }
}

/** The chunks in order, without `[DONE]`. */
function writeChunks(ask: ChatAsk, behaviour: Behaviour, head: Head): readonly Fields[] {
  const answer = said(ask, behaviour)
  const base = common(ask, head, 'chat.completion.chunk')
  const usage = usageOf(answer)
  const pending = ask.includeUsage && usage !== undefined ? { usage: null } : {}
  const indexes = Array.from({ length: ask.choices }, (_, index) => index)
  const chunk = (
    index: number,
    delta: unknown,
    logprobs: unknown = null,
    finish: string | null = null,
  ): Fields => ({
    ...base,
    choices: [{ index, delta, logprobs, finish_reason: finish }],
    ...pending,
  })
  const each = (delta: unknown, logprobs: unknown = null): readonly Fields[] =>
    indexes.map((index) => chunk(index, delta, logprobs))

  const content = answer.calls.length > 0 && answer.pieces.length === 0 ? null : ''
  const chunks = [...each({ role: 'assistant', content, refusal: null })]
  for (const word of answer.reasoning) chunks.push(...each({ reasoning_content: word }))
  for (const word of answer.refusal) chunks.push(...each({ refusal: word }))
  for (const [at, piece] of answer.pieces.entries())
    chunks.push(...each({ content: piece }, scores(ask, [piece], at)))
  for (const [at, { id, name, json }] of answer.calls.entries()) {
    const about = { name, arguments: '' }
    chunks.push(
      ...each({ tool_calls: [{ index: at, id: idOf(head, id, at), type: 'function', function: about }] }),
    )
    for (const bit of bitsOf(json))
      chunks.push(...each({ tool_calls: [{ index: at, function: { arguments: bit } }] }))
  }
  const finish = behaviour.finish ?? FINISH[answer.stop]
  chunks.push(...indexes.map((index) => chunk(index, {}, null, finish)))
  if (!ask.includeUsage || usage === undefined) return chunks
  if (behaviour.usageAt !== 'finish') return [...chunks, { ...base, choices: [], usage }]
  return [...chunks.slice(0, -1), { ...chunks.at(-1), usage }]
}

const isPrefilled = (messages: unknown): boolean => {
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined
  return isFields(last) && last['role'] === 'assistant'
}

export const chat: Wire = {
  name: 'openai-chat',
  address: /^\/v1\/chat\/completions$/,
  keyOf: bearerOf,
  answer(request: LabRequest, behaviour, head) {
    checkChat(request)
    const ask = readAsk(bodyOf(request), request.model)
    if (behaviour.rejectPrefill === true && isPrefilled(ask.prompt))
      throw new Refused(400, 'This model does not support assistant message prefill.')
    if (behaviour.rejectLogprobs === true && ask.logprobs)
      throw new Refused(400, 'You are not allowed to request logprobs from this model.')
    if (!ask.stream) return { whole: writeWhole(ask, behaviour, head) }
    const chunks = writeChunks(ask, behaviour, head).map((chunk) => eventOf(chunk))
    return { events: behaviour.done === false ? chunks : [...chunks, { data: '[DONE]' }], lead: 1 }
  },
  ...openaiFailure,
}
