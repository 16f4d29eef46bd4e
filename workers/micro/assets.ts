// The engine of an isolate, loaded once for all of its objects: from the file that ships with the Worker, or from the one
// that the configuration names.
import file from '../../models/micro.gguf'
import { loadEngine, type Engine } from './engine.ts'
import { KERNEL_BUILD } from './kernel/build.ts'
import kernel from './kernel/kernel.wasm'
import { streamEngine, type ModelStream } from './loading.ts'

export interface Loaded {
  readonly engine: Engine
  /** Names the weights: the beginning of their sha256. */
  readonly fingerprint: string
  /** Names all that keys and values depend on: kept ones of another stamp are never used. */
  readonly stamp: string
  /** The size of the model file. */
  readonly weightsBytes: number
  /** Whether it is the shipped model, whose answers can be judged. */
  readonly isShipped: boolean
}

/** Opens the configured file; absent where the shipped one is to be used. */
export type ModelSource = (() => Promise<ModelStream>) | undefined

/** The isolate's one engine; its memory is bounded by MEMORY_BOUND_BYTES. */
let engineCache: Promise<Loaded> | undefined

const hex = (digest: ArrayBuffer) =>
  Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')

const named = (engine: Engine, digest: ArrayBuffer, weightsBytes: number, isShipped: boolean): Loaded => ({
  engine,
  weightsBytes,
  fingerprint: `micro-${hex(digest).slice(0, 12)}`,
  stamp: `${hex(digest)} ${KERNEL_BUILD}`,
  isShipped,
})

async function loadShipped(): Promise<Loaded> {
  const digest = await crypto.subtle.digest('SHA-256', file)
  const engine = loadEngine(file, kernel)
  const weightsBytes = file.byteLength
  file.transfer(0) // the engine has its copy, and this is the only other one
  return named(engine, digest, weightsBytes, true)
}

async function loadFrom(source: NonNullable<ModelSource>): Promise<Loaded> {
  const hash = new crypto.DigestStream('SHA-256')
  const writer = hash.getWriter()
  const model = await source()
  const engine = await streamEngine(model, kernel, (bytes) => writer.write(bytes))
  await writer.close()
  return named(engine, await hash.digest, model.bytes, false)
}

/** The first source counts: an isolate has one configuration. A load that failed is tried again by the next request. */
export function isolateEngine(source: ModelSource): Promise<Loaded> {
  if (engineCache === undefined) {
    const loading = source === undefined ? loadShipped() : loadFrom(source)
    engineCache = loading
    loading.catch(() => {
      engineCache = undefined
    })
  }
  return engineCache
}

/** The engine, if this isolate has one by now. */
export const loadedEngine = (): Promise<Loaded> | undefined => engineCache
