// One part of a candidate as events. Pure.
// Source: https://ai.google.dev/api/caching#Part
import type { ModelEvent } from '../../event.ts'
import { type Fields, isFields, text } from '../../fields.ts'
import type { Signature } from '../../request.ts'
import { readSignature } from './seal.ts'

export interface Place {
  /** The candidate. */
  readonly index: number
  /** How many calls it has made before. */
  readonly call: number
  readonly replyId: string
}

export function readPart(part: Fields, place: Place): ModelEvent[] {
  const { index } = place
  const seal = text(part['thoughtSignature'])
  const signature = seal === '' ? undefined : readSignature(seal)
  const call = part['functionCall']
  if (isFields(call) && text(call['name']) !== '') return readCall(call, place, signature)
  const events: ModelEvent[] = []
  const said = text(part['text'])
  if (said !== '') {
    events.push({ type: part['thought'] === true ? 'reasoning-delta' : 'text-delta', index, text: said })
  } else if (Object.keys(part).some((key) => !PLAIN.has(key))) events.push({ type: 'other-delta', index })
  if (signature !== undefined) events.push({ type: 'reasoning-signature', index, signature })
  return events
}

const PLAIN = new Set(['text', 'thought', 'thoughtSignature'])

/** Arguments come whole. Before Gemini 3 calls come without ids, and a client must tell two of them apart. */
function readCall(call: Fields, place: Place, signature: Signature | undefined): ModelEvent[] {
  const { index, replyId } = place
  const free = `call_${replyId.replaceAll(/[^A-Za-z0-9_-]/g, '').slice(0, 24)}_${index}_${place.call}`
  return [
    {
      type: 'tool-start',
      index,
      call: place.call,
      id: text(call['id']) || free,
      name: text(call['name']),
      ...(signature === undefined ? {} : { signature }),
    },
    { type: 'tool-delta', index, call: place.call, json: JSON.stringify(call['args'] ?? {}) },
  ]
}
