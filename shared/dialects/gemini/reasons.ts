// Why a candidate ended, both ways. Pure.
// Source: https://ai.google.dev/api/generate-content#FinishReason
import type { FinishReason } from '../../event.ts'

const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['CONTINUATION', 'length'],
  ['SAFETY', 'content-filter'],
  ['RECITATION', 'content-filter'],
  ['BLOCKLIST', 'content-filter'],
  ['PROHIBITED_CONTENT', 'content-filter'],
  ['SPII', 'content-filter'],
  ['MODEL_ARMOR', 'content-filter'],
  ['IMAGE_SAFETY', 'content-filter'],
  ['IMAGE_PROHIBITED_CONTENT', 'content-filter'],
  ['IMAGE_RECITATION', 'content-filter'],
])

/**
 * Reasons that leave nothing to use: the model broke off in a call that is not valid, called what it was not given, or
 * the server lost its form. They are failures of the target, so that another one is tried while nothing was said.
 */
const BROKEN = new Set([
  'MALFORMED_FUNCTION_CALL',
  'UNEXPECTED_TOOL_CALL',
  'MALFORMED_RESPONSE',
  'MISSING_THOUGHT_SIGNATURE',
])

export const isBroken = (raw: string): boolean => BROKEN.has(raw)

/** Gemini stops after a call as after a sentence. */
export function readReason(raw: string, hasCalls: boolean): FinishReason {
  const reason = REASONS.get(raw) ?? 'other'
  return reason === 'stop' && hasCalls ? 'tool-calls' : reason
}

const NAMES: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  'tool-calls': 'STOP',
  'content-filter': 'SAFETY',
  other: 'OTHER',
}

export const writeReason = (reason: FinishReason): string => NAMES[reason]
