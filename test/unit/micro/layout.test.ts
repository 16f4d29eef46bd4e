import { describe, expect, it } from 'vitest'
import { readGguf } from '../../../workers/micro/gguf.ts'
import {
  CACHE_BUDGET_BYTES,
  LEAST_CONTEXT,
  MEMORY_BOUND_BYTES,
  PAGE_TOKENS,
  planLayout,
} from '../../../workers/micro/layout.ts'
import { loadModel } from '../../../workers/micro/model.ts'
import { readShape } from '../../../workers/micro/shape.ts'
import { kernelModule, readBytes } from './load.ts'
import { makeGguf, SMALL } from './synthetic.ts'

const plan = (bytes: ArrayBuffer, claimedBytes = bytes.byteLength) => {
  const file = { ...readGguf(bytes), fileBytes: claimedBytes }
  return planLayout(file, readShape(file))
}

describe('the memory of an engine', () => {
  it('is planned to the byte, and holds the shipped weights once, in as many bytes as their file', () => {
    const file = readBytes('models/micro.gguf')
    const { memory, layout } = loadModel(file, kernelModule())
    expect(memory.buffer.byteLength).toBe(layout.totalBytes)
    expect(layout.weights.bytes).toBeLessThan(file.byteLength)
    const cache = layout.pages.count * layout.pages.bytes
    expect(memory.buffer.byteLength - cache).toBeLessThan(file.byteLength * 1.2)
  })

  it('stays under what an isolate has, with a reserve for everything else', () => {
    const { totalBytes } = plan(makeGguf(SMALL), 100 * 1024 * 1024)
    expect(totalBytes).toBeLessThanOrEqual(MEMORY_BOUND_BYTES)
    expect(MEMORY_BOUND_BYTES).toBeLessThanOrEqual(108 * 1024 * 1024)
  })

  it('cannot grow afterwards', () => {
    const { memory } = loadModel(makeGguf(SMALL), kernelModule())
    expect(() => memory.grow(1)).toThrow(RangeError)
  })

  it('is refused with the figures when it would be too much', () => {
    expect(() => plan(makeGguf(SMALL), MEMORY_BOUND_BYTES)).toThrow(
      /^The model needs 11\d\.\d MB: 11\d\.\d MB for weights and scratch, \d+\.\d MB for the keys and values of 256 tokens\. An isolate can spare 113\.2 MB\. Use a smaller/,
    )
  })

  it('keeps fewer tokens where the weights leave less room, down to a least number', () => {
    const large = { 'llama.context_length': 100_000 }
    const roomy = plan(makeGguf(SMALL, large))
    const tight = plan(makeGguf(SMALL, large), MEMORY_BOUND_BYTES - 2_000_000)
    expect(tight.contextLength).toBeLessThan(roomy.contextLength)
    expect(tight.contextLength).toBeGreaterThanOrEqual(LEAST_CONTEXT)
    expect(tight.totalBytes).toBeLessThanOrEqual(MEMORY_BOUND_BYTES)
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
    const { scratch: all, pages, turns, matrices, weights, totalBytes } = plan(makeGguf(SMALL))
    // Rounded activations and scores are never wanted at once.
    const { rounded, ...scratch } = all
    expect(rounded).toBe(scratch.scores)
    const starts = [...Object.values(scratch), pages.at, turns, ...matrices.map(({ at }) => at)]
    expect(new Set(starts).size).toBe(starts.length)
    for (const { at } of matrices) expect(at).toBeLessThan(weights.at + weights.bytes)
    for (const at of Object.values(scratch)) expect(at).toBeGreaterThanOrEqual(weights.at + weights.bytes)
    expect(pages.at + pages.bytes * pages.count).toBeLessThanOrEqual(totalBytes)
  })
})
