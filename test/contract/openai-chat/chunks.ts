// Small pieces of chat completions for single cases, and what becomes of them.
import type { ModelEvent, Piece } from '../../../shared/event.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bytesOf, piecesOf, sse, written } from '../wire.ts'
import { habits } from './habits.ts'
import { streams } from './streams.ts'

export type Json = Record<string, unknown>

export const chat = openaiChat()
export const chunk = (more: object): string =>
  JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', ...more })
export const delta = (fields: object, finish: string | null = null): string =>
  chunk({ choices: [{ index: 0, delta: fields, finish_reason: finish }] })
export const USAGE = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 }
export const named = (part: string) => {
  const found = [...streams, ...habits].find(({ name }) => name.includes(part))
  if (found === undefined) throw new Error(`no stream is called ${part}`)
  return found
}
export const passed = (data: readonly string[], streamUsage: boolean): Json[] =>
  written(chat, piecesOf(chat, [bytesOf(sse(data))]), { streamUsage }).map(
    (one) => (one === '[DONE]' ? { done: true } : JSON.parse(one)) as Json,
  )
export const ask = (more: object) => ({ model: 'big', messages: [{ role: 'user', content: 'Hi' }], ...more })
export const sent = (body: object, options: Parameters<typeof openaiChat>[0] = {}, model = 'big-1'): Json =>
  openaiChat(options).writeRequest(openaiChat().readRequest(body), { model }).body

/** Events of a vendor that spoke another dialect. */
export const START: ModelEvent = {
  type: 'start',
  id: 'msg_01',
  model: 'claude',
  createdAt: 1_760_000_000_000,
}
export const END: readonly ModelEvent[] = [
  { type: 'choice-end', index: 0, reason: 'stop' },
  { type: 'finish', reason: 'stop' },
]
export const think = (text: string): ModelEvent => ({ type: 'reasoning-delta', index: 0, text })
export const say = (text: string): ModelEvent => ({ type: 'text-delta', index: 0, text })
export const pieces = (...events: readonly ModelEvent[]): Piece[] =>
  events.map((event) => ({ events: [event] }))

/** The deltas of all choices that a client is sent. */
export const deltas = (out: readonly string[]): Json[] =>
  out
    .filter((one) => one !== '[DONE]')
    .flatMap((one) => (JSON.parse(one) as { choices: Json[] }).choices)
    .map((choice) => choice['delta'] as Json)
