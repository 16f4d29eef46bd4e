// Whole Responses, read and written. Pure.
// Source: https://developers.openai.com/api/reference/resources/responses
import type { ReplyContext } from '../../dialect.ts'
import type { ModelEvent, Piece } from '../../event.ts'
import { fieldsOf, isFields, parse, text } from '../../fields.ts'
import { openAnswer } from './answer.ts'
import { readEvents, saysError } from './events.ts'
import { readError } from './failure.ts'
import { amend } from './response.ts'
import { DIALECT } from './schema.ts'

/** A whole reply is read as a stream of one event: its end. */
export function readReply(json: string): Piece[] {
  const value = parse(json)
  if (!isFields(value)) {
    return [{ events: [malformed(json.trim() === '' ? 'an empty body' : 'a body that is not JSON')] }]
  }
  // An event in the place of a reply is a gateway's mistake, and an error all the same.
  const response = isFields(value['response']) ? value['response'] : value
  const failed = text(response['status']) === 'failed'
  if (!failed && (saysError(response) || value['type'] === 'error')) {
    return [{ events: [{ type: 'error', failure: readError(response['error'] ?? response) }] }]
  }
  if (!failed && !Array.isArray(response['output']))
    return [{ events: [malformed('a response without output')] }]
  const events = readEvents().end(response, text(response['status']) || 'completed')
  const isError = events.some((event) => event.type === 'error')
  return [isError ? { events } : { events, native: { dialect: DIALECT, text: json, value: response } }]
}

const malformed = (reason: string): ModelEvent => ({ type: 'error', failure: { kind: 'malformed', reason } })

/** One body for a client: the vendor's own where it spoke this dialect, else built from the events. */
export function writeReply(pieces: readonly Piece[], context: ReplyContext): Record<string, unknown> {
  const last = pieces.find((piece) => piece.events.some((event) => event.type === 'finish'))
  const native = last?.native
  if (native?.dialect === DIALECT) {
    // The last event of a stream holds the whole response, as a reply is one.
    const whole = isFields(native.value['response']) ? native.value['response'] : native.value
    const finish = last?.events.find((event) => event.type === 'finish')
    return { ...amend(fieldsOf(whole), context, finish) }
  }
  const answer = openAnswer(context)
  for (const piece of pieces) for (const event of piece.events) answer.write(event)
  return answer.response()
}
