// Cloudflare Workers AI as a dialect: through the binding and over REST, native models and those like OpenAI's. Pure.
import type { VendorDialect } from '../../dialect.ts'
import { readEvents } from './events.ts'
import { readFailure } from './failure.ts'
import { readReply } from './reply.ts'
import { DIALECT, writeRequest } from './request.ts'

export function workersAi() {
  return {
    id: DIALECT,
    writeRequest,
    readEvents,
    readReply,
    readFailure,
    inlineMedia: true, // "HTTP URL will not be accepted", say the schemas of models that see
  } satisfies VendorDialect
}
