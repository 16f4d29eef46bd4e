// Amazon Bedrock's Converse as a dialect: the pieces of this folder, assembled. We speak it to vendors only. Pure.
import type { VendorDialect } from '../../dialect.ts'
import { DIALECT, readEvents } from './events.ts'
import { readFailure } from './failure.ts'
import { readReply } from './reply.ts'
import { writeRequest } from './request.ts'

export function bedrock() {
  return {
    id: DIALECT,
    framing: 'aws-event-stream',
    inlineMedia: true,
    marksPrompts: true,
    writeRequest,
    readEvents,
    readReply,
    readFailure,
  } satisfies VendorDialect
}
