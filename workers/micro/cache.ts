// Keys and values kept between requests, so that a prompt that begins like an earlier one prefills only the rest.
// Bounded by the page pool: the caches used longest ago give up their pages first.
import { PAGE_TOKENS } from './layout.ts'
import type { PagePool } from './pages.ts'

interface Cache {
  /** Caches are shared inside a scope only, so that nobody can measure what somebody else asked. */
  readonly scope: string
  readonly conversation: string | undefined
  readonly pages: number[]
  /** The tokens whose keys and values the pages hold. */
  tokens: number[]
  isLeased: boolean
}

export interface CacheStore {
  readonly pool: PagePool
  readonly memory: WebAssembly.Memory
  /** Oldest use first. */
  readonly caches: Set<Cache>
}

/** A cache in the hands of one request. */
export interface Lease {
  /** How many tokens of the prompt the cache already held. */
  readonly reusedTokens: number
  readonly pages: readonly number[]
  /** Makes room for positions below `count`. Throws CacheFullError when every other cache is in use too. */
  reserve(count: number): void
  /** Notes that these tokens' keys and values are in the pages now. */
  extend(tokens: readonly number[]): void
  release(): void
}

export class CacheFullError extends Error {
  override readonly name = 'CacheFullError'
}

/** Caches kept at most, whatever their size. */
const MOST_CACHES = 256

export function makeCacheStore(pool: PagePool, memory: WebAssembly.Memory): CacheStore {
  return { pool, memory, caches: new Set() }
}

function commonPrefix(a: readonly number[], b: readonly number[]): number {
  let length = 0
  while (length < a.length && length < b.length && a[length] === b[length]) length++
  return length
}

function drop(store: CacheStore, cache: Cache): void {
  store.caches.delete(cache)
  store.pool.free.push(...cache.pages.splice(0))
}

function evictOne(store: CacheStore): boolean {
  for (const cache of store.caches) {
    if (cache.isLeased) continue
    drop(store, cache)
    return true
  }
  return false
}

function takePages(store: CacheStore, cache: Cache, tokenCount: number): void {
  const needed = Math.ceil(tokenCount / PAGE_TOKENS)
  while (cache.pages.length < needed) {
    const page = store.pool.free.pop()
    if (page !== undefined) cache.pages.push(page)
    else if (!evictOne(store))
      throw new CacheFullError(
        'Every conversation that micro has room for is being answered right now. Try again in a moment.',
      )
  }
}

/** Gives back the pages beyond the first `tokenCount` tokens. */
function truncate(store: CacheStore, cache: Cache, tokenCount: number): void {
  cache.tokens.length = Math.min(cache.tokens.length, tokenCount)
  store.pool.free.push(...cache.pages.splice(Math.ceil(tokenCount / PAGE_TOKENS)))
}

/** Copies the first `tokenCount` tokens of one cache to another that has none. */
function copy(store: CacheStore, from: Cache, to: Cache, tokenCount: number): void {
  takePages(store, to, tokenCount)
  const bytes = new Uint8Array(store.memory.buffer)
  to.pages.forEach((page, index) => {
    const source = from.pages[index]
    if (source !== undefined) bytes.copyWithin(page, source, source + store.pool.pageBytes)
  })
  to.tokens = from.tokens.slice(0, tokenCount)
}

/**
 * Leases a cache for a prompt. A conversation goes on in its own cache; a request without one goes on where an earlier
 * such request ended; otherwise the longest equal beginning in the scope is copied. At least the prompt's last token
 * is left to compute, because its logits are wanted.
 */
export function leaseCache(
  store: CacheStore,
  scope: string,
  conversation: string | undefined,
  prompt: readonly number[],
): Lease {
  const most = prompt.length - 1
  const overlap = (cache: Cache) => Math.min(commonPrefix(cache.tokens, prompt), most)

  let source: Cache | undefined
  let own: Cache | undefined
  for (const cache of store.caches) {
    if (cache.scope !== scope) continue
    if (!source || overlap(cache) >= overlap(source)) source = cache
    if (conversation !== undefined && cache.conversation === conversation && !cache.isLeased) own = cache
  }
  const shared = source ? overlap(source) : 0
  const isContinued =
    source &&
    !source.isLeased &&
    source.conversation === undefined &&
    conversation === undefined &&
    shared === source.tokens.length
  if (isContinued) own = source

  const cache: Cache = own ?? { scope, conversation, pages: [], tokens: [], isLeased: true }
  // A lease also keeps the source from being evicted while pages are taken for its copy.
  const sourceWasLeased = source?.isLeased ?? false
  cache.isLeased = true
  store.caches.delete(cache)
  while (store.caches.size >= MOST_CACHES && evictOne(store)) continue
  store.caches.add(cache)

  if (own && overlap(own) >= shared) truncate(store, own, overlap(own))
  else {
    truncate(store, cache, 0)
    if (source && shared > 0 && store.caches.has(source)) {
      source.isLeased = true
      try {
        copy(store, source, cache, shared)
      } catch (error) {
        if (!(error instanceof CacheFullError)) throw error
        truncate(store, cache, 0)
      } finally {
        source.isLeased = sourceWasLeased
      }
    }
  }

  return {
    reusedTokens: cache.tokens.length,
    pages: cache.pages,
    reserve: (count) => takePages(store, cache, count),
    extend: (tokens) => {
      for (const token of tokens) cache.tokens.push(token)
    },
    release: () => {
      cache.isLeased = false
      truncate(store, cache, cache.tokens.length)
      if (cache.tokens.length === 0) drop(store, cache)
    },
  }
}
