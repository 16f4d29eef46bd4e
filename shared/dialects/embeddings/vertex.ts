// Embeddings of Vertex AI: its models of Google's predict a vector for each instance. Pure.
// Source: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
import type { VendorDialect, WireRequest, WireTarget } from '../../dialect.ts'
import type { Piece } from '../../event.ts'
import { count, fieldsOf, isFields, listOf, parse } from '../../fields.ts'
import type { ModelRequest } from '../../request.ts'
import { noUsage } from '../../usage.ts'
import { gemini } from '../gemini/index.ts'
import { taskOf } from './gemini.ts'
import { answered, failed, readEvents } from './reply.ts'
import { requirePlain, requireTexts } from './request.ts'
import { isVector } from './vectors.ts'

function writeRequest(request: ModelRequest, target: WireTarget): WireRequest {
  const { dimensions, purpose } = request.embedding ?? {}
  const model = requirePlain(target)
  const task = purpose === undefined ? {} : { task_type: taskOf(purpose) }
  return {
    path: `/${model.includes('/') ? model : `publishers/google/models/${model}`}:predict`,
    body: {
      instances: requireTexts(request, target).map((content) => ({ content, ...task })),
      ...(dimensions === undefined ? {} : { parameters: { outputDimensionality: dimensions } }),
    },
    dropped: request.user === undefined ? [] : ['user'],
  }
}

function readReply(json: string): Piece[] {
  const value = parse(json)
  if (isFields(value) && value['error'] !== undefined) return gemini.readReply(json)
  const said = listOf(fieldsOf(value)['predictions']).map((entry) => fieldsOf(fieldsOf(entry)['embeddings']))
  const vectors = said.map(({ values }) => values)
  if (vectors.length === 0 || !vectors.every(isVector)) return failed('an answer without embeddings')
  const tokens = said.map(({ statistics }) => fieldsOf(statistics)['token_count'])
  const input = tokens.reduce<number>((sum, one) => sum + count(one), 0)
  const usage = tokens.includes(undefined) ? undefined : { ...noUsage, input }
  return [{ events: answered(vectors, { usage }) }]
}

export const vertexEmbeddings = {
  id: 'vertex-embeddings',
  // "five texts", and "for gemini-embedding-001, each request can only include a single input text": the reference above
  maxInputs: (model: string) => (model.includes('gemini-embedding') ? 1 : 5),
  writeRequest,
  readEvents,
  readReply,
  readFailure: gemini.readFailure,
} satisfies VendorDialect
