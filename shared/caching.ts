// What of a prompt is worth a mark in the cache of a vendor that wants marks: writing costs a quarter more than reading
// a prompt anew, and the next request that begins alike then pays a tenth. Pure.
import { isUnderWay } from './beginning.ts'
import type { WireTarget } from './dialect.ts'
import type { ModelRequest } from './request.ts'

/**
 * Anthropic answers 400 to more: https://platform.claude.com/docs/en/build-with-claude/prompt-caching; Amazon's limit is the
 * same: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export const MAX_MARKS = 4

/** Which places get a mark: the end of tools and instructions, and of the newest user's turns. */
export interface Wanted {
  readonly instructions: boolean
  readonly turns: boolean
}

/** No text has fewer, where it is worth the question: what is marked and too short is not written, and costs nothing. */
const CHARS_PER_TOKEN = 3
/** A picture or a document is taken for so much text. */
const MEDIA_CHARS = 4_500

/**
 * `least`: a shorter prompt is not kept, and none at all where nobody says so. A conversation goes on, so all of it is
 * worth keeping; of a question by itself what others begin with too, where some have.
 */
export function wantedFor(
  request: ModelRequest,
  least: number | undefined,
  marking: WireTarget['marking'],
): Wanted {
  if (least === undefined || marking === 'none') return { instructions: false, turns: false }
  const enough = least * CHARS_PER_TOKEN
  const before = instructionChars(request)
  const isLong = before >= enough
  const goesOn = request.conversation !== undefined || isUnderWay(request)
  if (!goesOn) return { instructions: isLong && marking === 'repeats', turns: false }
  return { instructions: isLong, turns: isLong || before + turnChars(request, enough - before) >= enough }
}

/** Of what stands before the first turn: tools, and all instructions. */
export function instructionChars({ messages, tools }: ModelRequest): number {
  let chars = 0
  for (const { name, description = '', parameters, hosted } of tools) {
    const shape = parameters ?? hosted?.value
    chars += name.length + description.length + (shape === undefined ? 0 : JSON.stringify(shape).length)
  }
  for (const { role, parts } of messages)
    if (role === 'system' || role === 'developer') chars += partChars(parts)
  return chars
}

/** Counts no further than to `enough`. */
function turnChars({ messages }: ModelRequest, enough: number): number {
  let chars = 0
  for (const { role, parts, toolCalls = [] } of messages) {
    if (chars >= enough) break
    if (role === 'system' || role === 'developer') continue
    chars += partChars(parts)
    for (const { name, json } of toolCalls) chars += name.length + json.length
  }
  return chars
}

function partChars(parts: ModelRequest['messages'][number]['parts']): number {
  let chars = 0
  for (const part of parts) {
    if (part.type === 'text' || part.type === 'refusal') chars += part.text.length
    else if (part.type === 'image' || part.type === 'file') chars += MEDIA_CHARS
  }
  return chars
}

/** The newest user's turn, and the one that was marked when the last answer was asked for: there its cache ends. */
export function turnsToMark(roles: readonly unknown[]): readonly number[] {
  const newest = roles.lastIndexOf('user')
  const answered = newest < 0 ? -1 : roles.lastIndexOf('assistant', newest)
  const before = answered < 0 ? -1 : roles.lastIndexOf('user', answered)
  return [before, newest].filter((at) => at >= 0)
}
