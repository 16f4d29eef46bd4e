// Parts and candidates as Google's clients want them. Pure.
// Source: https://ai.google.dev/api/generate-content#candidate
import type { FinishReason } from '../../event.ts'
import { isFields, parse } from '../../fields.ts'
import type { Signature, ToolCall } from '../../request.ts'
import { writeLogprobs } from './logprobs.ts'
import { DIALECT } from './names.ts'
import { writeReason } from './reasons.ts'
import { writeSignature } from './seal.ts'

export type WrittenPart = Record<string, unknown>

/** A call that is being written, its arguments still growing. */
export type OpenCall = { -readonly [Key in keyof ToolCall]: ToolCall[Key] }

/** Arguments are an object on this wire; undefined where the model wrote none. */
export function writeCall({ id, name, json, signature }: ToolCall): WrittenPart | undefined {
  const args = json.trim() === '' ? {} : parse(json)
  if (!isFields(args)) return undefined
  return {
    functionCall: { ...(id === '' ? {} : { id }), name, args },
    ...(signature === undefined ? {} : { thoughtSignature: writeSignature(signature) }),
  }
}

/** Ends a stretch of thought; another vendor's proof stands on a thought without words, so that no reader shows it. */
export const writeProof = (signature: Signature): WrittenPart => ({
  text: '',
  ...(signature.dialect === DIALECT ? {} : { thought: true }),
  thoughtSignature: writeSignature(signature),
})

export interface Ending {
  readonly reason: FinishReason
  /** What the model wrote for calls, where that is no object. */
  readonly malformed: readonly ToolCall[]
  readonly logprobs: unknown
}

/** A client reads a call that cannot be said as Google says it: a reason of its own, with the words. */
export function writeEnding({ reason, malformed, logprobs }: Ending): Record<string, unknown> {
  const isMalformed = malformed.length > 0 && reason !== 'length'
  const calls = malformed.map(({ name, json }) => `${name}(${json})`).join('; ')
  const result = writeLogprobs(logprobs)
  return {
    finishReason: isMalformed ? 'MALFORMED_FUNCTION_CALL' : writeReason(reason),
    ...(isMalformed ? { finishMessage: `Malformed function call: ${calls}` } : {}),
    ...(result === undefined ? {} : { logprobsResult: result }),
  }
}

/** Google's own clients drop a turn from a chat when one of its chunks has no part, so there is always one. */
export const writeCandidate = (
  index: number,
  parts: readonly WrittenPart[],
  more: Record<string, unknown> = {},
): Record<string, unknown> => ({
  content: { parts: parts.length === 0 ? [{ text: '' }] : parts, role: 'model' },
  ...more,
  index,
})
