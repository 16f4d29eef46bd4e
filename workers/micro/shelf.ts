// Keeps a conversation's pages of keys and values where they outlive the isolate, and brings them back, so that the next
// turn computes nothing of the past again. Pure over a store. What does not fit (another model, another build, damage, an
// edited prompt) is not used: then the turn computes it.
import type { Lease } from './cache.ts'
import { digestEach, EMPTY_DIGEST, extendDigest, lastDigest, type Digest } from './digest.ts'
import { CACHE_BUDGET_BYTES, PAGE_TOKENS } from './layout.ts'
import type { Packing } from './packing.ts'

/** A page as it is kept. Of the tokens there are only digests: the text itself is not kept here. */
export interface KeptPage {
  readonly index: number
  /** Which weights, which build of the engine and which layout made it. */
  readonly stamp: string
  /** Two words for each token: the digest of the conversation up to it. */
  readonly digests: Uint32Array
  /** Of the bytes and the digests together. */
  readonly checksum: Digest
}

export interface ShelfStore {
  list(): readonly KeptPage[]
  read(index: number): Uint8Array<ArrayBuffer> | undefined
  /** Writes pages and drops those from `count` on; all of it or, with an error, nothing. */
  write(pages: readonly (KeptPage & { readonly bytes: Uint8Array })[], count: number): void
}

export interface Shelf {
  /** Gives a lease what is kept for the beginning of its prompt and not in its cache. */
  restore(lease: Lease, prompt: readonly number[]): void
  /** Keeps what a cache holds; pages that are kept already are not written again. */
  save(cache: { readonly pages: readonly number[]; readonly tokens: readonly number[] }): void
}

/** Kept of one conversation at most, which is all that the arena can hold of it. */
export const MOST_KEPT_BYTES = CACHE_BUDGET_BYTES

const checksumOf = (digests: Uint32Array, bytes: Uint8Array): Digest =>
  extendDigest(
    extendDigest(EMPTY_DIGEST, digests),
    new Uint32Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.byteLength / 4)),
  )

const isEqual = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.from(a).every((word, index) => word === b[index])

/** How many tokens the digests agree on. */
function agreeing(kept: Uint32Array, wanted: Uint32Array): number {
  let token = 0
  while (
    2 * token < Math.min(kept.length, wanted.length) &&
    kept[2 * token] === wanted[2 * token] &&
    kept[2 * token + 1] === wanted[2 * token + 1]
  )
    token++
  return token
}

/** `warn` hears of a store that fails or holds damaged pages; the conversation goes on without them. */
export function openShelf(
  store: ShelfStore,
  packing: Packing,
  stamp: string,
  warn: (message: string) => void,
): Shelf {
  let known: Map<number, KeptPage> | undefined
  const kept = () => (known ??= new Map(store.list().map((page) => [page.index, page])))
  const mostPages = Math.floor(MOST_KEPT_BYTES / (packing.tokenBytes * PAGE_TOKENS))

  /** The bytes of a page, if they are those that were written. */
  function readSound({ index, digests, checksum }: KeptPage): Uint8Array | undefined {
    const bytes = store.read(index)
    const isSound =
      bytes?.byteLength === (digests.length / 2) * packing.tokenBytes &&
      isEqual(checksumOf(digests, bytes), checksum)
    if (isSound) return bytes
    warn(`micro: page ${index} of a conversation is damaged; it is computed again`)
    kept().delete(index)
    return undefined
  }

  function restore(lease: Lease, prompt: readonly number[]): void {
    let digest = EMPTY_DIGEST
    for (let index = 0; ; index++) {
      const page = kept().get(index)
      const first = index * PAGE_TOKENS
      if (page?.stamp !== stamp || first >= prompt.length) return
      const digests = digestEach(digest, prompt.slice(first, first + PAGE_TOKENS))
      const same = agreeing(page.digests, digests)
      // The last token of a prompt is always computed, for its logits.
      const end = Math.min(first + same, prompt.length - 1)
      if (end > lease.reusedTokens) {
        const bytes = readSound(page)
        if (bytes === undefined) return
        lease.reserve(end)
        packing.unpack(lease.pages[index] ?? 0, bytes, page.digests.length / 2, end - first)
        lease.restore(prompt.slice(lease.reusedTokens, end))
      }
      if (same < PAGE_TOKENS) return
      digest = lastDigest(digests)
    }
  }

  function save({ pages, tokens }: Parameters<Shelf['save']>[0]): void {
    const count = Math.min(Math.ceil(tokens.length / PAGE_TOKENS), pages.length, mostPages)
    const fresh: (KeptPage & { bytes: Uint8Array })[] = []
    let digest = EMPTY_DIGEST
    for (let index = 0; index < count; index++) {
      const digests = digestEach(digest, tokens.slice(index * PAGE_TOKENS, (index + 1) * PAGE_TOKENS))
      digest = lastDigest(digests)
      const page = kept().get(index)
      if (page?.stamp === stamp && isEqual(page.digests, digests)) continue
      const bytes = packing.pack(pages[index] ?? 0, digests.length / 2)
      fresh.push({ index, stamp, digests, checksum: checksumOf(digests, bytes), bytes })
    }
    if (fresh.length === 0 && kept().size <= count) return
    store.write(fresh, count)
    for (const { bytes: _, ...page } of fresh) kept().set(page.index, page)
    for (const index of kept().keys()) if (index >= count) kept().delete(index)
  }

  /** Without the shelf every turn is still right, so a store that fails costs time and nothing else. */
  function attempt(what: string, work: () => void): void {
    try {
      work()
    } catch (error) {
      if (error instanceof Error && error.name === 'CacheFullError') throw error
      known = undefined
      warn(`micro: keys and values of a conversation could not be ${what}: ${String(error)}`)
    }
  }

  return {
    restore: (lease, prompt) => attempt('read', () => restore(lease, prompt)),
    save: (cache) => attempt('kept', () => save(cache)),
  }
}
