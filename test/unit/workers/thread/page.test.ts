// Pages of items, pieces of texts and the names that lead to both.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newId, newSeed, newThread, responseOf, threadOf } from '../../../../workers/thread/ids.ts'
import { type Page, type PageQuery, pageOf as page } from '../../../../workers/thread/page.ts'
import { split } from '../../../../shared/split.ts'

const items = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }))
const pageOf = (said: typeof items, query: PageQuery): Page | undefined =>
  page(query.order === 'asc' ? said : said.toReversed(), (one) => one, query)

describe('a page', () => {
  it('is the newest first unless asked otherwise', () => {
    expect(pageOf(items, { limit: 2, order: 'desc' })).toEqual({
      object: 'list',
      data: [{ id: 'e' }, { id: 'd' }],
      first_id: 'e',
      last_id: 'd',
      has_more: true,
    })
    expect(pageOf(items, { limit: 2, order: 'asc', after: 'd' })).toMatchObject({
      data: [{ id: 'e' }],
      has_more: false,
    })
  })

  it('behind the last item is empty, and behind a strange one there is none', () => {
    const empty = { object: 'list', data: [], first_id: '', last_id: '', has_more: false }
    expect(pageOf(items, { limit: 20, order: 'desc', after: 'a' })).toEqual(empty)
    expect(pageOf(items, { limit: 20, order: 'desc', after: 'z' })).toBeUndefined()
  })

  it('after page shows every item once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.constantFrom('asc', 'desc'), (limit, order) => {
        const seen: unknown[] = []
        let shown = pageOf(items, { limit, order })
        for (;;) {
          seen.push(...(shown?.data ?? []))
          if (shown?.has_more !== true) break
          shown = pageOf(items, { limit, order, after: shown.last_id })
        }
        expect(seen).toEqual(order === 'asc' ? items : items.toReversed())
      }),
    )
  })
})

describe('a long text', () => {
  it('comes together again, and no character is cut in two', () => {
    const text = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 9 }), (whole, chars) => {
        const pieces = split(whole, chars)
        expect(pieces.join('')).toBe(whole)
        for (const piece of pieces) {
          expect(piece.length).toBeLessThanOrEqual(chars)
          expect(piece.isWellFormed()).toBe(true)
        }
      }),
    )
  })
})

describe('an id', () => {
  it('leads to its thread, and only one of its own kind', () => {
    const thread = newThread()
    expect(threadOf(newId('resp', thread), 'resp')).toBe(thread)
    expect(threadOf(newId('conv', thread), 'conv')).toBe(thread)
    expect(threadOf(newId('conv', thread), 'resp')).toBeUndefined()
    expect(threadOf(newId('resp', newThread()), 'resp')).not.toBe(thread)
  })

  it.each([
    '',
    'resp_',
    'resp_68af',
    `resp_${'g'.repeat(40)}`,
    `resp_${'a'.repeat(41)}`,
    `x resp_${'a'.repeat(40)}`,
  ])('%j leads nowhere', (id) => expect(threadOf(id, 'resp')).toBeUndefined())

  it('of an item leads to its response, where it was made here', () => {
    const seed = newSeed(newThread())
    expect(responseOf(`msg_mnw${seed}_0`)).toBe(`resp_${seed}`)
    expect(responseOf(`fco_mnw${seed}_i12`)).toBe(`resp_${seed}`)
    expect(responseOf('msg_68af4030592c81938ec0a5fbab4a3e9f05438e46b5f69a3b')).toBeUndefined()
  })
})
