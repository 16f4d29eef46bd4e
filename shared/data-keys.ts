// The secret DATA_KEYS: the keys that text at rest is sealed with, `name:32 bytes in base64url`, separated by commas, the
// newest first. Since nobody can read a secret of a deployment to put another in front of it, newer ones may have secrets of
// their own: DATA_KEYS_20270101 comes before DATA_KEYS. Pure.

export interface DataKey {
  readonly name: string
  readonly secret: Uint8Array
}

export type ReadKeys =
  | { readonly ok: true; readonly keys: readonly DataKey[] }
  | { readonly ok: false; readonly message: string }

export const SECRET_BYTES = 32
/** A name stands in every row that its key seals. */
export const NAME_CHARS = 32
/** Old ones are tried by name, so this bounds nothing but mistakes. */
const MOST_KEYS = 16

const NAME = new RegExp(`^[A-Za-z0-9_-]{1,${NAME_CHARS}}$`)

/** Every secret of this name and of those that begin so, the latest first; undefined where there is none. */
export function dataKeysIn(named: object): string | undefined {
  const found = Object.entries(named).filter(
    ([name, value]) => isDataKeys(name) && typeof value === 'string' && value !== '',
  )
  found.sort(([a], [b]) => (a > b ? -1 : 1)) // what is longer by its date is later than what has none
  return found.length === 0 ? undefined : found.map(([, value]) => String(value)).join(',')
}

export const isDataKeys = (name: string): boolean => /^DATA_KEYS(?:_\w+)?$/.test(name)

/** No message repeats what was found: it may be the greater part of a secret. */
export function readDataKeys(text: string): ReadKeys {
  const keys: DataKey[] = []
  const parts = text.split(',').map((part) => part.trim())
  if (parts.length > MOST_KEYS) return wrong(`has ${parts.length} keys; at most ${MOST_KEYS} are taken`)
  for (const [index, part] of parts.entries()) {
    const colon = part.indexOf(':')
    const place = `its ${index + 1}. key`
    const name = part.slice(0, Math.max(0, colon))
    if (!NAME.test(name)) return wrong(`${place} has no name of letters, digits, "_" and "-" before a colon`)
    if (keys.some((key) => key.name === name)) return wrong(`two of its keys are called "${name}"`)
    const secret = bytesIn(part.slice(colon + 1))
    if (secret?.length !== SECRET_BYTES) return wrong(`${place} is not ${SECRET_BYTES} bytes in base64url`)
    keys.push({ name, secret })
  }
  return { ok: true, keys }
}

const wrong = (what: string): ReadKeys => ({
  ok: false,
  message: `DATA_KEYS: ${what}; it should look like "k2:<43 letters>,k1:<43 letters>".`,
})

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Undefined where a letter is none of base64url's, plain base64's `+` and `/` included, or bits are left over. */
function bytesIn(text: string): Uint8Array | undefined {
  const letters = text.replace(/={1,2}$/, '')
  const bytes = new Uint8Array(Math.floor((letters.length * 6) / 8))
  let bits = 0
  let held = 0
  let at = 0
  for (const letter of letters) {
    const digit = DIGITS.indexOf(letter)
    if (digit < 0) return undefined
    bits = ((bits << 6) | digit) & 0xffff
    held += 6
    if (held < 8) continue
    held -= 8
    bytes[at] = (bits >> held) & 0xff
    at += 1
  }
  return (bits & ((1 << held) - 1)) === 0 ? bytes : undefined
}
