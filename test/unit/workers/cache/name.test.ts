// The names of questions: nobody's leads to another's, and a tenant's are spread over its objects.
import { describe, expect, test } from 'vitest'
import type { CacheTerms } from '../../../../shared/reuse.ts'
import { cipher } from '../../../../workers/cipher.ts'
import { openSeals } from '../../../../shared/seal.ts'
import { nameOf, objectsOf, SHARDS } from '../../../../workers/cache/name.ts'
import type { Caller } from '../../../../workers/service.ts'
import { requestFor } from '../../samples.ts'

const { marks } = openSeals(`k:${'A'.repeat(43)}`, cipher).at('names', 'answers')
const mark = (text: string): string => marks(text)[0] ?? ''

const caller = (keyId: string, project?: string): Caller => ({
  keyId,
  name: keyId,
  budgets: [],
  ...(project === undefined ? {} : { project: { id: project, name: project, budgets: [] } }),
})
const terms = (over: Partial<CacheTerms> = {}): CacheTerms => ({
  mode: 'exact',
  ttlMs: 1_000,
  scope: 'key',
  refresh: false,
  ...over,
})

describe('a name', () => {
  test('is of its tenant alone', async () => {
    const asked = requestFor('What is the capital of France?')
    const [one, two] = await Promise.all(
      ['k1', 'k2'].map((id) => nameOf(caller(id, 'p'), asked, terms(), true, mark)),
    )
    expect(one?.key).not.toBe(two?.key)
    expect(one?.object).toMatch(/^k1\//)
    const shared = terms({ scope: 'project' })
    const [three, four] = await Promise.all(
      ['k1', 'k2'].map((id) => nameOf(caller(id, 'p'), asked, shared, true, mark)),
    )
    expect(three).toEqual(four)
    expect(three?.object).toMatch(/^p\//)
    const own = terms({ scope: 'user' })
    const [ann, bob] = await Promise.all(
      ['ann', 'bob'].map((user) => nameOf(caller('k1'), { ...asked, user }, own, true, mark)),
    )
    expect(ann?.key).not.toBe(bob?.key)
  })

  test('leads to every object of its tenant, whether words are compared or not', async () => {
    for (const mode of ['exact', 'semantic'] as const) {
      const names = await Promise.all(
        Array.from({ length: 200 }, (_, at) =>
          nameOf(caller('k'), requestFor(`Who was number ${at}?`), terms({ mode }), true, mark),
        ),
      )
      expect(new Set(names.map(({ object }) => object))).toEqual(new Set(objectsOf('k')))
      expect(new Set(names.map(({ key }) => key)).size).toBe(200)
    }
    expect(SHARDS).toBe(8)
  })

  test('has a bucket only where other words may ask the same', async () => {
    const semantic = terms({ mode: 'semantic' })
    const bucketOf = async (text: string, isHashed = true): Promise<string | undefined> =>
      (await nameOf(caller('k'), requestFor(text), semantic, isHashed, mark)).rephrasable?.bucket
    expect(await bucketOf('What is the capital of France?')).toBe(await bucketOf("Tell me France's capital"))
    expect(await bucketOf('Is it 5?')).toBeUndefined() // no word that matters
    expect(await bucketOf('a '.repeat(5) + 'word '.repeat(30))).toBeUndefined()
    expect(
      (await nameOf(caller('k'), requestFor('What is a cat?'), terms(), true, mark)).rephrasable,
    ).toBeUndefined()
    // A model's vectors do not tell names apart, so the bucket does.
    expect(await bucketOf('Is the moon near France?', false)).not.toBe(
      await bucketOf('Is the moon near Spain?', false),
    )
  })
})
