import { describe, expect, it } from 'vitest'
import { readGguf } from '../../../workers/micro/gguf.ts'
import {
  CACHE_BUDGET_BYTES,
  MEMORY_BOUND_BYTES,
  PAGE_TOKENS,
  planLayout,
} from '../../../workers/micro/layout.ts'
import { loadModel } from '../../../workers/micro/model.ts'
import { readShape } from '../../../workers/micro/shape.ts'
import { kernelModule, readBytes } from './load.ts'
import { makeGguf, SMALL } from './synthetic.ts'

const plan = (bytes: ArrayBuffer, claimedBytes = bytes.byteLength) => {
  const file = readGguf(bytes)
  return planLayout(file, claimedBytes, readShape(file))
}

describe('the memory of an engine', () => {
  it('stays under the bound with the shipped weights: file, copy, caches and scratch', () => {
    const file = readBytes('models/micro.gguf')
    const model = loadModel(file, kernelModule())
    expect(model.memory.buffer.byteLength).toBe(model.layout.totalBytes)
    expect(file.byteLength + model.memory.buffer.byteLength).toBeLessThan(MEMORY_BOUND_BYTES)
    expect(MEMORY_BOUND_BYTES).toBeLessThanOrEqual(64 * 1024 * 1024)
  })

  it('cannot grow afterwards', () => {
    const { memory } = loadModel(makeGguf(SMALL), kernelModule())
    expect(() => memory.grow(1)).toThrow(RangeError)
  })

  it('is refused with the figures when it would be too much', () => {
    expect(() => plan(makeGguf(SMALL), MEMORY_BOUND_BYTES)).toThrow(`more than the ${MEMORY_BOUND_BYTES}`)
  })

  it('gives pages for at least the whole context, within their budget', () => {
    const { contextLength, pages } = plan(makeGguf(SMALL))
    expect(contextLength).toBe(SMALL.contextLength)
    expect(pages.count * PAGE_TOKENS).toBeGreaterThanOrEqual(contextLength)
    expect(pages.count * pages.bytes).toBeLessThanOrEqual(CACHE_BUDGET_BYTES)
  })

  it('cuts a context that the cache budget cannot hold', () => {
    const { contextLength, pages } = plan(makeGguf(SMALL, { 'llama.context_length': 1_000_000 }))
    expect(contextLength).toBe(pages.count * PAGE_TOKENS)
  })

  it('lays nothing over anything else', () => {
    const { scratch, pages, turns, copies, totalBytes } = plan(makeGguf(SMALL))
    const starts = [
      ...Object.values(scratch),
      pages.at,
      turns,
      ...copies.flatMap(({ values, scales }) => (scales > 0 ? [values, scales] : [values])),
    ]
    expect(new Set(starts).size).toBe(starts.length)
    expect(pages.at + pages.bytes * pages.count).toBeLessThanOrEqual(totalBytes)
  })
})
