// Responses streams: a vendor's events read into ours. Pure.
// Source: https://developers.openai.com/api/reference/resources/responses/streaming-events
import type { EventReader } from '../../dialect.ts'
import type { ModelEvent, Piece } from '../../event.ts'
import { count, type Fields, fieldsOf, isFields, parse, text } from '../../fields.ts'
import type { Frame } from '../../sse.ts'
import { readError } from './failure.ts'
import { readOutput } from './output.ts'
import { DIALECT } from './schema.ts'
import { readUsage } from './usage.ts'

const ENDS: ReadonlyMap<string, string> = new Map([
  ['response.completed', 'completed'],
  ['response.incomplete', 'incomplete'],
  ['response.failed', 'failed'],
  ['response.cancelled', 'cancelled'],
])

const LIFECYCLE = new Set(['response.created', 'response.queued', 'response.in_progress'])

export interface ResponseReader extends EventReader {
  /** The whole of a response, as a stream ends with it or a reply consists of it. */
  end(response: Fields, status: string): ModelEvent[]
}

export function readEvents(): ResponseReader {
  const output = readOutput()
  let started = false
  let over = false
  let whole = false

  const start = (response: Fields): ModelEvent[] => {
    if (started) return []
    started = true
    const createdAt = count(response['created_at']) * 1000
    return [{ type: 'start', id: text(response['id']), model: text(response['model']), createdAt }]
  }

  const fail = (event: Extract<ModelEvent, { type: 'error' }>): ModelEvent[] => {
    over = true
    return [event]
  }

  const malformed = (reason: string): ModelEvent[] =>
    fail({ type: 'error', failure: { kind: 'malformed', reason } })

  const end = (response: Fields, status: string): ModelEvent[] => {
    if (status === 'failed') return fail({ type: 'error', failure: readError(response['error']) })
    if (status !== 'completed' && status !== 'incomplete') return malformed(`an answer that is ${status}`)
    const events = [...start(response), ...output.rest(response['output'])]
    const raw = text(fieldsOf(response['incomplete_details'])['reason'])
    const reason = status === 'completed' ? (output.calls() > 0 ? 'tool-calls' : 'stop') : shortOf(raw)
    const usage = readUsage(response['usage'])
    const serviceTier = text(response['service_tier'])
    over = true
    whole = true
    return [
      ...events,
      { type: 'choice-end', index: 0, reason, raw: raw === '' ? status : raw },
      {
        type: 'finish',
        reason,
        ...(usage === undefined ? {} : { usage }),
        ...(serviceTier === '' ? {} : { serviceTier }),
      },
    ]
  }

  const readEvent = (event: Fields, isError: boolean): ModelEvent[] => {
    const type = text(event['type'])
    const response = fieldsOf(event['response'])
    if (isError || type === 'error') {
      return fail({ type: 'error', failure: readError(event['error'] ?? event) })
    }
    const status = ENDS.get(type)
    if (status !== undefined) return end(response, statusOf(status, response))
    if (LIFECYCLE.has(type)) return start(response)
    if (!type.startsWith('response.') && saysError(event)) {
      return fail({ type: 'error', failure: readError(event['error'] ?? event) })
    }
    const events = output.read(type, event)
    return events.length === 0 ? [] : [...start({}), ...events]
  }

  return {
    end,
    get complete() {
      return whole
    },
    read(frame: Frame): Piece {
      if (over) return { events: [] }
      const isError = frame.event === 'error'
      if (frame.data === '' && !isError) return { events: [] }
      const value = parse(frame.data)
      if (!isFields(value)) {
        // One unreadable event among good ones is skipped: the text around it is still the answer.
        return isError ? { events: fail({ type: 'error', failure: readError(frame.data) }) } : { events: [] }
      }
      const events = readEvent(value, isError)
      return { events, native: { dialect: DIALECT, text: frame.data, value } }
    },
    close(): Piece {
      if (over) return { events: [] }
      const reason = started
        ? 'the stream ended without the end of its response'
        : 'the stream held no answer'
      return { events: malformed(reason) }
    },
  }
}

/** An error without a type of its own, as gateways and servers in front of a vendor send it. */
export const saysError = (value: Fields): boolean =>
  (value['error'] ?? undefined) !== undefined || value['object'] === 'error'

/** Servers end an answer that was cut short or failed with `response.completed` too. */
function statusOf(status: string, response: Fields): string {
  const said = response['status']
  return status === 'completed' && (said === 'incomplete' || said === 'failed') ? said : status
}

const shortOf = (reason: string): 'length' | 'content-filter' | 'other' =>
  reason === 'max_output_tokens' ? 'length' : reason === 'content_filter' ? 'content-filter' : 'other'
