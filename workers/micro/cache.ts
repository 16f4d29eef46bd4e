// Keys and values kept between requests, so that a prompt that begins like an earlier one prefills only the rest. Caches
// that begin alike share their full pages. Bounded by the page pool: what was used longest ago gives up its pages first.
import { PAGE_TOKENS } from './layout.ts'
import { givePage, holdPage, isShared, takePage, type PagePool } from './pages.ts'

interface Cache {
  /** Caches are shared inside a scope only, so that nobody can measure what somebody else asked. */
  readonly scope: string
  readonly conversation: string | undefined
  readonly pages: number[]
  /** The tokens whose keys and values the pages hold. */
  tokens: number[]
  isLeased: boolean
  /** Its conversation was erased while it was in use: it goes when the request ends. */
  isErased: boolean
}

export interface CacheStore {
  readonly pool: PagePool
  readonly memory: WebAssembly.Memory
  /** Oldest use first. */
  readonly caches: Set<Cache>
}

/** A cache in the hands of one request. */
export interface Lease {
  /** How many tokens of the prompt the cache already held, or was given back since. */
  readonly reusedTokens: number
  readonly pages: readonly number[]
  /** Makes room for positions below `count`. Throws CacheFullError when every other cache is in use too. */
  reserve(count: number): void
  /** Notes that these tokens' keys and values are in the pages now. */
  extend(tokens: readonly number[]): void
  /** As `extend`, for tokens of the prompt that were computed at another time. */
  restore(tokens: readonly number[]): void
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

function giveBack(store: CacheStore, cache: Cache, keptPages: number): void {
  for (const page of cache.pages.splice(keptPages)) givePage(store.pool, page)
}

function drop(store: CacheStore, cache: Cache): void {
  store.caches.delete(cache)
  giveBack(store, cache, 0)
}

function evictOne(store: CacheStore): boolean {
  for (const cache of store.caches) {
    if (cache.isLeased) continue
    drop(store, cache)
    return true
  }
  return false
}

/** A page of one's own, if need be that of the cache used longest ago. */
function findPage(store: CacheStore): number | undefined {
  for (;;) {
    const page = takePage(store.pool)
    if (page !== undefined || !evictOne(store)) return page
  }
}

function reserve(store: CacheStore, cache: Cache, tokenCount: number): void {
  const needed = Math.ceil(tokenCount / PAGE_TOKENS)
  while (cache.pages.length < needed) {
    const page = findPage(store)
    if (page === undefined)
      throw new CacheFullError(
        'Every conversation that micro has room for is being answered right now. Try again in a moment.',
      )
    cache.pages.push(page)
  }
}

function copyPage(store: CacheStore, from: number, to: number): void {
  new Uint8Array(store.memory.buffer).copyWithin(to, from, from + store.pool.pageBytes)
}

/** Cuts a cache to its first tokens. A page that is cut in the middle will be written to, so it must be its own. */
function truncate(store: CacheStore, cache: Cache, tokenCount: number): void {
  cache.tokens.length = Math.min(cache.tokens.length, tokenCount)
  giveBack(store, cache, Math.ceil(cache.tokens.length / PAGE_TOKENS))
  const last = cache.pages.at(-1)
  if (cache.tokens.length % PAGE_TOKENS === 0 || last === undefined || !isShared(store.pool, last)) return
  const own = findPage(store)
  if (own === undefined) {
    cache.tokens.length -= cache.tokens.length % PAGE_TOKENS
    giveBack(store, cache, cache.pages.length - 1)
    return
  }
  copyPage(store, last, own)
  cache.pages[cache.pages.length - 1] = own
  givePage(store.pool, last)
}

/** Gives an empty cache the first tokens of another: full pages are shared, a begun one is copied if there is room. */
function share(store: CacheStore, from: Cache, to: Cache, tokenCount: number): void {
  const full = Math.floor(tokenCount / PAGE_TOKENS)
  for (const page of from.pages.slice(0, full)) {
    holdPage(store.pool, page)
    to.pages.push(page)
  }
  to.tokens = from.tokens.slice(0, full * PAGE_TOKENS)
  const begun = from.pages[full]
  if (tokenCount % PAGE_TOKENS === 0 || begun === undefined) return
  holdPage(store.pool, begun)
  to.pages.push(begun)
  to.tokens = from.tokens.slice(0, tokenCount)
  truncate(store, to, tokenCount)
}

/**
 * Leases a cache for a prompt. A conversation goes on in its own cache; a request without one goes on where an earlier
 * such request ended; otherwise the longest equal beginning in the scope is shared. At least the prompt's last token
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
    if (cache.scope !== scope || cache.isErased) continue
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

  const cache: Cache = own ?? {
    scope,
    conversation,
    pages: [],
    tokens: [],
    isLeased: true,
    isErased: false,
  }
  cache.isLeased = true
  store.caches.delete(cache)
  while (store.caches.size >= MOST_CACHES && evictOne(store)) continue
  store.caches.add(cache)

  if (own && overlap(own) >= shared) truncate(store, own, overlap(own))
  else {
    truncate(store, cache, 0)
    if (source && shared > 0 && store.caches.has(source)) share(store, source, cache, shared)
  }

  let reusedTokens = cache.tokens.length
  const extend = (tokens: readonly number[]): void => {
    for (const token of tokens) cache.tokens.push(token)
  }
  return {
    get reusedTokens() {
      return reusedTokens
    },
    pages: cache.pages,
    reserve: (count) => reserve(store, cache, count),
    extend,
    restore: (tokens) => {
      extend(tokens)
      reusedTokens = cache.tokens.length
    },
    release: () => {
      cache.isLeased = false
      truncate(store, cache, cache.tokens.length)
      if (cache.tokens.length === 0 || cache.isErased) drop(store, cache)
    },
  }
}

/** What a conversation holds at the moment; undefined while it is being answered, or when its pages were taken. */
export function findCache(
  store: CacheStore,
  scope: string,
  conversation: string,
): Pick<Cache, 'pages' | 'tokens'> | undefined {
  let found: Cache | undefined
  for (const cache of store.caches) {
    if (cache.scope !== scope || cache.conversation !== conversation || cache.isErased) continue
    if (cache.isLeased) return undefined
    found = cache
  }
  return found
}

/** Gives up all that is held of a conversation; what is in use goes when its request ends. */
export function eraseCaches(store: CacheStore, scope: string, conversation: string): void {
  for (const cache of store.caches) {
    if (cache.scope !== scope || cache.conversation !== conversation) continue
    cache.isErased = true
    if (!cache.isLeased) drop(store, cache)
  }
}
