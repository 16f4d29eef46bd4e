// Byte-pair merging of one piece: always the pair of lowest rank, the leftmost among equals. Pure.
// A heap over a linked list keeps it n log n, so that one endless word cannot stall the isolate.
import type { Vocabulary } from './vocabulary.ts'

interface Candidate {
  readonly rank: number
  readonly at: number
  readonly left: number
  readonly right: number
  readonly id: number
}

const comesFirst = (a: Candidate, b: Candidate) => a.rank < b.rank || (a.rank === b.rank && a.at < b.at)

function push(heap: Candidate[], candidate: Candidate): void {
  let hole = heap.length
  heap.push(candidate)
  while (hole > 0) {
    const parent = (hole - 1) >> 1
    const above = heap[parent]
    if (!above || !comesFirst(candidate, above)) break
    heap[hole] = above
    hole = parent
  }
  heap[hole] = candidate
}

function pop(heap: Candidate[]): Candidate | undefined {
  const first = heap[0]
  const last = heap.pop()
  if (!last || heap.length === 0) return first
  let hole = 0
  for (;;) {
    let child = 2 * hole + 1
    const left = heap[child]
    if (!left) break
    let next = left
    const right = heap[child + 1]
    if (right && comesFirst(right, left)) {
      next = right
      child++
    }
    if (!comesFirst(next, last)) break
    heap[hole] = next
    hole = child
  }
  heap[hole] = last
  return first
}

export function mergeBytes(bytes: Uint8Array, { byteIds, merges, size }: Vocabulary): number[] {
  const GONE = -1
  const count = bytes.length
  const tokens = Int32Array.from(bytes, (byte) => byteIds[byte] ?? GONE)
  const after = Int32Array.from(bytes, (_, i) => i + 1)
  const before = Int32Array.from(bytes, (_, i) => i - 1)
  const heap: Candidate[] = []

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
