// Writes the engines of the sandbox, workers/sandbox/*.wasm: those of their packages, made to stop by themselves.
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { PAGES } from '../../workers/sandbox/engine.ts'
import { meter } from './meter.ts'

const ROOT = resolve(import.meta.dirname, '../..')

export const ENGINES = {
  javascript: '@jitl/quickjs-wasmfile-release-sync/dist/emscripten-module.wasm',
  python: '@micropython/micropython-webassembly-pyscript/micropython.wasm',
} as const

export const makeEngine = (name: keyof typeof ENGINES): Uint8Array =>
  meter(readFileSync(join(ROOT, 'node_modules', ENGINES[name])), { pages: PAGES })

if (import.meta.main)
  for (const name of ['javascript', 'python'] as const)
    writeFileSync(join(ROOT, 'workers/sandbox', `${name}.wasm`), makeEngine(name))
