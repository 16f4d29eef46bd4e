// Keys and values that outlive the arena: they come back only where they are exactly what would be computed.
import { describe, expect, it } from 'vitest'
import { CacheFullError, findCache, leaseCache } from '../../../workers/micro/cache.ts'
import { forward } from '../../../workers/micro/forward.ts'
import { PAGE_TOKENS } from '../../../workers/micro/layout.ts'
import { makePacking } from '../../../workers/micro/packing.ts'
import { seededRandom } from '../../../shared/random.ts'
import { type KeptPage, MOST_KEPT_BYTES, openShelf, type ShelfStore } from '../../../workers/micro/shelf.ts'
import { loadSynthetic, makeCaches } from './load.ts'
import { SMALL } from './synthetic.ts'

const model = loadSynthetic({ ...SMALL, blockCount: 2 })
const packing = makePacking(model)
const random = seededRandom(9)
const tokens = (count: number) => Array.from({ length: count }, () => Math.floor(random() * 256))

/** A store in memory that can fail, and counts what is written. */
function memoryStore() {
  const rows = new Map<number, KeptPage & { bytes: Uint8Array<ArrayBuffer> }>()
  const state = { rows, written: 0, fails: false }
  const check = (): void => {
    if (state.fails) throw new Error('the disk is full')
  }
  const store: ShelfStore = {
    list: () => (check(), [...rows.values()].map(({ bytes: _, ...page }) => page)),
    read: (index) => (check(), rows.get(index)?.bytes.slice()),
    write: (pages, count) => {
      check()
      state.written += pages.length
      for (const index of rows.keys()) if (index >= count) rows.delete(index)
      for (const page of pages) rows.set(page.index, { ...page, bytes: Uint8Array.from(page.bytes) })
    },
  }
  return { ...state, state, store }
}

const open = (store: ShelfStore, warnings: string[] = [], stamp = 'this build') =>
  openShelf(store, packing, stamp, (message) => warnings.push(message))

/** A turn: what the cache and the shelf have is used, the rest computed; then the shelf gets what there is. */
function turn(
  caches: ReturnType<typeof makeCaches>,
  prompt: readonly number[],
  shelf?: ReturnType<typeof open>,
  conversation = 'talk',
) {
  const lease = leaseCache(caches, 'a', conversation, prompt)
  try {
    shelf?.restore(lease, prompt)
    lease.reserve(prompt.length)
    for (let at = lease.reusedTokens; at < prompt.length; at++)
      forward(model, prompt.slice(at, at + 1), at, lease.pages, at + 1 === prompt.length)
    lease.extend(prompt.slice(lease.reusedTokens))
  } finally {
    lease.release()
  }
  const cache = findCache(caches, 'a', conversation)
  if (cache) shelf?.save(cache)
  return { reused: lease.reusedTokens, logits: Float32Array.from(model.logits) }
}

const first = tokens(80)
const more = [...first, ...tokens(20)]
const fresh = turn(makeCaches(model), more)

describe('what is kept of a conversation', () => {
  it('spares a woken object every token of the past, with the same logits to the bit', () => {
    const { store } = memoryStore()
    turn(makeCaches(model), first, open(store))
    const woken = turn(makeCaches(model), more, open(store))
    expect(woken.reused).toBe(first.length)
    expect(woken.logits).toEqual(fresh.logits)
  })

  it('goes on in the middle of a page, where an earlier turn was edited', () => {
    const { store } = memoryStore()
    turn(makeCaches(model), more, open(store))
    const edited = [...more.slice(0, 45), ...tokens(30)]
    const alone = turn(makeCaches(model), edited)
    const woken = turn(makeCaches(model), edited, open(store))
    expect(woken).toEqual({ reused: 45, logits: alone.logits })
  })

  it('is enough for the same prompt again, but for its last token', () => {
    const { store } = memoryStore()
    turn(makeCaches(model), more, open(store))
    expect(turn(makeCaches(model), more, open(store))).toEqual({
      reused: more.length - 1,
      logits: fresh.logits,
    })
  })

  it('is written once: a turn writes the pages that it added to, and no others', () => {
    const { store, state } = memoryStore()
    const [caches, shelf] = [makeCaches(model), open(store)]
    turn(caches, first, shelf)
    expect(state.written).toBe(3)
    turn(caches, more, shelf)
    expect(state.written).toBe(5)
    turn(caches, more, shelf)
    expect(state.written).toBe(5)
  })

  it('shrinks with the conversation', () => {
    const { store, rows } = memoryStore()
    const [caches, shelf] = [makeCaches(model), open(store)]
    turn(caches, more, shelf)
    turn(caches, more.slice(0, 20), shelf)
    expect([...rows.keys()]).toEqual([0])
  })

  it('holds no token and nothing of what other conversations left in a page', () => {
    const { store, rows } = memoryStore()
    turn(makeCaches(model), tokens(64), undefined, 'other')
    turn(makeCaches(model), first, open(store))
    const last = rows.get(2)
    expect(last?.bytes.byteLength).toBe((first.length - 2 * PAGE_TOKENS) * packing.tokenBytes)
    expect(last?.digests.length).toBe((first.length - 2 * PAGE_TOKENS) * 2)
    const words = [...(last?.digests ?? [])]
    expect(words.some((word) => first.includes(word))).toBe(false)
  })

  it('is bounded: of a conversation that is longer, the beginning', () => {
    const { store, state } = memoryStore()
    const page = packing.tokenBytes * PAGE_TOKENS
    const count = Math.ceil(MOST_KEPT_BYTES / page) + 5
    open(store).save({
      tokens: tokens(count * PAGE_TOKENS),
      pages: Array.from({ length: count }, (_, index) => model.layout.pages.at + (index % 8) * page),
    })
    expect(state.written * page).toBeLessThanOrEqual(MOST_KEPT_BYTES)
    expect(state.written).toBe(Math.floor(MOST_KEPT_BYTES / page))
  })
})

describe('nothing is used', () => {
  for (const [name, damage] of [
    ['of a page with one wrong bit', (page) => void (page.bytes[100] = (page.bytes[100] ?? 0) ^ 1)],
    ['of a page that is cut short', (page, put) => put({ ...page, bytes: page.bytes.slice(0, -8) })],
    [
      'of a page that lies in the place of another',
      (page, put, other) => put({ ...page, bytes: other.bytes }),
    ],
    ['of a page with a wrong checksum', (page, put) => put({ ...page, checksum: [1, 2] })],
  ] satisfies [string, Damage][]) {
    it(`${name}, nor after it; both are computed and kept again`, () => {
      const { store, rows } = memoryStore()
      turn(makeCaches(model), more, open(store))
      const [before, page] = [rows.get(0), rows.get(1)]
      if (!before || !page) throw new Error('two pages were to be kept')
      damage(page, (changed) => rows.set(1, changed), before)
      const warnings: string[] = []
      const woken = turn(makeCaches(model), more, open(store, warnings))
      expect(woken).toEqual({ reused: PAGE_TOKENS, logits: fresh.logits })
      expect(warnings).toEqual([expect.stringContaining('page 1 of a conversation is damaged')])
      expect(turn(makeCaches(model), more, open(store)).reused).toBe(more.length - 1)
    })
  }

  it('of pages that other weights or another build made; they are replaced', () => {
    const { store, rows } = memoryStore()
    turn(makeCaches(model), more, open(store, [], 'an older build'))
    const woken = turn(makeCaches(model), more, open(store))
    expect(woken).toEqual({ reused: 0, logits: fresh.logits })
    expect([...rows.values()].every(({ stamp }) => stamp === 'this build')).toBe(true)
  })

  it('of a missing page, nor after it', () => {
    const { store, rows } = memoryStore()
    turn(makeCaches(model), more, open(store))
    rows.delete(1)
    expect(turn(makeCaches(model), more, open(store))).toEqual({ reused: PAGE_TOKENS, logits: fresh.logits })
  })
})

describe('a store that fails', () => {
  it('to be written to costs no answer; the next turn keeps all', () => {
    const { store, state, rows } = memoryStore()
    const [caches, warnings] = [makeCaches(model), [] as string[]]
    const shelf = open(store, warnings)
    state.fails = true
    turn(caches, first, shelf)
    expect(warnings.at(-1)).toContain('the disk is full')
    expect(rows.size).toBe(0)
    state.fails = false
    expect(turn(caches, more, shelf).logits).toEqual(fresh.logits)
    expect(turn(makeCaches(model), more, open(store)).reused).toBe(more.length - 1)
  })

  it('to be read is as if nothing were kept', () => {
    const { store, state } = memoryStore()
    turn(makeCaches(model), first, open(store))
    state.fails = true
    expect(turn(makeCaches(model), more, open(store))).toEqual({ reused: 0, logits: fresh.logits })
  })
})

it('an arena that is full says so, and the shelf does not hide it', () => {
  const { store } = memoryStore()
  turn(makeCaches(model), first, open(store))
  const caches = makeCaches(model)
  caches.pool.free.length = 1
  expect(() => turn(caches, more, open(store))).toThrow(CacheFullError)
  // The one page that there is came back from the shelf, and stays with the conversation.
  expect(findCache(caches, 'a', 'talk')?.tokens).toHaveLength(PAGE_TOKENS)
  expect(caches.pool.free.length + caches.pool.holders.size).toBe(1)
})

type Entry = KeptPage & { bytes: Uint8Array<ArrayBuffer> }
type Damage = (page: Entry, put: (changed: Entry) => void, other: Entry) => void
