// Simulated time: what is to happen, in order. Pure but for its own queue.

interface Event {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

export interface Clock {
  now(): number
  after(ms: number, run: () => void): void
  /** Lets everything happen that is due within so many milliseconds. */
  pass(ms: number): void
}

export function openClock(start: number): Clock {
  const heap: Event[] = []
  let time = start
  let order = 0

  const isBefore = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

  const push = (event: Event): void => {
    let place = heap.length
    for (; place > 0;) {
      const parent = heap[(place - 1) >> 1]
      if (parent === undefined || !isBefore(event, parent)) break
      heap[place] = parent
      place = (place - 1) >> 1
    }
    heap[place] = event
  }

  const pop = (): Event | undefined => {
    const [first] = heap
    const last = heap.pop()
    if (last === undefined || first === last) return first
    let place = 0
    for (;;) {
      const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]]
      if (left === undefined) break
      const isRight = right !== undefined && isBefore(right, left)
      const child = isRight ? right : left
      if (!isBefore(child, last)) break
      heap[place] = child
      place = 2 * place + (isRight ? 2 : 1)
    }
    heap[place] = last
    return first
  }

  return {
    now: () => Math.floor(time),
    after(ms, run) {
      order += 1
      push({ at: time + ms, order, run })
    },
    pass(ms) {
      const end = time + ms
      for (let next = heap[0]; next !== undefined && next.at <= end; next = heap[0]) {
        pop()
        time = next.at
        next.run()
      }
      time = end
    },
  }
}
