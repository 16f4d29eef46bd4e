// The model file and the kernel that ship with the Worker, loaded once for all objects of an isolate.
import file from '../../models/micro.gguf'
import { loadEngine, type Engine } from './engine.ts'
import { KERNEL_BUILD } from './kernel/build.ts'
import kernel from './kernel/kernel.wasm'

export interface Loaded {
  readonly engine: Engine
  /** Names the weights: the beginning of their sha256. */
  readonly fingerprint: string
  /** Names all that keys and values depend on: kept ones of another stamp are never used. */
  readonly stamp: string
}

/** The isolate's one engine; its memory is bounded by MEMORY_BOUND_BYTES. */
let engineCache: Promise<Loaded> | undefined

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

async function load(): Promise<Loaded> {
  const hash = hex(new Uint8Array(await crypto.subtle.digest('SHA-256', file)))
  const engine = loadEngine(file, kernel)
  return { engine, fingerprint: `micro-${hash.slice(0, 12)}`, stamp: `${hash} ${KERNEL_BUILD}` }
}

export function shippedEngine(): Promise<Loaded> {
  engineCache ??= load()
  return engineCache
}

/** The engine, if this isolate has one by now. */
export const loadedEngine = (): Promise<Loaded> | undefined => engineCache
