// OpenAI's embeddings as a dialect: the pieces of this folder, assembled. Pure.
import type { Dialect } from '../../dialect.ts'
import { readFailure, writeFailure } from '../openai-chat/failure.ts'
import { readEvents, readReply, writeReply } from './reply.ts'
import { DIALECT, type EmbeddingOptions, readRequest, writeRequest } from './request.ts'

const plain: EmbeddingOptions = { dimensions: true, base64: true, unencoded: false, tokens: true, user: true }

/** The dialect with a vendor's oddities. Clients are always spoken to without any. */
export function openaiEmbeddings(options: Partial<EmbeddingOptions> = {}) {
  const settled: EmbeddingOptions = { ...plain, ...options }
  return {
    id: DIALECT,
    ...(options.maxInputs === undefined ? {} : { maxInputs: options.maxInputs }),
    readRequest,
    writeRequest: (request, target) => writeRequest(request, target, settled),
    readEvents,
    writeEvents: () => () => '', // embeddings come whole
    readReply,
    writeReply,
    readFailure,
    writeFailure,
  } satisfies Dialect
}
