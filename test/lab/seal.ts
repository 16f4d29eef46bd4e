// Proofs of what a model thought, as vendors make them: opaque to everybody else, checked when they come back. Pure.
import { createHmac } from 'node:crypto'

/** The same words always get the same proof, so nothing need be remembered. */
export const seal = (vendor: string, words: string): string =>
  createHmac('sha256', `the lab's ${vendor}`).update(words).digest('base64')

/** A form that hides the words and from which the vendor alone gets them back. */
export const hide = (vendor: string, words: string): string =>
  Buffer.from(JSON.stringify({ words, proof: seal(vendor, words) })).toString('base64')

/** The hidden words; undefined where somebody tampered with them. */
export function reveal(vendor: string, hidden: string): string | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(hidden, 'base64').toString('utf8'))
    const { words, proof } = Object(value) as { words?: unknown; proof?: unknown }
    return typeof words === 'string' && proof === seal(vendor, words) ? words : undefined
  } catch {
    return undefined
  }
}
