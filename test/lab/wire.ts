// OpenAI's chat completions as a vendor writes them: whole replies, stream chunks, errors, the models list. Pure.
// Source: https://platform.openai.com/docs/api-reference/chat
import type { Behaviour } from './behaviour.ts'
import { exampleOf } from './example.ts'

/** What the lab reads of a request; the rest is only recorded. */
export interface Ask {
  readonly model: string
  readonly messages: readonly { readonly role?: string; readonly content?: unknown }[]
  readonly stream: boolean
  readonly includeUsage: boolean
  readonly choices: number
  readonly maxTokens: number | undefined
  readonly seed: number | undefined
  readonly logprobs: boolean
  readonly topLogprobs: number
  /** The schema that the answer must follow, where one was sent; `true` for any JSON object. */
  readonly schema: unknown
}

export interface Head {
  readonly id: string
  readonly created: number
}

const WORDS = /\s*\S+\s*$|\s*\S+/g

/** The answer in pieces of about a token each, and whether the limit cut it. */
function piecesOf(ask: Ask, behaviour: Behaviour): { pieces: readonly string[]; isCut: boolean } {
  const text =
    behaviour.text ??
    (ask.schema === undefined ? `This is ${ask.model} speaking.` : JSON.stringify(exampleOf(ask.schema)))
  const pieces = behaviour.refusal === undefined ? (behaviour.pieces ?? text.match(WORDS) ?? []) : []
  const limit = ask.maxTokens ?? Number.POSITIVE_INFINITY
  return { pieces: pieces.slice(0, limit), isCut: pieces.length > limit }
}

function finishOf(behaviour: Behaviour, isCut: boolean): string {
  if (behaviour.finish !== undefined) return behaviour.finish
  if ((behaviour.toolCalls ?? []).length > 0) return 'tool_calls'
  return isCut ? 'length' : 'stop'
}

/** As in OpenAI's objects: cached tokens inside the prompt's, reasoning inside the completion's. */
export function usageOf(ask: Ask, behaviour: Behaviour): Record<string, unknown> | undefined {
  if (behaviour.usage === null) return undefined
  const { pieces } = piecesOf(ask, behaviour)
  const given = behaviour.usage ?? {}
  const prompt = given.prompt ?? Math.ceil(JSON.stringify(ask.messages).length / 4)
  const completion = given.completion ?? Math.max(1, pieces.length) * ask.choices
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: given.cached ?? 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: given.reasoning ?? 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

const encoder = new TextEncoder()

function score(piece: string, position: number, top: number): Record<string, unknown> {
  const entry = (rank: number): Record<string, unknown> => ({
    token: rank === 0 ? piece : `${piece}?${rank}`,
    logprob: -0.125 * (position + 1) - rank,
    bytes: [...encoder.encode(piece)],
  })
  return { ...entry(0), top_logprobs: Array.from({ length: top }, (_, rank) => entry(rank)) }
}

const scores = (ask: Ask, pieces: readonly string[], from = 0): unknown =>
  ask.logprobs
    ? { content: pieces.map((piece, at) => score(piece, from + at, ask.topLogprobs)), refusal: null }
    : null

const argumentsOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const common = (ask: Ask, head: Head, object: string): Record<string, unknown> => ({
  id: head.id,
  object,
  created: head.created,
  model: ask.model,
  service_tier: 'default',
  system_fingerprint: ask.seed === undefined ? 'fp_lab' : `fp_lab_seed_${ask.seed}`,
})

export function writeCompletion(ask: Ask, behaviour: Behaviour, head: Head): Record<string, unknown> {
  const { pieces, isCut } = piecesOf(ask, behaviour)
  const calls = (behaviour.toolCalls ?? []).map((call, at) => ({
    id: call.id ?? `call_${head.id}_${at}`,
    type: 'function',
    function: { name: call.name, arguments: argumentsOf(call.arguments) },
  }))
  const message = {
    role: 'assistant',
    content: calls.length > 0 || behaviour.refusal !== undefined ? null : pieces.join(''),
    refusal: behaviour.refusal ?? null,
    annotations: [],
    ...(behaviour.reasoning === undefined ? {} : { reasoning_content: behaviour.reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
  const choices = Array.from({ length: ask.choices }, (_, index) => ({
    index,
    message,
    logprobs: scores(ask, pieces),
    finish_reason: finishOf(behaviour, isCut),
  }))
  const usage = usageOf(ask, behaviour)
  return { ...common(ask, head, 'chat.completion'), choices, ...(usage === undefined ? {} : { usage }) }
}

/** The chunks in order, without `[DONE]`. */
export function writeChunks(ask: Ask, behaviour: Behaviour, head: Head): Record<string, unknown>[] {
  const { pieces, isCut } = piecesOf(ask, behaviour)
  const base = common(ask, head, 'chat.completion.chunk')
  const usage = usageOf(ask, behaviour)
  const pending = ask.includeUsage && usage !== undefined ? { usage: null } : {}
  const indexes = Array.from({ length: ask.choices }, (_, index) => index)
  const chunk = (index: number, delta: unknown, logprobs: unknown = null, finish: string | null = null) => ({
    ...base,
    choices: [{ index, delta, logprobs, finish_reason: finish }],
    ...pending,
  })
  const each = (delta: unknown, logprobs: unknown = null): Record<string, unknown>[] =>
    indexes.map((index) => chunk(index, delta, logprobs))

  const calls = behaviour.toolCalls ?? []
  const content = calls.length > 0 ? null : ''
  const chunks = each({ role: 'assistant', content, refusal: null })
  for (const word of behaviour.reasoning?.match(WORDS) ?? [])
    chunks.push(...each({ reasoning_content: word }))
  for (const word of behaviour.refusal?.match(WORDS) ?? []) chunks.push(...each({ refusal: word }))
  if (calls.length === 0) {
    for (const [at, piece] of pieces.entries()) {
      chunks.push(...each({ content: piece }, scores(ask, [piece], at)))
    }
  }
  for (const [at, call] of calls.entries()) {
    const about = { name: call.name, arguments: '' }
    const id = call.id ?? `call_${head.id}_${at}`
    chunks.push(...each({ tool_calls: [{ index: at, id, type: 'function', function: about }] }))
    for (const json of argumentsOf(call.arguments).match(/[\s\S]{1,5}/g) ?? []) {
      chunks.push(...each({ tool_calls: [{ index: at, function: { arguments: json } }] }))
    }
  }
  chunks.push(...indexes.map((index) => chunk(index, {}, null, finishOf(behaviour, isCut))))
  if (!ask.includeUsage || usage === undefined) return chunks
  if (behaviour.usageAt !== 'finish') return [...chunks, { ...base, choices: [], usage }]
  return [...chunks.slice(0, -1), { ...chunks.at(-1), usage }]
}

export const writeError = (
  message: string,
  type: string,
  code: string | null,
  param: string | null = null,
): Record<string, unknown> => ({ error: { message, type, param, code } })

export const writeModels = (ids: readonly string[]): Record<string, unknown> => ({
  object: 'list',
  data: ids.map((id) => ({ id, object: 'model', created: 1_700_000_000, owned_by: 'lab' })),
})
