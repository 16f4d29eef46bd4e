// Whole chat completions, read and written. Pure.
// Source: https://platform.openai.com/docs/api-reference/chat/object
import type { ReplyContext } from '../../dialect.ts'
import type { FinishReason, ModelEvent, Piece } from '../../event.ts'
import { noUsage } from '../../usage.ts'
import { parse } from '../../fields.ts'
import { readEvents } from './events.ts'
import { DIALECT } from './request.ts'
import { writeUsage } from './usage.ts'

const NAMES: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  other: 'stop',
}

export const writeReason = (reason: FinishReason): string => NAMES[reason]

/** A whole reply is read as a stream of one frame: its messages are deltas that say everything at once. */
export function readReply(json: string): Piece[] {
  const value = parse(json)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [
      {
        events: [
          {
            type: 'error',
            failure: {
              kind: 'malformed',
              reason: json.trim() === '' ? 'an empty body' : 'a body that is not JSON',
            },
          },
        ],
      },
    ]
  }
  const reader = readEvents()
  const { events } = reader.read({ event: '', data: json })
  const failed = events.some((event) => event.type === 'error')
  const native = { dialect: DIALECT, text: json, value: value as Record<string, unknown> }
  return [failed ? { events } : { events: [...events, ...reader.close().events], native }]
}

interface Choice {
  content: string
  reasoning: string
  refusal: string
  calls: { id: string; name: string; json: string }[]
  reason: FinishReason
  logprobs: unknown
}

/** One body for a client: the provider's own where it spoke this dialect, else built from the events. */
export function writeReply(pieces: readonly Piece[], context: ReplyContext): Record<string, unknown> {
  const events = pieces.flatMap((piece) => piece.events)
  const finish = events.find((event) => event.type === 'finish')
  const native = pieces.length === 1 ? pieces[0]?.native : undefined
  const value = native?.dialect === DIALECT ? native.value : undefined
  const usage = writeUsage(finish?.usage ?? noUsage, finish?.costMicros, value?.['usage'])
  if (value !== undefined) return { ...value, usage }
  const start = events.find((event) => event.type === 'start')
  return {
    id: start?.id || `chatcmpl-${context.requestId}`,
    object: 'chat.completion',
    created: Math.floor((start?.createdAt || context.createdAt) / 1000),
    model: start?.model || context.model,
    choices: [...fold(events)].map(([index, choice]) => writeChoice(index, choice)),
    usage,
  }
}

function fold(events: readonly ModelEvent[]): Map<number, Choice> {
  const choices = new Map<number, Choice>()
  const at = (index: number): Choice => {
    const known = choices.get(index)
    if (known !== undefined) return known
    const fresh: Choice = {
      content: '',
      reasoning: '',
      refusal: '',
      calls: [],
      reason: 'stop',
      logprobs: null,
    }
    choices.set(index, fresh)
    return fresh
  }
  for (const event of events) {
    if (event.type === 'text-delta') at(event.index).content += event.text
    else if (event.type === 'reasoning-delta') at(event.index).reasoning += event.text
    else if (event.type === 'refusal-delta') at(event.index).refusal += event.text
    else if (event.type === 'logprobs') at(event.index).logprobs = event.value
    else if (event.type === 'choice-end') at(event.index).reason = event.reason
    else if (event.type === 'tool-start')
      at(event.index).calls[event.call] = { id: event.id, name: event.name, json: '' }
    else if (event.type === 'tool-delta') {
      const call = at(event.index).calls[event.call]
      if (call !== undefined) call.json += event.json
    }
  }
  return choices
}

function writeChoice(index: number, choice: Choice): Record<string, unknown> {
  const calls = choice.calls.map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.json },
  }))
  return {
    index,
    message: {
      role: 'assistant',
      content: choice.content === '' && calls.length > 0 ? null : choice.content,
      refusal: choice.refusal === '' ? null : choice.refusal,
      ...(choice.reasoning === '' ? {} : { reasoning_content: choice.reasoning }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
    logprobs: choice.logprobs,
    finish_reason: writeReason(choice.reason),
  }
}
