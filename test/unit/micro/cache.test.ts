import { describe, expect, it } from 'vitest'
import { CacheFullError, leaseCache } from '../../../workers/micro/cache.ts'
import { forward } from '../../../workers/micro/forward.ts'
import { PAGE_TOKENS } from '../../../workers/micro/layout.ts'
import { loadSynthetic, makeCaches } from './load.ts'
import { seededRandom } from '../../../workers/micro/random.ts'
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

const held = (store: ReturnType<typeof makeCaches>) =>
  [...store.caches].reduce((sum, cache) => sum + cache.pages.length, 0)

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
