// A dashboard's session: a cookie that proves somebody gave the admin key, signed with a secret made of that key. So
// nothing is stored, and another key ends every session. Pure, but for the platform's cryptography.

/** After so long the key is asked for again. */
export const SESSION_MS = 12 * 60 * 60 * 1000

const PURPOSE = 'minnow dashboard session, version 1'
const HMAC = { name: 'HMAC', hash: 'SHA-256' }

export interface Session {
  /** The admin key it was opened with. */
  readonly key: string
  readonly expiresAt: number
}

export interface Sessions {
  /** The cookie's value. */
  open(key: string, now: number): Promise<Session & { readonly token: string }>
  /** Undefined where it was not signed here, was changed, or is over. */
  read(token: string, now: number): Promise<Session | undefined>
}

/** For these admin keys and no other. */
export function openSessions(adminKeys: readonly string[]): Sessions {
  const signers = new Map(adminKeys.map((key) => [key, signerOf(key)]))
  return {
    async open(key, now) {
      const signer = await signers.get(key)
      if (signer === undefined) throw new Error('a session is opened with an admin key')
      const expiresAt = now + SESSION_MS
      const said = `${expiresAt}.${crypto.randomUUID().replaceAll('-', '')}`
      const signature = await crypto.subtle.sign(HMAC, signer, bytesOf(said))
      return { key, expiresAt, token: `${said}.${hexOf(new Uint8Array(signature))}` }
    },
    async read(token, now) {
      const found = /^((\d{1,15})\.[0-9a-f]{32})\.([0-9a-f]{64})$/.exec(token)
      const [, said = '', until = '', signature = ''] = found ?? []
      if (found === null || Number(until) <= now) return undefined
      for (const [key, signer] of signers) {
        const isOurs = await crypto.subtle.verify(HMAC, await signer, bytesOfHex(signature), bytesOf(said))
        if (isOurs) return { key, expiresAt: Number(until) }
      }
      return undefined
    },
  }
}

async function signerOf(key: string): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey('raw', bytesOf(key), 'HKDF', false, ['deriveBits'])
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: bytesOf(PURPOSE) }
  const bits = await crypto.subtle.deriveBits(derivation, root, 256)
  return crypto.subtle.importKey('raw', bits, HMAC, false, ['sign', 'verify'])
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(new TextEncoder().encode(text))

const hexOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

const bytesOfHex = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
