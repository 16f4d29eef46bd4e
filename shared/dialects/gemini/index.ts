// Google's generateContent as a dialect: the pieces of this folder, assembled. Pure.
import type { Dialect } from '../../dialect.ts'
import { readEvents } from './events.ts'
import { readFailure } from './failure.ts'
import { DIALECT } from './names.ts'
import { writeFailure } from './refusal.ts'
import { readReply, writeReply } from './reply.ts'
import { readRequest } from './request.ts'
import { writeEvents } from './stream.ts'
import { writeRequest } from './wire.ts'

const WORDS: ReadonlyMap<string, string> = new Map([
  ['frequency_penalty', 'frequencyPenalty'],
  ['n', 'candidateCount'],
  ['presence_penalty', 'presencePenalty'],
  ['reasoning_effort', 'thinkingConfig'],
  ['response_format', 'responseJsonSchema'],
  ['service_tier', 'serviceTier'],
  ['stop', 'stopSequences'],
  ['tool_choice', 'toolConfig'],
  ['top_k', 'topK'],
  ['top_p', 'topP'],
])

export const gemini = {
  id: DIALECT,
  readRequest,
  writeRequest,
  readEvents,
  writeEvents,
  readReply,
  writeReply,
  readFailure,
  writeFailure,
  nameOf: (parameter) => WORDS.get(parameter) ?? parameter,
  // White space between events, and between the elements of an array, says nothing in either framing.
  heartbeat: '\n',
  // Google's own client takes every line for data: https://github.com/googleapis/js-genai
  bareEvents: true,
  // Newer models fetch addresses themselves, older ones none: https://ai.google.dev/gemini-api/docs/file-input-methods
  inlineMedia: 'foreign',
} satisfies Dialect
