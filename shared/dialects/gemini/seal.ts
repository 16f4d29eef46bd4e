// Other vendors' proofs of what was thought, in the one field that Gemini's clients hand back untouched. Pure.
// `thoughtSignature` is bytes: a client may write their base64 in another alphabet or without padding.
import { parse } from '../../fields.ts'
import type { Signature } from '../../request.ts'
import { decodeBytes, encodeBytes } from './base64.ts'
import { DIALECT } from './names.ts'

/** Fifteen bytes, so that their base64 is always the same twenty characters. */
const MARK = 'minnow:sealed:1'
const MARK64 = encodeBytes(MARK)

const ascii = (json: string): string =>
  json.replaceAll(/[\u007f-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** A signature as a `thoughtSignature`: Gemini's own as it came, any other's in an envelope that says whose it is. */
export function writeSignature({ dialect, kind, data, id }: Signature): string {
  if (dialect === DIALECT) return data
  return encodeBytes(MARK + ascii(JSON.stringify([dialect, kind, data, ...(id === undefined ? [] : [id])])))
}

export const isForeign = (thoughtSignature: string): boolean => thoughtSignature.startsWith(MARK64)

export function readSignature(thoughtSignature: string): Signature {
  return unseal(thoughtSignature) ?? { dialect: DIALECT, kind: 'signature', data: thoughtSignature }
}

function unseal(thoughtSignature: string): Signature | undefined {
  if (!isForeign(thoughtSignature)) return undefined
  const value = parse(decodeBytes(thoughtSignature)?.slice(MARK.length) ?? '')
  if (!Array.isArray(value)) return undefined
  const [dialect, kind, data, id]: readonly unknown[] = value
  if (typeof dialect !== 'string' || typeof data !== 'string') return undefined
  if (kind !== 'signature' && kind !== 'redacted' && kind !== 'encrypted') return undefined
  return { dialect, kind, data, ...(typeof id === 'string' ? { id } : {}) }
}
