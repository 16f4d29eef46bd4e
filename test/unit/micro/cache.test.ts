import { describe, expect, it } from 'vitest'
import { CacheFullError, eraseCaches, findCache, leaseCache } from '../../../workers/micro/cache.ts'
import { forward } from '../../../workers/micro/forward.ts'
import { PAGE_TOKENS } from '../../../workers/micro/layout.ts'
import { loadSynthetic, makeCaches } from './load.ts'
import { seededRandom } from '../../../shared/random.ts'
import { SMALL } from './synthetic.ts'

const model = loadSynthetic({ ...SMALL, blockCount: 1 })
const random = seededRandom(5)
const tokens = (count: number) => Array.from({ length: count }, () => Math.floor(random() * 256))

/** Runs a prompt on a lease and gives the logits of its last token. */
function run(
  store: ReturnType<typeof makeCaches>,
  prompt: readonly number[],
  conversation?: string,
  scope = 'a',
) {
  const lease = leaseCache(store, scope, conversation, prompt)
  lease.reserve(prompt.length)
  for (let at = lease.reusedTokens; at < prompt.length; at++)
    forward(model, prompt.slice(at, at + 1), at, lease.pages, at + 1 === prompt.length)
  lease.extend(prompt.slice(lease.reusedTokens))
  const logits = Float32Array.from(model.logits)
  lease.release()
  return { logits, reused: lease.reusedTokens }
}

/** A store with only a few pages. */
function narrow(pages: number) {
  const store = makeCaches(model)
  store.pool.free.splice(0, store.pool.free.length - pages)
  return store
}

/** Pages that are in use, each counted once however many caches read it. */
const held = (store: ReturnType<typeof makeCaches>) =>
  new Set([...store.caches].flatMap((cache) => cache.pages)).size

describe('a follow-up', () => {
  const first = tokens(50)
  const more = [...first, ...tokens(30)]
  const fresh = run(makeCaches(model), more)

  for (const [name, conversation] of [
    ['of a conversation', 'talk'],
    ['without a conversation', undefined],
  ] as const) {
    it(`${name} computes only its new tokens, and the same logits as from scratch`, () => {
      const store = makeCaches(model)
      expect(run(store, first, conversation).reused).toBe(0)
      const next = run(store, more, conversation)
      expect(next.reused).toBe(first.length)
      expect(next.logits).toEqual(fresh.logits)
      expect(store.caches.size).toBe(1)
    })
  }

  it('that changes an earlier turn reuses what comes before the change', () => {
    const store = makeCaches(model)
    run(store, more, 'talk')
    const edited = [...more.slice(0, 40), ...tokens(20)]
    const next = run(store, edited, 'talk')
    expect(next.reused).toBe(40)
    expect(next.logits).toEqual(run(makeCaches(model), edited).logits)
  })

  it('of the very same prompt computes its last token again, since its logits are wanted', () => {
    const store = makeCaches(model)
    const once = run(store, first, 'talk')
    const twice = run(store, first, 'talk')
    expect(twice.reused).toBe(first.length - 1)
    expect(twice.logits).toEqual(once.logits)
  })

  it('takes a copy of what another conversation began with, and leaves that one as it was', () => {
    const store = makeCaches(model)
    run(store, more, 'talk')
    const other = [...first, ...tokens(10)]
    expect(run(store, other, 'other')).toEqual({
      logits: run(makeCaches(model), other).logits,
      reused: first.length,
    })
    expect(run(store, more, 'talk').reused).toBe(more.length - 1)
  })

  it('sees nothing of another scope', () => {
    const store = makeCaches(model)
    run(store, more, 'talk', 'a')
    expect(run(store, more, 'talk', 'b').reused).toBe(0)
  })

  it('that comes while the conversation is being answered works on a copy', () => {
    const store = makeCaches(model)
    run(store, first, 'talk')
    const busy = leaseCache(store, 'a', 'talk', more)
    const second = run(store, more, 'talk')
    expect(second.reused).toBe(first.length)
    expect(second.logits).toEqual(fresh.logits)
    busy.release()
  })
})

describe('the pages', () => {
  it('are taken from the conversation used longest ago', () => {
    const store = narrow(4)
    run(store, tokens(PAGE_TOKENS), 'old')
    run(store, tokens(PAGE_TOKENS), 'middle')
    run(store, tokens(PAGE_TOKENS), 'young')
    run(store, tokens(2 * PAGE_TOKENS), 'new')
    expect([...store.caches].map((cache) => cache.conversation)).toEqual(['middle', 'young', 'new'])
  })

  it('never grow in number, whatever is asked', () => {
    const store = narrow(6)
    for (let i = 0; i < 300; i++) {
      run(
        store,
        tokens(1 + Math.floor(random() * 100)),
        random() < 0.5 ? `talk-${i % 7}` : undefined,
        `scope-${i % 2}`,
      )
      expect(held(store) + store.pool.free.length).toBe(6)
      expect(new Set(store.pool.free).size).toBe(store.pool.free.length)
    }
  })

  it('all in use are an error that says so, and are free again afterwards', () => {
    const store = narrow(2)
    const one = leaseCache(store, 'a', 'one', tokens(40))
    one.reserve(40)
    const two = leaseCache(store, 'a', 'two', tokens(10))
    expect(() => two.reserve(10)).toThrow(CacheFullError)
    two.release()
    one.release()
    expect(store.pool.free).toHaveLength(2)
    expect(run(store, tokens(40), 'three').reused).toBe(0)
  })

  it('of a request that never ran are given back', () => {
    const store = narrow(3)
    const lease = leaseCache(store, 'a', undefined, tokens(60))
    lease.reserve(60)
    lease.release()
    expect(store.caches.size).toBe(0)
    expect(store.pool.free).toHaveLength(3)
  })

  it('hold a bounded number of conversations', () => {
    const store = makeCaches(model)
    for (let i = 0; i < 400; i++) run(store, tokens(2), `talk-${i}`)
    expect(store.caches.size).toBeLessThanOrEqual(256)
  })
})

describe('a system prompt', () => {
  const system = tokens(2 * PAGE_TOKENS + 10)
  const asks = Array.from({ length: 20 }, () => [...system, ...tokens(5)])

  it('that many conversations begin with lies in memory once', () => {
    const store = makeCaches(model)
    asks.forEach((prompt, index) => run(store, prompt, `talk-${index}`))
    // Two full pages for all, and one page of its own for each.
    expect(held(store)).toBe(2 + asks.length)
    expect([...store.caches].every((cache) => cache.tokens.length === system.length + 5)).toBe(true)
  })

  it('is not changed for the others when one of them goes another way inside a shared page', () => {
    const [one = [], other = []] = asks
    const edited = [...system.slice(0, PAGE_TOKENS + 7), ...tokens(40)]
    // Every store of this model uses the same memory, so what is expected is computed first.
    const [editedAlone, otherAlone] = [edited, other].map((prompt) => run(makeCaches(model), prompt).logits)
    const store = makeCaches(model)
    run(store, one, 'one')
    run(store, other, 'other')
    expect(run(store, edited, 'one')).toEqual({ logits: editedAlone, reused: PAGE_TOKENS + 7 })
    expect(run(store, other, 'other')).toEqual({ logits: otherAlone, reused: other.length - 1 })
  })

  it('stays while one of the conversations that share it is evicted', () => {
    const store = narrow(5)
    const [one = [], other = []] = asks
    run(store, one, 'one')
    run(store, other, 'other')
    run(store, tokens(2 * PAGE_TOKENS), 'large')
    expect([...store.caches].map((cache) => cache.conversation)).toEqual(['other', 'large'])
    expect(run(store, other, 'other').reused).toBe(other.length - 1)
  })
})

describe('a conversation', () => {
  it('can be found between its turns only', () => {
    const store = makeCaches(model)
    const prompt = tokens(40)
    run(store, prompt, 'talk')
    expect(findCache(store, 'a', 'talk')?.tokens).toEqual(prompt)
    expect(findCache(store, 'b', 'talk')).toBeUndefined()
    const busy = leaseCache(store, 'a', 'talk', prompt)
    expect(findCache(store, 'a', 'talk')).toBeUndefined()
    busy.release()
    expect(findCache(store, 'a', 'talk')?.tokens).toHaveLength(39)
  })

  it('that is erased holds nothing, not even what a running turn computes', () => {
    const store = makeCaches(model)
    const prompt = tokens(40)
    run(store, prompt, 'talk')
    run(store, prompt, 'other')
    const busy = leaseCache(store, 'a', 'talk', [...prompt, ...tokens(30)])
    busy.reserve(70)
    eraseCaches(store, 'a', 'talk')
    busy.release()
    expect(findCache(store, 'a', 'talk')).toBeUndefined()
    expect([...store.caches].map((cache) => cache.conversation)).toEqual(['other'])
    expect(store.pool.free.length + 2).toBe(model.layout.pages.count)
  })

  it('among a thousand on one isolate costs no more than the pages there are', () => {
    const store = makeCaches(model)
    const { count } = model.layout.pages
    const prompts = Array.from({ length: 1_000 }, () => tokens(3))
    prompts.forEach((prompt, index) => run(store, prompt, `talk-${index}`, `key-${index % 3}`))
    expect(store.caches.size).toBeLessThanOrEqual(256)
    expect(held(store) + store.pool.free.length).toBe(count)
    expect(store.pool.holders.size).toBe(held(store))
    const last = prompts.at(-1) ?? []
    expect(run(store, last, 'talk-999', 'key-0').logits).toEqual(run(makeCaches(model), last).logits)
  })
})
