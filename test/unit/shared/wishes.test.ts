// What clients ask of the gateway itself is taken out of the body, whatever dialect it is in.
import { describe, expect, it } from 'vitest'
import { Failed } from '../../../shared/failure.ts'
import { takeWishes } from '../../../shared/wishes.ts'

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
    const body = { model: 'auto', minnow: { strongShare: 0.1, later: true }, require_parameters: true }
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

  it('that make no sense are refused by name', () => {
    expect(paramOf({ minnow: { strongShare: 2 } })).toBe('minnow.strongShare')
    expect(paramOf({ minnow: 5 })).toBe('minnow')
    expect(paramOf({ minnow: { require_parameters: 'yes' } })).toBe('minnow.require_parameters')
    expect(paramOf({ require_parameters: 'yes' })).toBe('require_parameters')
  })
})
