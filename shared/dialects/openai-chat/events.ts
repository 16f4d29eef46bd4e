// Chat completion streams: a provider's chunks read into events. Pure.
// Source: https://platform.openai.com/docs/api-reference/chat/streaming
import type { EventReader } from '../../dialect.ts'
import type { FinishReason, ModelEvent, Piece } from '../../event.ts'
import type { Failure } from '../../failure.ts'
import type { Frame } from '../../sse.ts'
import type { Usage } from '../../usage.ts'
import { type Fields, fieldsOf, isFields, parse, text } from '../../fields.ts'
import { type Calls, trackCalls } from './calls.ts'
import { readInlineFailure } from './failure.ts'
import type { ChatOptions } from './options.ts'
import { plainly, readContent } from './plain.ts'
import { brokenBy, isOwnReason, readReason } from './reasons.ts'
import { DIALECT } from './schema.ts'
import { readDetail, readSeal } from './thoughts.ts'
import { readUsage } from './usage.ts'

const indexOf = (value: unknown): number => (typeof value === 'number' ? value : 0)

// Delta fields with a meaning of their own; any other with a value is content we pass on unread.
const KNOWN_DELTA = new Set([
  'role',
  'content',
  'refusal',
  'reasoning',
  'reasoning_content',
  'reasoning_details',
  'tool_calls',
  'function_call',
  'extra_content',
  'name',
])

/** OpenAI's messages carry `annotations: []` and `audio: null` whether they have a word or not. */
const saysNothing = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)

export function readEvents(choices = 1, options: Pick<ChatOptions, 'reasoningBeside'> = {}): EventReader {
  const begun = new Set<number>()
  const ended = new Map<number, FinishReason>()
  const calls = new Map<number, Calls>()
  const aloud = new Set<number>() // choices whose thoughts come as plain text, so that details only repeat them
  let started = false
  let over = false
  let odd = false // this chunk says something in a way that OpenAI's clients do not read
  let replyId = ''
  let usage: Usage | undefined
  let serviceTier: string | undefined

  // Choices may come one after the other: between two of them nothing is open, but the answer is not complete.
  const complete = (): boolean => ended.size >= choices && begun.size === ended.size

  const finish = (): ModelEvent => {
    over = true
    return {
      type: 'finish',
      reason: ended.get(0) ?? 'other',
      ...(usage === undefined ? {} : { usage }),
      ...(serviceTier === undefined ? {} : { serviceTier }),
    }
  }

  const breakOff = (failure: Failure): ModelEvent => {
    over = true
    return { type: 'error', failure }
  }
  const fail = (reason: string): ModelEvent => breakOff({ kind: 'malformed', reason })

  const readCalls = (index: number, list: readonly unknown[], whole: boolean, events: ModelEvent[]): void => {
    let known = calls.get(index)
    if (known === undefined) calls.set(index, (known = trackCalls(index, replyId)))
    for (const entry of list) if (isFields(entry)) known.read(entry, whole, events)
  }

  const readThoughts = (index: number, delta: Fields, events: ModelEvent[]): void => {
    const plain = text(delta['reasoning_content']) || text(delta['reasoning'])
    const details = delta['reasoning_details']
    if (!Array.isArray(details) || details.length === 0) {
      if (plain === '') return
      aloud.add(index)
      events.push({ type: 'reasoning-delta', index, text: plain })
      return
    }
    const thoughts = details.flatMap((detail) => readDetail(detail) ?? [])
    const said = thoughts.map((thought) => thought.text).join('')
    const inOrder = plain === '' ? !aloud.has(index) : said === plain
    if (!inOrder && plain !== '') events.push({ type: 'reasoning-delta', index, text: plain })
    for (const thought of thoughts) {
      if (inOrder && thought.text !== '') events.push({ type: 'reasoning-delta', index, text: thought.text })
      if (thought.signature !== undefined) {
        events.push({ type: 'reasoning-signature', index, signature: thought.signature })
      }
    }
  }

  const readText = (index: number, content: unknown, events: ModelEvent[]): void => {
    if (typeof content === 'string') {
      if (content !== '') events.push({ type: 'text-delta', index, text: content })
    } else if (Array.isArray(content)) {
      odd = true
      const parts = readContent(content)
      if (parts.thought !== '') events.push({ type: 'reasoning-delta', index, text: parts.thought })
      if (parts.text !== '') events.push({ type: 'text-delta', index, text: parts.text })
    }
  }

  const readDelta = (index: number, delta: Fields, whole: boolean, events: ModelEvent[]): void => {
    readThoughts(index, delta, events)
    readText(index, delta['content'], events)
    const refusal = text(delta['refusal'])
    if (refusal !== '') events.push({ type: 'refusal-delta', index, text: refusal })
    const seal = delta['extra_content'] === undefined ? undefined : readSeal(delta)
    if (seal !== undefined) events.push({ type: 'reasoning-signature', index, signature: seal })
    if (Array.isArray(delta['tool_calls'])) readCalls(index, delta['tool_calls'], whole, events)
    // The old single call has neither an id nor an index.
    const old = delta['function_call']
    if (isFields(old)) readCalls(index, [{ index: -1, function: old }], whole, events)
  }

  /** Reads a choice; the failure that it broke off with, where it did. */
  const readChoice = (choice: Fields, events: ModelEvent[]): Failure | undefined => {
    const index = indexOf(choice['index'])
    begun.add(index)
    const whole = !isFields(choice['delta'])
    const delta = fieldsOf(whole ? choice['message'] : choice['delta'])
    readDelta(index, delta, whole, events)
    if (choice['logprobs'] !== undefined && choice['logprobs'] !== null) {
      events.push({ type: 'logprobs', index, value: choice['logprobs'] })
    }
    for (const key in delta) {
      if (!KNOWN_DELTA.has(key) && !saysNothing(delta[key])) events.push({ type: 'other-delta', index })
    }
    if (choice['usage'] !== undefined) readBill(choice['usage']) // https://platform.moonshot.ai/docs/api/chat
    if (isFields(choice['error'])) return readInlineFailure(choice['error'])
    const raw = choice['finish_reason']
    if (typeof raw !== 'string') return undefined
    const broken = brokenBy(raw)
    if (broken !== undefined) return broken
    odd ||= !isOwnReason(raw)
    if (raw === '') return undefined
    calls.get(index)?.end(events)
    ended.set(index, readReason(raw))
    events.push({ type: 'choice-end', index, reason: readReason(raw), raw })
    return undefined
  }

  const readChunk = (chunk: Fields, isError: boolean): ModelEvent[] => {
    const error = chunk['error'] ?? (isError || isErrorItself(chunk) ? chunk : undefined)
    if (error !== undefined) return [breakOff(readInlineFailure(error))]
    const events: ModelEvent[] = []
    const { choices: list } = chunk
    if (replyId === '') replyId = text(chunk['id'])
    // Azure's first chunk is about the prompt and bears no name yet; the answer starts with the next.
    if (!started && (replyId !== '' || (Array.isArray(list) && list.length > 0))) {
      started = true
      events.push({
        type: 'start',
        id: replyId,
        model: text(chunk['model']),
        createdAt: indexOf(chunk['created']) * 1000,
      })
    }
    if (typeof chunk['service_tier'] === 'string') serviceTier = chunk['service_tier']
    let failure: Failure | undefined
    if (Array.isArray(list)) {
      for (const choice of list) if (isFields(choice)) failure ??= readChoice(choice, events)
    }
    if (chunk['x_groq'] !== undefined) failure ??= readGroq(fieldsOf(chunk['x_groq']))
    if (chunk['usage'] !== undefined) readBill(chunk['usage'])
    if (failure === undefined) return events
    return [...events.filter((event) => event.type !== 'start' || events.length > 1), breakOff(failure)]
  }

  /** https://console.groq.com/docs/api-reference#chat-create */
  const readGroq = ({ usage, error }: Fields): Failure | undefined => {
    readBill(usage)
    return text(error) === '' ? undefined : readInlineFailure(error)
  }

  const readBill = (value: unknown): void => {
    usage = readUsage(value, options) ?? usage
    const tier = isFields(value) ? value['service_tier'] : undefined // https://docs.mistral.ai/api
    if (typeof tier === 'string') serviceTier = tier
  }

  /** `[DONE]` says that nothing is missing, so a choice without a finish reason has simply stopped. */
  const endOfMarker = (): ModelEvent[] => {
    if (begun.size === 0) return [fail('the stream held no answer')]
    const events: ModelEvent[] = []
    for (const index of begun) {
      if (ended.has(index)) continue
      calls.get(index)?.end(events)
      ended.set(index, 'stop')
      events.push({ type: 'choice-end', index, reason: 'stop' })
    }
    return [...events, finish()]
  }

  return {
    get complete() {
      return complete()
    },
    read(frame: Frame): Piece {
      if (over) return { events: [] }
      const isError = frame.event === 'error'
      if (frame.data === '' && !isError) return { events: [] }
      if (frame.data === '[DONE]') return { events: endOfMarker() }
      const value = parse(frame.data)
      if (!isFields(value) && isError) return { events: readChunk({ error: frame.data }, true) }
      // One unreadable event among good ones is skipped: the text around it is still the answer.
      if (!isFields(value)) return { events: [] }
      odd = false
      const events = readChunk(value, isError)
      if (odd) return { events, native: { dialect: DIALECT, value: plainly(value) } }
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
