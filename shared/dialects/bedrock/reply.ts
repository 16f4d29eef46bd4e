// Whole replies of Converse, read as the stream that would have said the same. Pure.
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_ResponseSyntax
import type { EventReader } from '../../dialect.ts'
import type { ModelEvent, Piece } from '../../event.ts'
import type { Failure } from '../../failure.ts'
import { type Fields, fieldsOf, isFields, listOf, parse, text } from '../../fields.ts'
import { DIALECT, readEvents } from './events.ts'
import { readInlineFailure } from './failure.ts'

export function readReply(json: string, model?: string): Piece[] {
  const body = parse(json)
  if (!isFields(body)) return failed(json.trim() === '' ? 'an empty body' : 'a body that is not JSON')
  const failure = readInlineFailure(body)
  if (failure !== undefined) return [{ events: [{ type: 'error', failure }] }]
  const message = fieldsOf(body['output'])['message']
  if (!isFields(message) || typeof body['stopReason'] !== 'string') return failed('a body without an answer')
  const reader = readEvents(1, model)
  const events = framesOf(message, body).flatMap(
    ([event, value]) => reader.read({ event, data: JSON.stringify(value) }).events,
  )
  return [
    { events: [...events, ...rest(reader, events)], native: { dialect: DIALECT, text: json, value: body } },
  ]
}

const rest = (reader: EventReader, events: readonly ModelEvent[]): readonly ModelEvent[] =>
  events.some(({ type }) => type === 'finish' || type === 'error') ? [] : reader.close().events

function failed(reason: string): Piece[] {
  const failure: Failure = { kind: 'malformed', reason }
  return [{ events: [{ type: 'error', failure }] }]
}

type Event = readonly [name: string, value: Fields]

function framesOf(message: Fields, body: Fields): Event[] {
  const blocks = listOf(message['content']).map(fieldsOf)
  return [
    ['messageStart', { role: 'assistant' }],
    ...blocks.flatMap((block, contentBlockIndex) =>
      eventsOf(block).map(([name, value]): Event => [name, { contentBlockIndex, ...value }]),
    ),
    ['messageStop', { stopReason: body['stopReason'] }],
    ['metadata', { usage: body['usage'], serviceTier: body['serviceTier'] }],
  ]
}

function eventsOf(block: Fields): Event[] {
  const tool = block['toolUse']
  if (isFields(tool)) {
    const { input, ...toolUse } = tool
    const json = typeof input === 'string' ? input : JSON.stringify(input ?? {})
    return [
      ['contentBlockStart', { start: { toolUse } }],
      ['contentBlockDelta', { delta: { toolUse: { input: json } } }],
      ['contentBlockStop', {}],
    ]
  }
  const thought = block['reasoningContent']
  if (isFields(thought)) {
    const { text: words, signature } = fieldsOf(thought['reasoningText'])
    const { redactedContent } = thought
    return [
      ['contentBlockDelta', { delta: { reasoningContent: { text: words, signature, redactedContent } } }],
      ['contentBlockStop', {}],
    ]
  }
  const cited = listOf(fieldsOf(block['citationsContent'])['content'])
  const words = text(block['text']) || cited.map((piece) => text(fieldsOf(piece)['text'])).join('')
  return words === '' ? [] : [['contentBlockDelta', { delta: { text: words } }]]
}
