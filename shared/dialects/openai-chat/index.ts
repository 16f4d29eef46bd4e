// OpenAI's chat completions as a dialect: the pieces of this folder, assembled. Pure.
import type { Dialect } from '../../dialect.ts'
import { readEvents } from './events.ts'
import { readFailure, writeFailure } from './failure.ts'
import { readReply, writeReply } from './reply.ts'
import { type ChatOptions, plain } from './options.ts'
import { DIALECT, readRequest, writeRequest } from './request.ts'
import { writeEvents } from './stream.ts'

/** The dialect with a vendor's oddities. Clients are always spoken to without any. */
export function openaiChat(options: Partial<ChatOptions> = {}) {
  const settled: ChatOptions = { ...plain, ...options }
  return {
    id: DIALECT,
    readRequest,
    writeRequest: (request, target) => writeRequest(request, target, settled),
    readEvents,
    writeEvents,
    readReply,
    writeReply,
    readFailure,
    writeFailure,
  } satisfies Dialect
}
