// Whole replies of Workers AI: a native object or a chat completion, bare or in the API's `result`. Pure.
import type { Piece } from '../../event.ts'
import { isFields, parse } from '../../fields.ts'
import { readWhole } from './events.ts'
import { readInlineFailure } from './failure.ts'

export function readReply(json: string): Piece[] {
  const value = parse(json)
  if (!isFields(value)) {
    const reason = json.trim() === '' ? 'an empty body' : 'a body that is no JSON object'
    return [{ events: [{ type: 'error', failure: { kind: 'malformed', reason } }] }]
  }
  const failure = readInlineFailure(value)
  if (failure !== undefined) return [{ events: [{ type: 'error', failure }] }]
  const { result } = value
  return [{ events: readWhole(isFields(result) ? result : value) }]
}
