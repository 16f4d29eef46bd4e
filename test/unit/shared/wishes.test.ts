// What clients ask of the gateway itself is taken out of the body, whatever dialect it is in.
import { describe, expect, it } from 'vitest'
import { Failed } from '../../../shared/failure.ts'
import { takeWishes, writeWishes } from '../../../shared/wishes.ts'

const paramOf = (body: unknown): string | undefined => {
  try {
    takeWishes(body)
  } catch (error) {
    return error instanceof Failed && error.failure.kind === 'invalid-request'
      ? error.failure.param
      : undefined
  }
  return undefined
}

describe('wishes', () => {
  it('are taken out, so that no vendor sees them', () => {
    const body = { model: 'auto', minnow: { strongShare: 0.1 }, require_parameters: true }
    expect(takeWishes(body)).toEqual({
      body: { model: 'auto' },
      wishes: { dial: { strongShare: 0.1 }, requireParameters: true },
    })
  })

  it('may be for a rescue, and for a stream that can be resumed, or against them', () => {
    const wishes = { rescue: false, resumable: true }
    expect(takeWishes({ minnow: wishes })).toEqual({ body: {}, wishes })
    expect(paramOf({ minnow: { resumable: 1 } })).toBe('minnow.resumable')
  })

  it('are the same after they were written into a body again', () => {
    const turn = `turn_${'0'.repeat(24)}`
    for (const body of [
      {
        minnow: { strongShare: 0.1, rescue: false, resumable: true, cascade: true },
        require_parameters: true,
      },
      { minnow: { cache: true, contextTokens: 4_000 } },
      { minnow: { cache: false, edit: turn } },
      { minnow: { cache: 'semantic', parent: turn } },
      { minnow: { regenerate: true } },
      { minnow: { maxPrice: { output: 5 }, regenerate: turn } },
      {},
    ]) {
      const { wishes } = takeWishes(body)
      expect(takeWishes(writeWishes(wishes)).wishes).toEqual(wishes)
    }
  })

  it('may insist on parameters in any of three places', () => {
    for (const body of [
      { require_parameters: true },
      { minnow: { require_parameters: true } },
      { provider: { require_parameters: true, order: ['a'] } },
    ]) {
      expect(takeWishes(body).wishes).toEqual({ requireParameters: true })
    }
    expect(takeWishes({ provider: { order: ['a'] } })).toEqual({
      body: { provider: { order: ['a'] } },
      wishes: {},
    })
  })

  it('are none where there is nothing of ours', () => {
    for (const body of [{}, { minnow: null, require_parameters: null }, { require_parameters: false }])
      expect(takeWishes(body)).toEqual({ body: {}, wishes: {} })
    for (const body of [null, 5, 'x', [1]]) expect(takeWishes(body)).toEqual({ body, wishes: {} })
  })

  it('say how models are chosen, and leave the body with the rest', () => {
    const dials = [
      { quality: 0.95 },
      { maxCostPer1k: 0.5, sort: 'price' },
      { sort: 'latency' },
      { strongShare: 0, sort: 'throughput', maxPrice: { input: 1, output: 5 } },
      { maxPrice: { output: 5 } },
    ]
    for (const dial of dials)
      expect(takeWishes({ minnow: dial, model: 'auto' })).toEqual({
        body: { model: 'auto' },
        wishes: { dial },
      })
    expect(takeWishes({ minnow: { maxPrice: {} } }).wishes).toEqual({})
  })

  it('that nobody knows are refused with the field that may have been meant', () => {
    const wrong: readonly [string, RegExp][] = [
      ['strongshare', /Unknown field 'minnow.strongshare': 'minnow.strongShare' may have been meant/],
      ['strong_share', /'minnow.strongShare' may have been meant/],
      ['max_cost_per_1k', /'minnow.maxCostPer1k' may have been meant/],
      ['requireParameters', /'minnow.require_parameters' may have been meant/],
      ['resumeable', /'minnow.resumable' may have been meant/],
      ['temperature', /the fields of 'minnow' are strongShare, .*edit.*cascade/],
    ]
    for (const [name, words] of wrong) {
      const ask = () => takeWishes({ minnow: { quality: 0.9, [name]: 1 } })
      expect(ask).toThrow(words)
      expect(paramOf({ minnow: { [name]: 1 } })).toBe(`minnow.${name}`)
    }
    expect(paramOf({ minnow: { ['x'.repeat(5_000)]: 1 } })?.length).toBeLessThan(100)
  })

  it('that make no sense are refused by name', () => {
    const wrong: readonly [string, object, RegExp][] = [
      ['minnow.quality', { quality: '0.9' }, /a number from 0 to 1/],
      ['minnow.quality', { quality: 95 }, /a number from 0 to 1/],
      ['minnow.maxCostPer1k', { maxCostPer1k: -1 }, /US dollars for 1,000 requests/],
      ['minnow.sort', { sort: 'cheapest' }, /'price', 'latency' or 'throughput'/],
      ['minnow.maxPrice', { maxPrice: 5 }, /an object with "input"/],
      ['minnow.maxPrice', { maxPrice: { inputs: 5 } }, /an object with "input"/],
      ['minnow.maxPrice.output', { maxPrice: { output: null } }, /US dollars per million tokens/],
      ['minnow', { quality: 0.9, strongShare: 0.2 }, /one of "strongShare", "quality"/],
    ]
    for (const [param, minnow, words] of wrong) {
      expect(paramOf({ minnow })).toBe(param)
      expect(() => takeWishes({ minnow })).toThrow(words)
    }
    expect(paramOf({ minnow: { strongShare: 2 } })).toBe('minnow.strongShare')
    expect(paramOf({ minnow: 5 })).toBe('minnow')
    expect(paramOf({ minnow: { require_parameters: 'yes' } })).toBe('minnow.require_parameters')
    expect(paramOf({ require_parameters: 'yes' })).toBe('require_parameters')
  })
})
