// Embeddings of the Gemini API: a batch of contents in, a batch of values out. Pure.
// Source: https://ai.google.dev/api/embeddings
import type { VendorDialect, WireRequest, WireTarget } from '../../dialect.ts'
import type { Piece } from '../../event.ts'
import { count, fieldsOf, isFields, listOf, parse } from '../../fields.ts'
import type { ModelRequest } from '../../request.ts'
import { noUsage } from '../../usage.ts'
import { gemini } from '../gemini/index.ts'
import { answered, failed, readEvents } from './reply.ts'
import { requirePlain, requireTexts } from './request.ts'
import { isVector } from './vectors.ts'

/** What vectors are for, in the words of other vendors. */
const TASKS: ReadonlyMap<string, string> = new Map([
  ['search_document', 'RETRIEVAL_DOCUMENT'],
  ['document', 'RETRIEVAL_DOCUMENT'],
  ['passage', 'RETRIEVAL_DOCUMENT'],
  ['search_query', 'RETRIEVAL_QUERY'],
  ['query', 'RETRIEVAL_QUERY'],
  ['classification', 'CLASSIFICATION'],
  ['clustering', 'CLUSTERING'],
])

/** The word for what vectors are for; one that is unknown here is given on. */
export const taskOf = (purpose: string): string => TASKS.get(purpose.toLowerCase()) ?? purpose.toUpperCase()

function writeRequest(request: ModelRequest, target: WireTarget): WireRequest {
  const { dimensions, purpose } = request.embedding ?? {}
  const name = requirePlain(target)
  const model = name.startsWith('models/') ? name : `models/${name}`
  const taskType = purpose === undefined ? undefined : taskOf(purpose)
  const requests = requireTexts(request, target).map((text) => ({
    model,
    content: { parts: [{ text }] },
    ...(taskType === undefined ? {} : { taskType }),
    ...(dimensions === undefined ? {} : { outputDimensionality: dimensions }),
  }))
  const dropped = request.user === undefined ? [] : ['user']
  return { path: `/${model}:batchEmbedContents`, body: { requests }, dropped }
}

function readReply(json: string): Piece[] {
  const value = parse(json)
  if (isFields(value) && value['error'] !== undefined) return gemini.readReply(json)
  const entries = listOf(fieldsOf(value)['embeddings'])
  const vectors = entries.map((entry) => fieldsOf(entry)['values'])
  if (vectors.length === 0 || !vectors.every(isVector)) return failed('an answer without embeddings')
  const tokens = fieldsOf(fieldsOf(value)['usageMetadata'])['promptTokenCount']
  const usage = tokens === undefined ? undefined : { ...noUsage, input: count(tokens) }
  return [{ events: answered(vectors, { usage }) }]
}

export const geminiEmbeddings = {
  id: 'gemini-embeddings',
  maxInputs: () => 100, // "at most 100 requests can be in one batch"
  writeRequest,
  readEvents,
  readReply,
  readFailure: gemini.readFailure,
} satisfies VendorDialect
