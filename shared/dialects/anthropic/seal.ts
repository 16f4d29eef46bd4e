// Other vendors' proofs in the blocks of this dialect: a client keeps thinking blocks whole and sends them back, so
// what another vendor sealed travels in `signature` and `data` under a mark that says whose it is. Pure.
import { fieldsOf, parse, text } from '../../fields.ts'
import type { Signature } from '../../request.ts'
import { DIALECT } from './schema.ts'

const MARK = 'minnow:'

export interface Unsealed {
  readonly signature?: Signature
  /** The tool call that the proof belongs to, where it is not one of a thought. */
  readonly call?: string
}

const KINDS: ReadonlySet<string> = new Set<Signature['kind']>(['signature', 'redacted', 'encrypted'])

const isKind = (kind: string): kind is Signature['kind'] => KINDS.has(kind)

/** What a client is given in the place of a signature; thoughts that nobody signed get the bare mark. */
export function seal(signature: Signature | undefined, call?: string): string {
  if (signature?.dialect === DIALECT) return signature.data
  return MARK + JSON.stringify({ ...signature, ...(call === undefined ? {} : { call }) })
}

/** What stands in such a place. `kind` is what a signature without our mark is here. */
export function unseal(sealed: string, kind: Signature['kind']): Unsealed {
  if (!isSealed(sealed)) {
    return sealed === '' ? {} : { signature: { dialect: DIALECT, kind, data: sealed } }
  }
  const fields = fieldsOf(parse(sealed.slice(MARK.length)))
  const [dialect, data, id, call] = [fields['dialect'], fields['data'], fields['id'], fields['call']].map(
    text,
  )
  const kept = text(fields['kind'])
  return {
    ...(dialect && isKind(kept)
      ? { signature: { dialect, kind: kept, data: data ?? '', ...(id ? { id } : {}) } }
      : {}),
    ...(call ? { call } : {}),
  }
}

/** True for what only we can open: the API would refuse it as a signature of its own. */
export const isSealed = (sealed: string): boolean => sealed.startsWith(MARK)
