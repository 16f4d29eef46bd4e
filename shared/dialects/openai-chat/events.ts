// Chat completion streams: a provider's chunks read into events. Pure.
// Source: https://platform.openai.com/docs/api-reference/chat/streaming
import type { EventReader } from '../../dialect.ts'
import type { FinishReason, ModelEvent, Piece } from '../../event.ts'
import type { Frame } from '../../sse.ts'
import type { Usage } from '../../usage.ts'
import { type Fields, isFields, parse, text } from '../../fields.ts'
import { readInlineFailure } from './failure.ts'
import { DIALECT } from './request.ts'
import { readUsage } from './usage.ts'

// A map, because a provider's word may also be that of something every object inherits.
const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
  ['tool_calls', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['content_filter', 'content-filter'],
])

export const readReason = (raw: string): FinishReason => REASONS.get(raw) ?? 'other'

const indexOf = (value: unknown): number => (typeof value === 'number' ? value : 0)

// Delta fields with a meaning of their own; any other with a value is content we pass on unread.
const KNOWN_DELTA = new Set([
  'role',
  'content',
  'refusal',
  'reasoning',
  'reasoning_content',
  'tool_calls',
  'function_call',
  'name',
])

/** OpenAI's messages carry `annotations: []` and `audio: null` whether they have a word or not. */
const saysNothing = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)

export function readEvents(choices = 1): EventReader {
  const begun = new Set<number>()
  const ended = new Map<number, FinishReason>()
  const calls = new Set<string>()
  let started = false
  let over = false
  let usage: Usage | undefined

  // Choices may come one after the other: between two of them nothing is open, but the answer is not complete.
  const complete = (): boolean => ended.size >= choices && begun.size === ended.size

  const finish = (): ModelEvent => {
    over = true
    return { type: 'finish', reason: ended.get(0) ?? 'other', ...(usage === undefined ? {} : { usage }) }
  }

  const fail = (reason: string): ModelEvent => {
    over = true
    return { type: 'error', failure: { kind: 'malformed', reason } }
  }

  const readCalls = (index: number, list: unknown, events: ModelEvent[]): void => {
    if (!Array.isArray(list)) return
    for (const [position, entry] of list.entries()) {
      if (!isFields(entry)) continue
      const call = typeof entry['index'] === 'number' ? entry['index'] : position
      const about = isFields(entry['function']) ? entry['function'] : {}
      const key = `${index}:${call}`
      if (!calls.has(key)) {
        calls.add(key)
        events.push({ type: 'tool-start', index, call, id: text(entry['id']), name: text(about['name']) })
      }
      const json = text(about['arguments'])
      if (json !== '') events.push({ type: 'tool-delta', index, call, json })
    }
  }

  const readChoice = (choice: Fields, events: ModelEvent[]): void => {
    const index = indexOf(choice['index'])
    begun.add(index)
    const delta = isFields(choice['delta'])
      ? choice['delta']
      : isFields(choice['message'])
        ? choice['message']
        : {}
    const reasoning = text(delta['reasoning_content']) || text(delta['reasoning'])
    if (reasoning !== '') events.push({ type: 'reasoning-delta', index, text: reasoning })
    const content = text(delta['content'])
    if (content !== '') events.push({ type: 'text-delta', index, text: content })
    const refusal = text(delta['refusal'])
    if (refusal !== '') events.push({ type: 'refusal-delta', index, text: refusal })
    readCalls(index, delta['tool_calls'], events)
    if (choice['logprobs'] !== undefined && choice['logprobs'] !== null) {
      events.push({ type: 'logprobs', index, value: choice['logprobs'] })
    }
    for (const [key, value] of Object.entries(delta)) {
      if (!saysNothing(value) && !KNOWN_DELTA.has(key)) events.push({ type: 'other-delta', index })
    }
    if (typeof choice['finish_reason'] === 'string' && choice['finish_reason'] !== '') {
      const raw = choice['finish_reason']
      ended.set(index, readReason(raw))
      events.push({ type: 'choice-end', index, reason: readReason(raw), raw })
    }
  }

  const readChunk = (chunk: Fields, isError: boolean): ModelEvent[] => {
    const error = chunk['error'] ?? (isError || isErrorItself(chunk) ? chunk : undefined)
    if (error !== undefined) {
      over = true
      return [{ type: 'error', failure: readInlineFailure(error) }]
    }
    const events: ModelEvent[] = []
    if (!started) {
      started = true
      events.push({
        type: 'start',
        id: text(chunk['id']),
        model: text(chunk['model']),
        createdAt: indexOf(chunk['created']) * 1000,
      })
    }
    usage = readUsage(chunk['usage']) ?? usage
    if (Array.isArray(chunk['choices'])) {
      for (const choice of chunk['choices']) if (isFields(choice)) readChoice(choice, events)
    }
    return events
  }

  return {
    get complete() {
      return complete()
    },
    read(frame: Frame): Piece {
      if (over) return { events: [] }
      const isError = frame.event === 'error'
      if (frame.data === '' && !isError) return { events: [] }
      if (frame.data === '[DONE]') return { events: endOfMarker(begun, ended, finish, fail) }
      const value = parse(frame.data)
      if (!isFields(value) && isError) return { events: readChunk({ error: frame.data }, true) }
      // One unreadable event among good ones is skipped: the text around it is still the answer.
      if (!isFields(value)) return { events: [] }
      const events = readChunk(value, isError)
      return { events, native: { dialect: DIALECT, text: frame.data, value } }
    },
    close(): Piece {
      if (over) return { events: [] }
      if (complete()) return { events: [finish()] }
      return {
        events: [fail(started ? 'the stream ended without a finish reason' : 'the stream held no answer')],
      }
    },
  }
}

/** An error without an `error` around it, as older vLLM and gateways in front of a vendor send it. */
const isErrorItself = (chunk: Fields): boolean => chunk['object'] === 'error' || chunk['type'] === 'error'

/** `[DONE]` says that nothing is missing, so a choice without a finish reason has simply stopped. */
function endOfMarker(
  begun: ReadonlySet<number>,
  ended: Map<number, FinishReason>,
  finish: () => ModelEvent,
  fail: (reason: string) => ModelEvent,
): ModelEvent[] {
  if (begun.size === 0) return [fail('the stream held no answer')]
  const events: ModelEvent[] = []
  for (const index of begun) {
    if (ended.has(index)) continue
    ended.set(index, 'stop')
    events.push({ type: 'choice-end', index, reason: 'stop' })
  }
  return [...events, finish()]
}
