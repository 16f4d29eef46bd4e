// A heap of what may be joined next: the lowest rank first, the leftmost among equals. Pure. With it, joining takes
// n log n, so that one endless word cannot stall the isolate.

export interface Candidate {
  readonly rank: number
  readonly at: number
}

const comesFirst = (a: Candidate, b: Candidate) => a.rank < b.rank || (a.rank === b.rank && a.at < b.at)

export function push<T extends Candidate>(heap: T[], candidate: T): void {
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

export function pop<T extends Candidate>(heap: T[]): T | undefined {
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
