// Whole chat completions, read and written. Pure.
// Source: https://platform.openai.com/docs/api-reference/chat/object
import type { ReplyContext } from '../../dialect.ts'
import type { FinishReason, ModelEvent, Piece } from '../../event.ts'
import { noUsage } from '../../usage.ts'
import { isFields, listOf, parse } from '../../fields.ts'
import type { Signature } from '../../request.ts'
import { readEvents } from './events.ts'
import { replyName } from './ids.ts'
import type { ChatOptions } from './options.ts'
import { writeReason } from './reasons.ts'
import { DIALECT } from './schema.ts'
import { type Thought, writeDetails, writeSeal } from './thoughts.ts'
import { writeTier } from './tier.ts'
import { writeUsage } from './usage.ts'

/** A whole reply is read as a stream of one frame: its messages are deltas that say everything at once. */
export function readReply(json: string, options: Pick<ChatOptions, 'reasoningBeside'> = {}): Piece[] {
  if (!isFields(parse(json))) {
    const reason = json.trim() === '' ? 'an empty body' : 'a body that is not JSON'
    return [{ events: [{ type: 'error', failure: { kind: 'malformed', reason } }] }]
  }
  const reader = readEvents(1, options)
  const { events, native } = reader.read({ event: '', data: json })
  if (native === undefined || events.some((event) => event.type === 'error')) return [{ events }]
  return [{ events: [...events, ...reader.close().events], native }]
}

interface Choice {
  content: string
  refusal: string
  /** Stretches of reasoning in order; the last one is open until a signature ends it. */
  thoughts: { text: string; signature?: Signature }[]
  calls: { id: string; name: string; json: string; signature?: Signature }[]
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
    id: replyName(start?.id || context.requestId),
    object: 'chat.completion',
    created: Math.floor((start?.createdAt || context.createdAt) / 1000),
    model: start?.model || context.model,
    choices: [...fold(events)].map(([index, choice]) => writeChoice(index, choice)),
    usage,
    ...writeTier(finish?.serviceTier),
  }
}

function fold(events: readonly ModelEvent[]): Map<number, Choice> {
  const choices = new Map<number, Choice>()
  const at = (index: number): Choice => {
    const known = choices.get(index)
    if (known !== undefined) return known
    const fresh: Choice = {
      content: '',
      refusal: '',
      thoughts: [],
      calls: [],
      reason: 'stop',
      logprobs: null,
    }
    choices.set(index, fresh)
    return fresh
  }
  for (const event of events) if ('index' in event) add(at(event.index), event)
  return choices
}

function add(choice: Choice, event: ModelEvent): void {
  switch (event.type) {
    case 'text-delta':
      choice.content += event.text
      return
    case 'refusal-delta':
      choice.refusal += event.text
      return
    case 'reasoning-delta':
      openThought(choice).text += event.text
      return
    case 'reasoning-signature':
      openThought(choice).signature = event.signature
      return
    case 'tool-start': {
      const { id, name, signature } = event
      choice.calls[event.call] = { id, name, json: '', ...(signature === undefined ? {} : { signature }) }
      return
    }
    case 'tool-delta': {
      const call = choice.calls[event.call]
      if (call !== undefined) call.json += event.json
      return
    }
    case 'logprobs':
      choice.logprobs = joinLogprobs(choice.logprobs, event.value)
      return
    case 'choice-end':
      choice.reason = event.reason
      return
    case 'start':
    case 'other-delta':
    case 'embedding':
    case 'finish':
    case 'error':
      return
  }
}

/** The stretch that no signature has ended yet. */
function openThought(choice: Choice): Choice['thoughts'][number] {
  const last = choice.thoughts.at(-1)
  if (last !== undefined && last.signature === undefined) return last
  const fresh = { text: '' }
  choice.thoughts.push(fresh)
  return fresh
}

/** Streams bring them token by token, replies all at once. */
function joinLogprobs(before: unknown, more: unknown): unknown {
  if (!isFields(before) || !isFields(more)) return more
  const joined = (key: string): unknown =>
    Array.isArray(before[key]) || Array.isArray(more[key])
      ? [...listOf(before[key]), ...listOf(more[key])]
      : (more[key] ?? null)
  return { ...before, ...more, content: joined('content'), refusal: joined('refusal') }
}

function writeChoice(index: number, choice: Choice): Record<string, unknown> {
  const calls = choice.calls.map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.json },
    ...writeSeal(call.signature),
  }))
  const thoughts = choice.thoughts.map((thought): Thought => ({ type: 'reasoning', ...thought }))
  const reasoning = thoughts.map(({ text }) => text).join('')
  const signed = thoughts.some(({ signature }) => signature !== undefined)
  return {
    index,
    message: {
      role: 'assistant',
      content: choice.content === '' && calls.length > 0 ? null : choice.content,
      refusal: choice.refusal === '' ? null : choice.refusal,
      ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
      ...(signed ? { reasoning_details: writeDetails(thoughts) } : {}),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
    logprobs: choice.logprobs,
    finish_reason: writeReason(choice.reason),
  }
}
