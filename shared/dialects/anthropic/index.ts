// Anthropic's Messages as a dialect: the pieces of this folder, assembled. Pure.
import type { Dialect } from '../../dialect.ts'
import { writeCountRequest, writeRequest } from './body.ts'
import { readCount } from './count.ts'
import { readEvents } from './events.ts'
import { readFailure, writeFailure } from './failure.ts'
import { type AnthropicOptions, plain } from './options.ts'
import { readReply, writeReply } from './reply.ts'
import { readRequest } from './request.ts'
import { DIALECT } from './schema.ts'
import { HEARTBEAT, writeEvents } from './stream.ts'

/** What this dialect calls what others call otherwise. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['parallel_tool_calls', 'tool_choice.disable_parallel_tool_use'],
  ['reasoning_effort', 'thinking'],
  ['response_format', 'output_config.format'],
  ['stop', 'stop_sequences'],
  ['user', 'metadata.user_id'],
])

/** The dialect with a host's oddities. Clients are always spoken to without any. */
export function anthropic(options: Partial<AnthropicOptions> = {}) {
  const settled: AnthropicOptions = { ...plain, ...options }
  return {
    id: DIALECT,
    passHeaders: ['anthropic-version', 'anthropic-beta'],
    // https://platform.claude.com/docs/en/api/errors#request-id
    idHeader: 'request-id',
    readRequest,
    writeRequest: (request, target) => writeRequest(request, target, settled),
    readEvents,
    writeEvents,
    readReply,
    writeReply,
    readFailure,
    writeFailure,
    nameOf: (parameter: string): string => NAMES.get(parameter) ?? parameter,
    heartbeat: HEARTBEAT,
    countsFirst: true,
    marksPrompts: true,
    counting: {
      writeRequest: (request, target) => writeCountRequest(request, target, settled),
      read: readCount,
    },
    ...(settled.inlineMedia ? { inlineMedia: true as const } : {}),
  } satisfies Dialect
}
