// Replies with embeddings: OpenAI's, read from servers and written for clients. Pure.
// Source: https://platform.openai.com/docs/api-reference/embeddings/object
import type { EventReader, ReplyContext } from '../../dialect.ts'
import type { ModelEvent, Piece } from '../../event.ts'
import { count, type Fields, fieldsOf, isFields, listOf, parse, text } from '../../fields.ts'
import { dollarsFromMicros } from '../../money.ts'
import { noUsage, promptTokens, type Usage } from '../../usage.ts'
import { readInlineFailure } from '../openai-chat/failure.ts'
import { DIALECT } from './request.ts'
import { isVector, packVector, unpackVector } from './vectors.ts'

export const failed = (reason: string): Piece[] => [
  { events: [{ type: 'error', failure: { kind: 'malformed', reason } }] },
]

/** The vectors of a reply in the order of their inputs, with what came beside them. */
export function answered(
  vectors: readonly (readonly number[])[],
  about: { readonly id?: string; readonly model?: string; readonly usage?: Usage | undefined },
): ModelEvent[] {
  return [
    { type: 'start', id: about.id ?? '', model: about.model ?? '', createdAt: 0 },
    ...vectors.map((vector, index): ModelEvent => ({ type: 'embedding', index, vector })),
    { type: 'finish', reason: 'stop', ...(about.usage === undefined ? {} : { usage: about.usage }) },
  ]
}

export function readReply(json: string): Piece[] {
  const value = parse(json)
  if (!isFields(value)) return failed(json.trim() === '' ? 'an empty body' : 'a body that is not JSON')
  const { error } = value
  if (error !== undefined && error !== null)
    return [{ events: [{ type: 'error', failure: readInlineFailure(error) }] }]
  const vectors: number[][] = []
  const entries = listOf(value['data'])
  for (const [position, entry] of entries.entries()) {
    const { index, embedding } = fieldsOf(entry)
    const vector = typeof embedding === 'string' ? unpackVector(embedding) : embedding
    if (!isVector(vector)) return failed(`embedding ${position} is no vector`)
    vectors[typeof index === 'number' ? index : position] = vector
  }
  if (entries.length === 0) return failed('an answer without embeddings')
  if (vectors.length !== entries.length) return failed('embeddings whose numbers do not fit')
  const events = answered(vectors, { model: text(value['model']), usage: readUsage(value['usage']) })
  return [{ events, native: { dialect: DIALECT, text: json, value } }]
}

export function readUsage(value: unknown): Usage | undefined {
  const fields = fieldsOf(value)
  const tokens = fields['prompt_tokens'] ?? fields['total_tokens'] ?? fields['input_tokens']
  return tokens === undefined ? undefined : { ...noUsage, input: count(tokens) }
}

/** Embeddings come whole; a stream of them is no answer. */
export function readEvents(): EventReader {
  let over = false
  const refuse = (): Piece => {
    if (over) return { events: [] }
    over = true
    return { events: [{ type: 'error', failure: { kind: 'malformed', reason: 'a stream of embeddings' } }] }
  }
  return { read: refuse, close: refuse, complete: false }
}

/** The server's own fields where it spoke this dialect; every vector in the form that the client asked for. */
export function writeReply(pieces: readonly Piece[], context: ReplyContext): Record<string, unknown> {
  const events = pieces.flatMap((piece) => piece.events)
  const start = events.find((event) => event.type === 'start')
  const finish = events.find((event) => event.type === 'finish')
  const native = pieces[0]?.native
  const value: Fields = native?.dialect === DIALECT ? native.value : {}
  const isPacked = context.request.embedding?.encoding === 'base64'
  const entries = listOf(value['data'])
  const write = (vector: readonly number[], index: number): unknown => {
    const theirs = fieldsOf(entries.find((entry) => fieldsOf(entry)['index'] === index) ?? entries[index])
    const own = theirs['embedding']
    const fits = isPacked ? typeof own === 'string' : Array.isArray(own)
    return {
      object: 'embedding',
      index,
      ...theirs,
      embedding: fits ? own : isPacked ? packVector(vector) : vector,
    }
  }
  const tokens = promptTokens(finish?.usage ?? noUsage)
  const cost = finish?.costMicros
  return {
    object: 'list',
    model: start?.model || context.model,
    ...value,
    data: events.flatMap((event) => (event.type === 'embedding' ? [write(event.vector, event.index)] : [])),
    usage: {
      prompt_tokens: tokens,
      total_tokens: tokens,
      ...fieldsOf(value['usage']),
      ...(cost === undefined ? {} : { cost: dollarsFromMicros(cost) }),
    },
  }
}
