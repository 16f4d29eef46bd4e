// How text is closed before it is written down: with a key that is the purpose's and the object's own, in an envelope
// that names the secret it came from, bound to the row it belongs to. Pure over a cipher; what crypto there is, is given.
import { Failed } from './failure.ts'
import { readDataKeys } from './data-keys.ts'

/** What a text is kept for. A key of one purpose opens nothing of another. */
export type Purpose =
  | 'conversation'
  | 'thread'
  | 'replay'
  | 'answers'
  | 'pages'
  | 'words'
  | 'names'
  | 'tokens'

/** The primitives, synchronous: a Durable Object that need not wait cannot be overtaken. The real ones: workers/cipher.ts. */
export interface Cipher {
  /** HKDF with SHA-256, 32 bytes. */
  derive(secret: Uint8Array, info: string): Uint8Array
  /** AES-256-GCM with a random nonce of 96 bits: `head`, then nonce, closed bytes, tag, in a buffer of their own. */
  seal(key: Uint8Array, bytes: Uint8Array, context: string, head: Uint8Array): ArrayBuffer
  /** What follows a head; undefined where it was changed or belongs elsewhere. */
  open(key: Uint8Array, sealed: Uint8Array, context: string): Uint8Array | undefined
  /** HMAC with SHA-256, in hexadecimal. */
  mark(key: Uint8Array, text: string): string
  encode(text: string): Uint8Array
  decode(bytes: Uint8Array): string
}

/** A value of a row: sealed, or plain text that an earlier version wrote. */
export type Stored = ArrayBuffer | string

/** What one object seals with. `row` says where in the object something belongs: the same to seal and to open. */
export interface Seal {
  seal(text: string, row: string): ArrayBuffer
  open(stored: Stored, row: string): string
  sealBytes(bytes: Uint8Array, row: string): ArrayBuffer
  openBytes(sealed: ArrayBuffer, row: string): Uint8Array
  /** False for what is to be sealed again: plain text, and what an older key closed. Needs the first HEAD_BYTES only. */
  isFresh(stored: Stored): boolean
  /** A name that tells nothing of the text to those without the key; of each key one, the newest first. */
  marks(text: string): readonly string[]
}

export interface Seals {
  /** Throws where nothing can be sealed, and says why. */
  check(): void
  /** Of the keys, newest first; empty where nothing can be sealed. */
  readonly names: readonly string[]
  /** `place`: the object, by its id. Where nothing can be sealed it throws once something is to be. */
  at(purpose: Purpose, place: string): Seal
  /** Keys for other ends, of each secret one, the newest first; empty where there is none. */
  keys(purpose: Purpose, place: string): readonly DerivedKey[]
}

export interface DerivedKey {
  readonly name: string
  readonly key: Uint8Array
}

/** So many bytes of a sealed value, at most, say which key closed it. */
export const HEAD_BYTES = 34

const MAGIC = 0xa6
const VERSION = 1

/** Opens a value; one that is to be sealed again is handed to `renew`, sealed. */
export function openAndRenew(
  seal: Seal,
  stored: Stored,
  row: string,
  renew: (sealed: ArrayBuffer) => void,
): string {
  const text = seal.open(stored, row)
  if (!seal.isFresh(stored)) renew(seal.seal(text, row))
  return text
}

/** The way to objects that keep text, which is barred where nothing can be sealed. */
export const sealed =
  <Names extends readonly string[], T>(seals: Seals, at: (...names: Names) => T) =>
  (...names: Names): T => {
    seals.check()
    return at(...names)
  }

/** What went wrong in an object, where it was an envelope: of an error that crosses its border only the words are left. */
export function sealTrouble(error: unknown): Failed | undefined {
  const text = String(error)
  const at = text.indexOf(OPENING)
  return at < 0 ? undefined : new Failed({ kind: 'unequipped', message: text.slice(at) })
}

/** How every complaint about an envelope begins. */
const OPENING = 'What is kept as '

/** What a value of a row is, if it is any that can be opened. */
export const storedIn = (value: unknown): Stored =>
  value instanceof ArrayBuffer || typeof value === 'string' ? value : ''

/** A value that cannot be opened: its key is gone, or somebody changed it. */
export class SealError extends Error {
  override readonly name = 'SealError'
  readonly why: 'unknown-key' | 'damaged'

  constructor(why: SealError['why'], message: string) {
    super(message)
    this.why = why
  }
}

/** A mistake in it is thrown at first use, since most of a gateway works without. */
export function openSeals(dataKeys: string | undefined, cipher: Cipher): Seals {
  const read = readDataKeys(dataKeys ?? '')
  const secrets = read.ok ? read.keys : []
  const keys = (purpose: Purpose, place: string): readonly DerivedKey[] =>
    secrets.map(({ name, secret }) => ({ name, key: cipher.derive(secret, `minnow/1/${purpose}/${place}`) }))
  const check = (): void => {
    if (!read.ok)
      throw (dataKeys ?? '') === '' ? noKeys : new Failed({ kind: 'unequipped', message: read.message })
  }
  return {
    check,
    names: secrets.map(({ name }) => name),
    keys,
    at: (purpose, place) => openSeal(() => keys(purpose, place), cipher, check),
  }
}

function openSeal(derive: () => readonly DerivedKey[], cipher: Cipher, check: () => void): Seal {
  let derived: readonly DerivedKey[] | undefined // when first needed: most wake-ups of an object read nothing
  const keys = (): readonly DerivedKey[] => (derived ??= derive())
  const newest = (): DerivedKey => {
    check()
    const [first] = keys()
    if (first === undefined) throw noKeys
    return first
  }

  const sealBytes = (bytes: Uint8Array, row: string): ArrayBuffer => {
    const { name, key } = newest()
    return cipher.seal(key, bytes, row, headOf(name, cipher))
  }

  const openBytes = (sealed: ArrayBuffer, row: string): Uint8Array => {
    const head = readHead(new Uint8Array(sealed))
    if (head === undefined) throw new SealError('damaged', `${OPENING}${row} is no sealed value.`)
    const found = keys().find(({ name }) => name === head.name)
    if (found === undefined) {
      check()
      throw lost(row, head.name)
    }
    const bytes = cipher.open(found.key, new Uint8Array(sealed, head.length), row)
    if (bytes === undefined)
      throw new SealError('damaged', `${OPENING}${row} was changed, or belongs elsewhere.`)
    return bytes
  }

  return {
    sealBytes,
    openBytes,
    seal: (text, row) => sealBytes(cipher.encode(text), row),
    open: (stored, row) => (typeof stored === 'string' ? stored : cipher.decode(openBytes(stored, row))),
    isFresh: (stored) =>
      typeof stored !== 'string' && readHead(new Uint8Array(stored))?.name === newest().name,
    marks: (text) => {
      newest()
      return keys().map(({ key }) => cipher.mark(key, text))
    },
  }
}

const noKeys = new Failed({
  kind: 'unequipped',
  message:
    'This gateway has no secret DATA_KEYS, so it keeps no text: no conversations, stored responses or repeatable requests. Its operator sets one with "npm run deploy"; docs/sealed.md.',
})

const lost = (row: string, name: string): SealError =>
  new SealError(
    'unknown-key',
    `${OPENING}${row} was sealed with the key "${name}", which DATA_KEYS does not name any more; put it back, behind the newer ones.`,
  )

const headOf = (name: string, cipher: Cipher): Uint8Array =>
  Uint8Array.of(MAGIC, (VERSION << 6) | name.length, ...cipher.encode(name))

function readHead(sealed: Uint8Array): { name: string; length: number } | undefined {
  const [magic, second = 0] = sealed
  const length = 2 + (second & 0x3f)
  if (magic !== MAGIC || second >> 6 !== VERSION || sealed.length < length) return undefined
  return { name: String.fromCharCode(...sealed.subarray(2, length)), length } // damaged, it is no key's
}
