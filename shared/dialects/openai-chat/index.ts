// OpenAI's chat completions as a dialect: the pieces of this folder, assembled. Pure.
import type { Dialect } from '../../dialect.ts'
import { writeRequest } from './body.ts'
import { readEvents } from './events.ts'
import { readFailure, writeFailure } from './failure.ts'
import { readReply, writeReply } from './reply.ts'
import { type ChatOptions, plain } from './options.ts'
import { readRequest } from './request.ts'
import { DIALECT } from './schema.ts'
import { writeEvents } from './stream.ts'
import { sureness } from './sureness.ts'

/** The dialect with a vendor's oddities. Clients are always spoken to without any. */
export function openaiChat(options: Partial<ChatOptions> = {}) {
  const settled: ChatOptions = { ...plain, ...options }
  return {
    id: DIALECT,
    readRequest,
    writeRequest: (request, target) => writeRequest(request, target, settled),
    readEvents: (choices = 1) => readEvents(choices, settled),
    writeEvents,
    readReply: (text) => readReply(text, settled),
    writeReply,
    readFailure,
    writeFailure,
    sureness,
    ...(settled.inlineMedia === true ? { inlineMedia: true } : {}),
  } satisfies Dialect
}
