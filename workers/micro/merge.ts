// Byte-pair merging of one piece: always the pair of lowest rank, the leftmost among equals. Pure.
import { pop, push, type Candidate } from './heap.ts'
import type { BytePairs } from './vocabulary.ts'

interface Pair extends Candidate {
  readonly left: number
  readonly right: number
  readonly id: number
}

export function mergeBytes(bytes: Uint8Array, { byteIds, merges }: BytePairs, size: number): number[] {
  const GONE = -1
  const count = bytes.length
  const tokens = Int32Array.from(bytes, (byte) => byteIds[byte] ?? GONE)
  const after = Int32Array.from(bytes, (_, i) => i + 1)
  const before = Int32Array.from(bytes, (_, i) => i - 1)
  const heap: Pair[] = []

  function consider(at: number): void {
    const next = after[at] ?? count
    const left = tokens[at]
    const right = tokens[next]
    if (left === undefined || right === undefined) return
    const merge = merges.get(left * size + right)
    if (merge) push(heap, { rank: merge.rank, at, left, right, id: merge.id })
  }

  for (let at = 0; at + 1 < count; at++) consider(at)
  for (let best = pop(heap); best; best = pop(heap)) {
    const { at } = best
    const next = after[at] ?? count
    if (tokens[at] !== best.left || tokens[next] !== best.right) continue
    tokens[at] = best.id
    tokens[next] = GONE
    const beyond = after[next] ?? count
    after[at] = beyond
    if (beyond < count) before[beyond] = at
    consider(at)
    const previous = before[at] ?? GONE
    if (previous >= 0) consider(previous)
  }
  return Array.from(tokens).filter((token) => token !== GONE)
}
