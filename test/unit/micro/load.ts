// Loads engines and the kernel for tests, in plain Node.
import { readFileSync } from 'node:fs'
import { makePagePool } from '../../../workers/micro/pages.ts'
import { makeCacheStore, type CacheStore } from '../../../workers/micro/cache.ts'
import { forward } from '../../../workers/micro/forward.ts'
import { CHUNK_TOKENS } from '../../../workers/micro/layout.ts'
import { loadModel, type LoadedModel, type Model } from '../../../workers/micro/model.ts'
import { makeGguf, type Recipe } from './synthetic.ts'

export function readBytes(path: string): ArrayBuffer {
  const file = readFileSync(new URL(`../../../${path}`, import.meta.url))
  const bytes = new ArrayBuffer(file.length)
  new Uint8Array(bytes).set(file)
  return bytes
}

const compiled = new WebAssembly.Module(readBytes('workers/micro/kernel/kernel.wasm'))

export const kernelModule = () => compiled

export const loadSynthetic = (recipe: Recipe): LoadedModel => loadModel(makeGguf(recipe), kernelModule())

export const makeCaches = (model: Model): CacheStore =>
  makeCacheStore(makePagePool(model.layout.pages), model.memory)

/** Enough pages for the whole context, for a test that needs no cache. */
export function allPages(model: Model): number[] {
  const { at, bytes, count } = model.layout.pages
  return Array.from(
    { length: Math.min(count, model.layout.contextLength / 32) },
    (_, index) => at + index * bytes,
  )
}

/** Greedy tokens after a prompt, without cache, sampler or text: the bare model. */
export function greedy(
  model: Model,
  prompt: readonly number[],
  count: number,
  ends: ReadonlySet<number>,
): number[] {
  const pages = allPages(model)
  for (let at = 0; at < prompt.length; at += CHUNK_TOKENS) {
    const chunk = prompt.slice(at, at + CHUNK_TOKENS)
    forward(model, chunk, at, pages, at + chunk.length === prompt.length)
  }
  const output: number[] = []
  for (let position = prompt.length; ; position++) {
    const token = model.kernel.argmax(model.layout.scratch.logits, model.logits.length)
    output.push(token)
    if (output.length >= count || ends.has(token)) return output
    forward(model, [token], position, pages, true)
  }
}
