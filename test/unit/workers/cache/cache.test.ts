// The cache where its objects are away, or slow, or not wanted: no request waits for it or fails by it.
import { describe, expect, test } from 'vitest'
import { type AnswerObject, openCache } from '../../../../workers/cache/cache.ts'
import type { ModelRequest } from '../../../../shared/request.ts'
import { cxAt, planOf, requestFor } from '../../samples.ts'

const caller = { keyId: 'k', name: 'k', budgets: [] }

function find(
  look: AnswerObject['look'],
  request: ModelRequest,
): { found: Promise<unknown>; asked: string[] } {
  const asked: string[] = []
  const cache = openCache({
    objects: (name) => {
      asked.push(name)
      return { look, hear: () => Promise.resolve(false) }
    },
    mark: (text) => text.length.toString(16).padStart(8, '0'),
    routeSetting: () => undefined,
    threshold: 0.97,
    chars: 1_000_000,
  })
  const plan = async (): Promise<ReturnType<typeof planOf>> => {
    asked.push('plan')
    return planOf(['a'])
  }
  return { found: cache.find({ caller, request, plan }, cxAt()), asked }
}

const never: AnswerObject['look'] = () => new Promise(() => undefined)
const wanted = requestFor('What is a cat?', { cache: {} })

describe('a request goes on to a model', () => {
  test('without a look where nobody wants one', async () => {
    for (const request of [
      requestFor('What is a cat?'),
      requestFor('What is a cat?', { cache: { mode: 'off' } }),
    ]) {
      const { found, asked } = find(never, request)
      expect(await found).toBeUndefined()
      expect(asked).toEqual([])
    }
  })

  test('without a look where nothing can be sealed', async () => {
    const asked: string[] = []
    const cache = openCache({
      objects: (name) => {
        asked.push(name)
        return { look: never, hear: () => Promise.resolve(false) }
      },
      mark: undefined,
      routeSetting: () => undefined,
      threshold: 0.97,
      chars: 1_000_000,
    })
    const plan = (): Promise<never> => Promise.reject(new Error('not to be planned'))
    expect(await cache.find({ caller, request: wanted, plan }, cxAt())).toBeUndefined()
    expect(asked).toEqual([])
  })

  test('where the object is away', async () => {
    const { found, asked } = find(() => Promise.reject(new Error('the network')), wanted)
    expect(await found).toBeUndefined()
    expect(asked).toHaveLength(2)
  })

  test('where the object says nothing, after a second', async () => {
    const startedAt = performance.now()
    expect(await find(never, wanted).found).toBeUndefined()
    expect(performance.now() - startedAt).toBeGreaterThan(900)
  })

  test('where too much is told there at once', async () => {
    expect(await find(() => Promise.resolve({ kind: 'alone' }), wanted).found).toBeUndefined()
  })
})
