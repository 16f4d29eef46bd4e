// OpenAI's Responses API as a dialect: the pieces of this folder, assembled. Pure.
import type { Dialect } from '../../dialect.ts'
import { readFailure, writeFailure } from '../openai-chat/failure.ts'
import { readEvents } from './events.ts'
import { writeError } from './failure.ts'
import { nameOf } from './names.ts'
import { readReply, writeReply } from './reply.ts'
import { readRequest } from './request.ts'
import { DIALECT } from './schema.ts'
import { writeStream } from './stream.ts'
import { openai, type ResponsesOptions, writeRequest } from './write.ts'

/** The dialect with a vendor's oddities. Clients are always spoken to without any. */
export function openaiResponses(options: Partial<ResponsesOptions> = {}) {
  const settled: ResponsesOptions = { ...openai, ...options }
  return {
    id: DIALECT,
    readRequest,
    writeRequest: (request, target) => writeRequest(request, target, settled),
    readEvents,
    writeEvents: (context) => writeStream(context).write,
    readReply,
    writeReply,
    readFailure,
    writeFailure,
    nameOf,
    writeLoss: (failure, requestId, events) => ({
      type: 'error',
      sequence_number: events,
      ...writeError(failure, requestId).event,
    }),
  } satisfies Dialect
}
