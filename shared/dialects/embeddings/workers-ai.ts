// Embeddings of Workers AI: texts in, rows of numbers out, through the binding and over REST. Pure.
// Source: https://developers.cloudflare.com/workers-ai/models/bge-base-en-v1.5/
import type { VendorDialect, WireRequest, WireTarget } from '../../dialect.ts'
import type { Piece } from '../../event.ts'
import { fieldsOf, isFields, listOf, parse } from '../../fields.ts'
import type { ModelRequest } from '../../request.ts'
import { readFailure, readInlineFailure } from '../workers-ai/failure.ts'
import { RUN_PATH } from '../workers-ai/request.ts'
import { answered, failed, readEvents, readUsage } from './reply.ts'
import { requirePlain, requireTexts } from './request.ts'
import { isVector } from './vectors.ts'

function writeRequest(request: ModelRequest, target: WireTarget): WireRequest {
  const { dimensions, purpose } = request.embedding ?? {}
  const dropped = [
    ...(dimensions === undefined ? [] : ['dimensions']),
    ...(purpose === undefined ? [] : ['input_type']),
    ...(request.user === undefined ? [] : ['user']),
  ]
  return {
    path: `${RUN_PATH}${requirePlain(target)}`,
    body: { text: requireTexts(request, target) },
    dropped,
  }
}

function readReply(json: string): Piece[] {
  const value = parse(json)
  if (!isFields(value)) return failed(json.trim() === '' ? 'an empty body' : 'a body that is no JSON object')
  const failure = readInlineFailure(value)
  if (failure !== undefined) return [{ events: [{ type: 'error', failure }] }]
  const { result } = value
  const said = isFields(result) ? result : value
  const vectors = listOf(said['data'])
  if (vectors.length === 0 || !vectors.every(isVector)) return failed('an answer without embeddings')
  return [{ events: answered(vectors, { usage: readUsage(fieldsOf(said['usage'])) }) }]
}

export const workersAiEmbeddings = {
  id: 'workers-ai-embeddings',
  maxInputs: () => 100, // `maxItems` of the models' input schemas
  writeRequest,
  readEvents,
  readReply,
  readFailure,
} satisfies VendorDialect
