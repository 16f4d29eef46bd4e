// A visitor's token, written and read: who may speak, in which conversation, from where, until when, and a mark that only
// this gateway can make. Nothing of it is stored. Pure over WebCrypto.

/** `speak` opens one conversation for some minutes; `renew` gets the next such token, for weeks. */
export type TokenKind = 'speak' | 'renew'

export interface Pass {
  readonly kind: TokenKind
  readonly keyId: string
  readonly conversation: string
  /** The web origin that it was given to. */
  readonly origin: string
  readonly expiresAt: number
}

export interface SigningKey {
  readonly name: string
  readonly key: Uint8Array
}

export const PREFIXES: Readonly<Record<TokenKind, string>> = { speak: 'mv-', renew: 'mr-' }

/** Longer than any that was ever written. */
const MOST_CHARS = 1_024

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** `<prefix><payload>.<mark>`, both in base64url. */
export async function writeToken(pass: Pass, signing: SigningKey): Promise<string> {
  const { kind, keyId, conversation, origin, expiresAt } = pass
  const payload = encode(encoder.encode(JSON.stringify([keyId, conversation, origin, expiresAt])))
  const signed = `${PREFIXES[kind]}${payload}`
  const mark = await crypto.subtle.sign('HMAC', await imported(signing), encoder.encode(signed))
  return `${signed}.${encode(new Uint8Array(mark))}`
}

/** What a token says, where one of the keys has marked it; undefined for every other text. Looks at no clock. */
export async function readToken(
  kind: TokenKind,
  token: string,
  keys: readonly SigningKey[],
): Promise<Pass | undefined> {
  const prefix = PREFIXES[kind]
  const [, payload, mark] = /^m[vr]-([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$/.exec(token) ?? []
  if (token.length > MOST_CHARS || !token.startsWith(prefix) || payload === undefined || mark === undefined)
    return undefined
  const [signed, bytes] = [encoder.encode(`${prefix}${payload}`), decode(mark)]
  if (bytes === undefined) return undefined
  for (const key of keys) {
    if (await crypto.subtle.verify('HMAC', await imported(key), bytes, signed))
      return understand(kind, payload)
  }
  return undefined
}

function understand(kind: TokenKind, payload: string): Pass | undefined {
  const bytes = decode(payload)
  if (bytes === undefined) return undefined
  const [keyId, conversation, origin, expiresAt] = JSON.parse(decoder.decode(bytes)) as unknown[]
  if (typeof keyId !== 'string' || typeof conversation !== 'string') return undefined
  if (typeof origin !== 'string' || typeof expiresAt !== 'number') return undefined
  return { kind, keyId, conversation, origin, expiresAt }
}

const imported = ({ key }: SigningKey): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])

const encode = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')

function decode(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
  } catch {
    return undefined // no base64 at all
  }
}
