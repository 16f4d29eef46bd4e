// The tokenizer's vocabulary, out of the packed form in which the Worker carries it. Pure.
import type { Vocabulary } from '../../shared/tokens.ts'

/** Reads what tools/data/vocabulary.ts packed: each token as one byte of length and its bytes, by rank. */
export function unpack(packed: ArrayBuffer): Vocabulary {
  const bytes = new Uint8Array(packed)
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const vocabulary: Vocabulary = []
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + (bytes[at] ?? 0)
    const token = bytes.subarray(at + 1, end)
    try {
      vocabulary.push(decoder.decode(token))
    } catch {
      vocabulary.push([...token]) // a piece of a character
    }
    at = end
  }
  return vocabulary
}
