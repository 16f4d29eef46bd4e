// SentencePiece, token for token as llama.cpp does it: characters are joined to the piece of the best score, the leftmost
// among equals, and what is no piece then becomes its bytes. Pure.
import { pop, push, type Candidate } from './heap.ts'
import type { ScoredPieces } from './vocabulary.ts'

/** Two neighbours that make a piece: where the first begins, where the second does, and where it ends. */
interface Pair extends Candidate {
  readonly middle: number
  readonly end: number
}

/** How pieces write a space. */
export const SPACE = '\u2581'

const utf8 = new TextEncoder()

export function encodeScored(source: string, { ids, scores, byteIds, unknown }: ScoredPieces): number[] {
  const text = source.toWellFormed().replaceAll(' ', SPACE)
  // For each offset at which a piece begins, where it ends and where the one before it begins.
  const ends = new Int32Array(text.length)
  const before = new Int32Array(text.length).fill(-1)
  const heap: Pair[] = []

  function consider(at: number): void {
    const middle = at < 0 ? text.length : (ends[at] ?? text.length)
    if (middle >= text.length) return
    const end = ends[middle] ?? text.length
    const id = ids.get(text.slice(at, end))
    if (id !== undefined) push(heap, { rank: -(scores[id] ?? 0), at, middle, end })
  }

  let last = -1
  for (let at = 0; at < text.length;) {
    before[at] = last
    last = at
    at = ends[at] = at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1)
  }
  for (let at = 0; at < text.length; at = ends[at] ?? text.length) consider(at)
  for (let best = pop(heap); best; best = pop(heap)) {
    const { at, middle, end } = best
    // Either of the two has been joined to another since.
    if (ends[at] !== middle || ends[middle] !== end) continue
    ends[at] = end
    ends[middle] = 0
    if (end < text.length) before[end] = at
    consider(before[at] ?? -1)
    consider(at)
  }

  const tokens: number[] = []
  for (let at = 0; at < text.length; at = ends[at] ?? text.length) {
    const piece = text.slice(at, ends[at])
    const id = ids.get(piece)
    if (id === undefined) for (const byte of utf8.encode(piece)) tokens.push(byteIds[byte] ?? unknown)
    else tokens.push(id)
  }
  return tokens
}
