// Runs JavaScript: QuickJS in WebAssembly, in a context to which no function of the host's is given.
import variant from '@jitl/quickjs-wasmfile-release-sync'
import {
  type EmscriptenModuleLoader,
  newQuickJSWASMModuleFromVariant,
  type QuickJSContext,
  type QuickJSEmscriptenModule,
  type QuickJSRuntime,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core'
import type { Verdict } from '../../shared/check/program.ts'
import { type Engine, FUEL, type Metered, stopOf, type Used } from './engine.ts'
import { PRELUDE } from './javascript-prelude.ts'

/** Of 64 KiB; the module asks for as many, and gets no more. */
const PAGES = 256
/** Below what the memory has, so that a program which takes too much is told so. */
const HEAP_BYTES = 12 << 20
const STACK_BYTES = 256 << 10

interface Started {
  readonly metered: Metered
  readonly quickjs: QuickJSWASMModule
}

export const openJavaScript =
  (module: WebAssembly.Module): Engine =>
  async ({ code, tests }) => {
    const { metered, quickjs } = await start(module)
    const of = tests.length
    let passed = 0
    const used = (verdict: Verdict): Used => ({
      verdict,
      passed,
      of,
      fuel: FUEL - Number(metered.fuel.value),
    })
    try {
      const runtime = quickjs.newRuntime()
      runtime.setMemoryLimit(HEAP_BYTES)
      runtime.setMaxStackSize(STACK_BYTES)
      const context = runtime.newContext()
      for (const source of [PRELUDE, plain(code)]) {
        const raised = settle(context, runtime, source)
        if (raised !== undefined) return used(verdictOf(raised, code))
      }
      for (const test of tests) {
        const raised = settle(context, runtime, `(async () => {${test}\n})()`)
        if (raised !== undefined) return used(verdictOf(raised, code))
        passed += 1
      }
      return used('passed')
    } catch (error) {
      return used(stopOf(metered, error))
    }
  }

/** A fresh instance, with a memory of its own: nothing of an earlier program is left in it. */
async function start(module: WebAssembly.Module): Promise<Started> {
  let exports: unknown
  const quickjs = await newQuickJSWASMModuleFromVariant({
    ...variant,
    importModuleLoader: async () => {
      const load = loaderIn(await variant.importModuleLoader())
      return (options) =>
        load({
          ...options,
          wasmMemory: new WebAssembly.Memory({ initial: PAGES, maximum: PAGES }),
          ...SILENT,
          instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
            const instance = new WebAssembly.Instance(module, imports)
            ;({ exports } = instance)
            ;(exports as Metered).fuel.value = FUEL // the module's own, see tools/sandbox/build.ts
            done(instance)
            return instance.exports
          },
        })
    },
  })
  return { metered: exports as Metered, quickjs }
}

/** What the engine itself would print. */
const SILENT = { print: () => undefined, printErr: () => undefined }

type Loader = EmscriptenModuleLoader<QuickJSEmscriptenModule>

/** Bundlers wrap what is no ES module, some of them twice. */
const loaderIn = (found: unknown): Loader =>
  typeof found === 'function' ? (found as Loader) : loaderIn((found as { default: unknown }).default)

interface Raised {
  readonly name: string
  readonly message: string
}

/** Runs a script and what it leaves to be done; undefined where all of it came to its end. */
function settle(context: QuickJSContext, runtime: QuickJSRuntime, source: string): Raised | undefined {
  const result = context.evalCode(source)
  if (result.error !== undefined) return raisedIn(context.dump(result.error))
  const jobs = runtime.executePendingJobs()
  if (jobs.error !== undefined) return raisedIn(context.dump(jobs.error))
  const state = context.getPromiseState(result.value)
  if (state.type === 'fulfilled') return undefined
  if (state.type === 'pending') return { name: 'Error', message: 'it waits for what does not come' }
  return raisedIn(context.dump(state.error))
}

const raisedIn = (dumped: unknown): Raised => {
  const { name = '', message = '' } =
    typeof dumped === 'object' && dumped !== null ? (dumped as { name?: unknown; message?: unknown }) : {}
  return { name: String(name), message: String(message) }
}

/** What programs use of a browser or of Node, and a right one may: there is none of it here. */
const HOST =
  /^'?(?:fetch|process|require|set(?:Timeout|Interval|Immediate)|clear(?:Timeout|Interval)|queueMicrotask|structuredClone|Buffer|URL|URLSearchParams|Text(?:En|De)coder|crypto|performance|document|window|self|localStorage|navigator|Intl|XMLHttpRequest|WebSocket|WebAssembly|atob|btoa|AbortController|Deno|Bun|it|test|describe)'? is not defined/

function verdictOf({ name, message }: Raised, code: string): Verdict {
  if (name === 'InternalError' && message.includes('memory')) return 'memory'
  if (name === 'InternalError' && message.includes('stack')) return 'endless'
  if (name === 'ReferenceError' && HOST.test(message)) return 'unable'
  if (ABSENT.test(message)) return 'unable'
  return name === 'SyntaxError' && /^\s*import\b/m.test(code) ? 'unable' : 'failed'
}

/** The prelude's `require` and QuickJS itself say so. */
const ABSENT = /^(?:no module |could not load module)/

/** A script has nothing to export; what it would, it declares. */
const plain = (code: string): string =>
  code.replaceAll(/^export (?:default )?(?=async|function|class|const|let|var)/gm, '')
