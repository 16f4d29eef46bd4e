// The pool of pages that hold keys and values: fixed addresses in the engine's memory. Caches that begin alike hold the
// same pages, so each page knows how many hold it.

export interface PagePool {
  readonly pageBytes: number
  readonly free: number[]
  /** How many caches hold each page that is not free. */
  readonly holders: Map<number, number>
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
  return { free, pageBytes: pages.bytes, holders: new Map() }
}

export function takePage(pool: PagePool): number | undefined {
  const page = pool.free.pop()
  if (page !== undefined) pool.holders.set(page, 1)
  return page
}

export const isShared = (pool: PagePool, page: number): boolean => (pool.holders.get(page) ?? 0) > 1

/** Another cache reads the page too; from now on nobody may write to it. */
export function holdPage(pool: PagePool, page: number): void {
  pool.holders.set(page, (pool.holders.get(page) ?? 0) + 1)
}

export function givePage(pool: PagePool, page: number): void {
  const others = (pool.holders.get(page) ?? 1) - 1
  if (others > 0) {
    pool.holders.set(page, others)
    return
  }
  pool.holders.delete(page)
  pool.free.push(page)
}
