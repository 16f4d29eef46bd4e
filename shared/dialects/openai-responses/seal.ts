// Proofs of other vendors inside `encrypted_content`, which clients keep and send back without a look. Pure.
// Anthropic's thinking and Gemini's thought signatures so survive the tool turns of clients that know neither.
import { parse } from '../../fields.ts'
import type { Signature } from '../../request.ts'
import { DIALECT } from './schema.ts'

const MARK = 'minnow.1.'

export interface Seal {
  readonly signature: Signature
  /** The tool call that it seals; absent where it seals the reasoning itself. */
  readonly callId?: string
}

/** What stands in `encrypted_content`: this dialect's own data as it came, everybody else's with a tag before it. */
export function seal({ signature, callId }: Seal): string {
  const { dialect, kind, data, id } = signature
  if (dialect === DIALECT && callId === undefined) return data
  return MARK + JSON.stringify([dialect, kind, data, id ?? null, callId ?? null])
}

export const isForeign = (encrypted: unknown): boolean =>
  typeof encrypted === 'string' && encrypted.startsWith(MARK)

/** The proof in an `encrypted_content`; undefined where the tag is ours but what follows is not. */
export function unseal(encrypted: string, itemId: string | undefined): Seal | undefined {
  if (!encrypted.startsWith(MARK)) {
    const id = itemId === undefined ? {} : { id: itemId }
    return { signature: { dialect: DIALECT, kind: 'encrypted', data: encrypted, ...id } }
  }
  const parts = parse(encrypted.slice(MARK.length))
  if (!Array.isArray(parts)) return undefined
  const [dialect, kind, data, id, callId]: unknown[] = parts
  if (typeof dialect !== 'string' || typeof data !== 'string') return undefined
  if (kind !== 'signature' && kind !== 'redacted' && kind !== 'encrypted') return undefined
  return {
    signature: { dialect, kind, data, ...(typeof id === 'string' ? { id } : {}) },
    ...(typeof callId === 'string' ? { callId } : {}),
  }
}
