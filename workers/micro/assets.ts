// The model file and the kernel that ship with the Worker, loaded once for all objects of an isolate.
import file from '../../models/micro.gguf'
import { loadEngine, type Engine } from './engine.ts'
import kernel from './kernel/kernel.wasm'

export interface Shipped {
  readonly engine: Engine
  /** Names the weights: the beginning of their sha256. */
  readonly fingerprint: string
  /** The size of the model file. */
  readonly weightsBytes: number
}

/** The isolate's one engine; its memory is bounded by MEMORY_BOUND_BYTES. */
let engineCache: Promise<Shipped> | undefined

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

async function load(): Promise<Shipped> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', file))
  return {
    engine: loadEngine(file, kernel),
    fingerprint: `micro-${hex(hash).slice(0, 12)}`,
    weightsBytes: file.byteLength,
  }
}

export function shippedEngine(): Promise<Shipped> {
  engineCache ??= load()
  return engineCache
}
