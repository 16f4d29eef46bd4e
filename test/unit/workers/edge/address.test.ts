// Addresses that carry a model, a method and a framing.
import { describe, expect, it } from 'vitest'
import { Failed } from '../../../../shared/failure.ts'
import { methodOf } from '../../../../workers/edge/address.ts'

const read = (call: string, query = '') => methodOf(call, new URLSearchParams(query))

describe('an address with a method', () => {
  it('names a model, which may have slashes and colons of its own', () => {
    expect(read('auto:generateContent')).toEqual({
      method: 'generateContent',
      address: { model: 'auto', stream: false },
    })
    expect(read('ollama/llama3.1:8b:generateContent').address.model).toBe('ollama/llama3.1:8b')
    expect(read('ollama%2Fllama:generateContent').address.model).toBe('ollama/llama')
    expect(read('100%:generateContent').address.model).toBe('100%')
  })

  it('streams as events where it says so, else as one array', () => {
    expect(read('auto:streamGenerateContent', 'alt=sse').address).toEqual({ model: 'auto', stream: true })
    expect(read('auto:streamGenerateContent').address).toEqual({
      model: 'auto',
      stream: true,
      framing: 'array',
    })
  })

  it('counts', () => expect(read('auto:countTokens').method).toBe('countTokens'))

  for (const call of ['auto', 'auto:', ':generateContent', 'auto:embedContent', '']) {
    it(`that is none is not found: ${call}`, () => {
      expect(() => read(call)).toThrow(Failed)
      expect(() => read(call)).toThrow(/generateContent/)
    })
  }
})
