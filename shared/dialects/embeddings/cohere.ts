// Embeddings of Cohere's second API. Its compatible endpoint knows neither dimensions nor what vectors are for. Pure.
// Source: https://docs.cohere.com/reference/embed
import type { VendorDialect, WireRequest, WireTarget } from '../../dialect.ts'
import type { Piece } from '../../event.ts'
import { count, fieldsOf, isFields, listOf, parse, text } from '../../fields.ts'
import type { ModelRequest } from '../../request.ts'
import { noUsage } from '../../usage.ts'
import { readFailure } from '../openai-chat/failure.ts'
import { answered, failed, readEvents } from './reply.ts'
import { requireTexts } from './request.ts'
import { isVector } from './vectors.ts'

/** Models from v3 on refuse a request that does not say it; documents are what is embedded most. */
const USUAL_TYPE = 'search_document'

/** What vectors are for, in the words of other vendors. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['document', 'search_document'],
  ['passage', 'search_document'],
  ['retrieval_document', 'search_document'],
  ['query', 'search_query'],
  ['retrieval_query', 'search_query'],
])

const typeOf = (purpose: string): string => TYPES.get(purpose.toLowerCase()) ?? purpose.toLowerCase()

function writeRequest(request: ModelRequest, target: WireTarget): WireRequest {
  const { dimensions, purpose } = request.embedding ?? {}
  const body = {
    model: target.model,
    texts: requireTexts(request, target),
    input_type: purpose === undefined ? USUAL_TYPE : typeOf(purpose),
    embedding_types: ['float'],
    ...(dimensions === undefined ? {} : { output_dimension: dimensions }),
  }
  return {
    path: '/embed',
    home: 'https://api.cohere.com/v2',
    body,
    dropped: request.user === undefined ? [] : ['user'],
  }
}

function readReply(json: string): Piece[] {
  const value = parse(json)
  if (!isFields(value)) return failed(json.trim() === '' ? 'an empty body' : 'a body that is not JSON')
  const vectors = listOf(fieldsOf(value['embeddings'])['float'])
  if (vectors.length === 0 || !vectors.every(isVector)) return failed('an answer without embeddings')
  const tokens = fieldsOf(fieldsOf(value['meta'])['billed_units'])['input_tokens']
  const usage = tokens === undefined ? undefined : { ...noUsage, input: count(tokens) }
  return [{ events: answered(vectors, { id: text(value['id']), usage }) }]
}

export const cohereEmbeddings = {
  id: 'cohere-embeddings',
  maxInputs: () => 96, // "Maximum number of texts per call"
  writeRequest,
  readEvents,
  readReply,
  readFailure,
} satisfies VendorDialect
