// The primitives of shared/seal.ts, as the runtime has them. Node's, not Web Crypto's: those would have to be waited for,
// and an object that waits between reading and writing can be overtaken by its next caller. docs/decisions/2026-11-28-sealed.md
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto'
import type { Cipher } from '../shared/seal.ts'

const ALGORITHM = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const NO_SALT = new Uint8Array(0) // the secret is random and whole, which is what a salt would make of it

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }) // a text that begins with one keeps it

export const cipher: Cipher = {
  derive: (secret, info) => new Uint8Array(hkdfSync('sha256', secret, NO_SALT, info, KEY_BYTES)),
  seal(key, bytes, context, head) {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
    const sealing = createCipheriv(ALGORITHM, key, nonce)
    sealing.setAAD(encoder.encode(context))
    const body = sealing.update(bytes)
    sealing.final() // empties a mode of blocks; this one has none
    const whole = new Uint8Array(head.length + NONCE_BYTES + body.length + TAG_BYTES)
    whole.set(head)
    whole.set(nonce, head.length)
    whole.set(body, head.length + NONCE_BYTES)
    whole.set(sealing.getAuthTag(), whole.length - TAG_BYTES)
    return whole.buffer
  },
  open(key, sealed, context) {
    const end = sealed.length - TAG_BYTES
    if (end < NONCE_BYTES) return undefined
    const opening = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES))
    opening.setAAD(encoder.encode(context))
    opening.setAuthTag(sealed.subarray(end))
    const bytes = opening.update(sealed.subarray(NONCE_BYTES, end))
    try {
      opening.final()
    } catch {
      return undefined // the tag does not fit: that is all that it can say
    }
    return bytes
  },
  mark: (key, text) => createHmac('sha256', key).update(text).digest('hex'),
  encode: (text) => encoder.encode(text),
  decode: (bytes) => decoder.decode(bytes),
}
