// Streams of Workers AI read into events, in the shape that arrives: native frames, or chunks of chat completions. Pure.
// Source: https://developers.cloudflare.com/workers-ai/models/ (output schemas) and streams as models send them.
import type { EventReader } from '../../dialect.ts'
import type { ModelEvent, Piece } from '../../event.ts'
import { type Fields, isFields, parse, text } from '../../fields.ts'
import type { Frame } from '../../sse.ts'
import { type Choice, openChoice } from './choice.ts'
import { readInlineFailure } from './failure.ts'
import { openMeter } from './usage.ts'

interface Answer {
  /** Every choice that was asked for has ended. */
  readonly complete: boolean
  readonly hasBegun: boolean
  read(frame: Fields): ModelEvent[]
  finish(): ModelEvent
  /** Nothing is missing: a choice that ended without a word has simply stopped. */
  end(): ModelEvent[]
}

function openAnswer(expected: number): Answer {
  const choices = new Map<number, Choice>()
  const meter = openMeter()
  let started = false
  let hasChunks = false

  const choiceAt = (index: number): Choice => {
    const known = choices.get(index)
    if (known !== undefined) return known
    const fresh = openChoice(index)
    choices.set(index, fresh)
    return fresh
  }

  const start = (frame: Fields): ModelEvent[] => {
    if (started) return []
    started = true
    const created = frame['created']
    const createdAt = typeof created === 'number' ? created * 1000 : 0
    return [{ type: 'start', id: text(frame['id']), model: text(frame['model']), createdAt }]
  }

  const readChoice = (entry: Fields): ModelEvent[] => {
    const index = typeof entry['index'] === 'number' ? entry['index'] : 0
    const choice = choiceAt(index)
    const said = entry['delta'] ?? entry['message']
    const { logprobs, finish_reason: raw } = entry
    const events = isFields(said) ? choice.readDelta(said) : []
    if (logprobs !== undefined && logprobs !== null) events.push({ type: 'logprobs', index, value: logprobs })
    if (typeof raw === 'string' && raw !== '') events.push(...choice.end(raw))
    return events
  }

  const readChunk = (chunk: Fields, list: readonly unknown[]): ModelEvent[] => {
    hasChunks = true
    meter.take(chunk['usage'], false)
    const entries = list.filter(isFields)
    return entries.length === 0 ? [] : [...start(chunk), ...entries.flatMap(readChoice)]
  }

  const readNative = (frame: Fields): ModelEvent[] => {
    const { usage, finish_reason: raw } = frame
    const begun = choices.size > 0
    const choice = choiceAt(0)
    const said = choice.readNative(frame)
    // The last line counts everything and says nothing. After chunks it is the only frame of this shape; among native
    // frames it is the first that counts.
    const isLast = isFields(usage) && said.length === 0 && (hasChunks || (begun && !meter.has))
    meter.take(usage, true)
    const end = typeof raw === 'string' && raw !== '' ? choice.end(raw) : []
    return [...start(frame), ...said, ...end, ...(isLast ? endAll() : [])]
  }

  const endAll = (): ModelEvent[] => [...choices.values()].flatMap((choice) => choice.end())

  const finish = (): ModelEvent => {
    const usage = meter.total()
    const reason = choices.get(0)?.ended ?? 'other'
    return { type: 'finish', reason, ...(usage === undefined ? {} : { usage }) }
  }

  return {
    get complete() {
      return choices.size >= expected && [...choices.values()].every((choice) => choice.ended !== undefined)
    },
    get hasBegun() {
      return choices.size > 0
    },
    read(frame) {
      const { choices: list, response, tool_calls: calls } = frame
      // Some models say everything twice in a frame, once in each shape: the chunk is the fuller one.
      if (Array.isArray(list)) return readChunk(frame, list)
      return response !== undefined || Array.isArray(calls) ? readNative(frame) : []
    },
    finish,
    end: () => [...endAll(), finish()],
  }
}

const error = (reason: string): ModelEvent => ({ type: 'error', failure: { kind: 'malformed', reason } })

const NO_ANSWER = 'the stream held no answer'

export function readEvents(expected = 1): EventReader {
  const answer = openAnswer(expected)
  let over = false

  const last = (events: readonly ModelEvent[]): Piece => {
    over = true
    return { events }
  }

  return {
    get complete() {
      return answer.complete
    },
    read({ event, data }: Frame): Piece {
      if (over || (data === '' && event !== 'error')) return { events: [] }
      if (data === '[DONE]') return last(answer.hasBegun ? answer.end() : [error(NO_ANSWER)])
      const value = parse(data)
      const failure = readInlineFailure(value ?? data, event)
      if (failure !== undefined) return last([{ type: 'error', failure }])
      // One unreadable event among good ones is skipped: the text around it is still the answer.
      return { events: isFields(value) ? answer.read(value) : [] }
    },
    close(): Piece {
      if (over) return { events: [] }
      if (answer.complete) return last([answer.finish()])
      return last([error(answer.hasBegun ? 'the stream ended before its answer did' : NO_ANSWER)])
    },
  }
}

/** A whole reply says everything in one frame. */
export function readWhole(reply: Fields): ModelEvent[] {
  const answer = openAnswer(1)
  const events = answer.read(reply)
  return answer.hasBegun ? [...events, ...answer.end()] : [error('a reply without an answer')]
}
