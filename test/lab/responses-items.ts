// The items of an answer in OpenAI's Responses API, and the events in which each of them comes. Pure.
// Source: https://platform.openai.com/docs/api-reference/responses-streaming
import { bitsOf, type Head, type Said } from './ask.ts'
import { hide } from './seal.ts'
import type { Fields } from './wire.ts'

export interface Item {
  /** As it is when it begins. */
  readonly start: Fields
  readonly whole: Fields
  /** What comes between, without numbers and places. */
  readonly inside: readonly Fields[]
}

export interface Showing {
  /** The client asked for a summary of what was thought. */
  readonly isSummarized: boolean
  /** The client asked for the thought in sealed form, to bring it back by itself. */
  readonly isSealed: boolean
}

export function itemsOf(answer: Said, head: Head, showing: Showing): readonly Item[] {
  const items: Item[] = []
  if (answer.reasoning.length > 0) items.push(thought(answer.reasoning, `rs_lab${head.count}`, showing))
  if (answer.refusal.length > 0)
    items.push(message(answer.refusal, `msg_lab${head.count}`, 'refusal', answer))
  else if (answer.pieces.length > 0 || answer.calls.length === 0)
    items.push(message(answer.pieces, `msg_lab${head.count}`, 'output_text', answer))
  for (const [at, { id, name, json }] of answer.calls.entries()) {
    const item = {
      id: `fc_lab${head.count}_${at}`,
      type: 'function_call',
      call_id: id ?? `call_lab${head.count}_${at}`,
      name,
    }
    items.push({
      start: { ...item, status: 'in_progress', arguments: '' },
      whole: { ...item, status: 'completed', arguments: json },
      inside: [
        ...bitsOf(json).map((delta) => ({ type: 'response.function_call_arguments.delta', delta })),
        { type: 'response.function_call_arguments.done', arguments: json, name },
      ],
    })
  }
  return items
}

function thought(words: readonly string[], id: string, { isSummarized, isSealed }: Showing): Item {
  const text = words.join('')
  const item = { id, type: 'reasoning', ...(isSealed ? { encrypted_content: hide('openai', text) } : {}) }
  const at = { summary_index: 0 }
  const part = { type: 'summary_text', text }
  const inside = [
    { type: 'response.reasoning_summary_part.added', ...at, part: { type: 'summary_text', text: '' } },
    ...words.map((delta) => ({ type: 'response.reasoning_summary_text.delta', ...at, delta })),
    { type: 'response.reasoning_summary_text.done', ...at, text },
    { type: 'response.reasoning_summary_part.done', ...at, part },
  ]
  return {
    start: { ...item, summary: [] },
    whole: { ...item, summary: isSummarized ? [part] : [] },
    inside: isSummarized ? inside : [],
  }
}

function message(words: readonly string[], id: string, kind: 'output_text' | 'refusal', answer: Said): Item {
  const text = words.join('')
  const isText = kind === 'output_text'
  const partOf = (said: string): Fields =>
    isText ? { type: kind, text: said, annotations: [], logprobs: [] } : { type: kind, refusal: said }
  const at = { content_index: 0 }
  const item = { id, type: 'message', role: 'assistant' }
  return {
    start: { ...item, status: 'in_progress', content: [] },
    whole: {
      ...item,
      status: answer.stop === 'length' ? 'incomplete' : 'completed',
      content: [partOf(text)],
    },
    inside: [
      { type: 'response.content_part.added', ...at, part: partOf('') },
      ...words.map((delta) => ({
        type: `response.${kind}.delta`,
        ...at,
        delta,
        ...(isText ? { logprobs: [] } : {}),
      })),
      { type: `response.${kind}.done`, ...at, ...(isText ? { text, logprobs: [] } : { refusal: text }) },
      { type: 'response.content_part.done', ...at, part: partOf(text) },
    ],
  }
}

export function itemEvents({ start, whole, inside }: Item, output_index: number): readonly Fields[] {
  return [
    { type: 'response.output_item.added', output_index, item: start },
    ...inside.map((event) => ({ ...event, item_id: whole['id'], output_index })),
    { type: 'response.output_item.done', output_index, item: whole },
  ]
}
