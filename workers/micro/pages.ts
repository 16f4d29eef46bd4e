// The pool of pages that hold keys and values: fixed addresses in the engine's memory, taken and given back.

export interface PagePool {
  readonly free: number[]
  readonly pageBytes: number
}

export function makePagePool(pages: {
  readonly at: number
  readonly bytes: number
  readonly count: number
}): PagePool {
  // The last page is taken first, so the list is made downwards and low addresses are used first.
  const free = Array.from(
    { length: pages.count },
    (_, index) => pages.at + (pages.count - 1 - index) * pages.bytes,
  )
  return { free, pageBytes: pages.bytes }
}
