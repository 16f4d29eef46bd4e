// Runs Python: MicroPython in WebAssembly, with nothing of the host's but what is listed here.
import type { Verdict } from '../../shared/check/program.ts'
import { type Engine, FUEL, type Metered, stopOf, type Used } from './engine.ts'
import { SETUP, sourcesFor } from './python-modules.ts'

/** What its own garbage collector has; its stack of names and its own state come beside. */
const HEAP_BYTES = 8 << 20
const STACK_BYTES = 16 << 10
/** Files and whatever else it asks of a system: there is none. */
const NOTHING_THERE = -44

interface Exports extends Metered {
  readonly memory: WebAssembly.Memory
  readonly __indirect_function_table: WebAssembly.Table
  readonly __wasm_call_ctors: () => void
  readonly emscripten_stack_get_current: () => number
  readonly _emscripten_stack_restore: (at: number) => void
  readonly setThrew: (threw: number, value: number) => void
  readonly malloc: (bytes: number) => number
  readonly mp_js_init: (stackBytes: number, heapBytes: number) => void
  readonly proxy_c_init: () => void
  readonly mp_js_do_exec: (source: number, bytes: number, result: number) => void
}

/** How MicroPython says that an exception came out of a program; its name stands before a 4. */
const RAISED = -1

/**
 * Errors that a right program may meet here, because MicroPython has less than Python has, and calls no deeper than some
 * 150 times. They say nothing; any other would come up in Python as well.
 */
const LESS =
  /^(?:ImportError|AttributeError|NotImplementedError|SyntaxError)|keyword|unsupported|not supported|maximum recursion depth/

export const openPython =
  (module: WebAssembly.Module): Engine =>
  async (program) => {
    const python = start(module)
    const of = program.tests.length
    let passed = 0
    const used = (verdict: Verdict): Used => ({ verdict, passed, of, fuel: FUEL - Number(python.fuel.value) })
    try {
      begin(python)
      for (const source of [SETUP, ...sourcesFor(program.code), fitted(program.code)]) {
        const raised = exec(python, source)
        if (raised !== undefined) return used(verdictOf(raised))
      }
      for (const test of program.tests) {
        const raised = exec(python, fitted(test))
        if (raised !== undefined) return used(verdictOf(raised))
        passed += 1
      }
      return used('passed')
    } catch (error) {
      return used(stopOf(python, error))
    }
  }

/**
 * What MicroPython does otherwise (equals lose their order where a list is sorted in place, no string is turned around by
 * slicing, what is like a dict is not copied by `dict`) is done by `SETUP`. What is only done where the file is the program
 * would wait for somebody to type.
 */
const fitted = (code: string): string =>
  code
    .replaceAll(/^([ \t]*)([A-Za-z_][\w.]*)\.sort\((?=[^)\s])/gm, '$1$2[:] = sorted($2, ')
    .replaceAll(/(?<![\w.'"])([A-Za-z_][\w.]*)\[::-1\]/g, '_reversed($1)')
    .replaceAll(/(?<![\w.'"])dict\((?=[^)])/g, '_dict(')
    .replaceAll(/^if __name__ *== *['"]__main__['"] *:/gm, 'if False:')

function verdictOf(raised: string): Verdict {
  if (raised.startsWith('MemoryError')) return 'memory'
  return LESS.test(raised) ? 'unable' : 'failed'
}

/** Undefined where it came to its end, else the exception's name and words. */
function exec(python: Exports, source: string): string | undefined {
  const bytes = new TextEncoder().encode(source)
  const at = python.malloc(bytes.length + 1)
  const result = python.malloc(12)
  if (at === 0 || result === 0) return 'MemoryError'
  new Uint8Array(python.memory.buffer).set([...bytes, 0], at)
  python.mp_js_do_exec(at, bytes.length, result)
  const view = new DataView(python.memory.buffer)
  if (view.getInt32(result, true) !== RAISED) return undefined
  const [length, words] = [view.getUint32(result + 4, true), view.getUint32(result + 8, true)]
  const said = new TextDecoder().decode(new Uint8Array(python.memory.buffer, words, length))
  const [name = '', trace = ''] = said.split('\u0004')
  return `${name}: ${trace.trimEnd().split('\n').at(-1) ?? ''}`
}

function begin(python: Exports): void {
  python.fuel.value = FUEL
  const { __wasm_call_ctors: construct } = python
  construct()
  python.mp_js_init(STACK_BYTES, HEAP_BYTES)
  python.proxy_c_init()
}

class Denied extends Error {}
/** Thrown through the engine where it jumps back to where it has marked its stack. */
class Jump extends Error {}

/** An instance whose every way out is a function made here: whatever is not known to be harmless is denied. */
function start(module: WebAssembly.Module): Exports {
  const jump = new Jump()
  const harmless: Readonly<Record<string, (...given: number[]) => number>> = {
    mp_js_random_u32: () => 4,
    mp_js_ticks_ms: () => 0,
    mp_js_time_ms: () => 0,
    emscripten_resize_heap: () => 0,
    fd_write: (_file, list = 0, count = 0, written = 0) => swallow(python.memory, list, count, written),
  }
  const makers: readonly (readonly [RegExp, (name: string) => (...given: number[]) => unknown])[] = [
    [
      /^invoke_/,
      () =>
        (index = 0, ...given) =>
          guarded(python, jump, index, given),
    ],
    [/^_emscripten_throw_longjmp$/, () => () => thrown(jump)],
    [/^__syscall_|^fd_/, () => () => NOTHING_THERE],
    [/./, (name) => () => thrown(new Denied(name))],
  ]
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {}
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    const made = makers.find(([names]) => names.test(name))
    const given = harmless[name] ?? made?.[1](name)
    if (given !== undefined) (imports[from] ??= {})[name] = given
  }
  const python = new WebAssembly.Instance(module, imports).exports as unknown as Exports // the module's own, see build.ts
  return python
}

function thrown(error: Error): never {
  throw error
}

/** C has no exceptions: a call that may be jumped out of is made here, and the jump is caught. */
function guarded(python: Exports, jump: Jump, index: number, given: readonly number[]): unknown {
  const { __indirect_function_table: functions, _emscripten_stack_restore: restoreStack } = python
  const stack = python.emscripten_stack_get_current()
  try {
    const call = functions.get(index) as (...given: readonly number[]) => unknown
    return call(...given)
  } catch (error) {
    if (error !== jump) throw error
    restoreStack(stack)
    python.setThrew(1, 0)
    return 0
  }
}

/** What a program prints goes nowhere; it is told that all of it was written. */
function swallow({ buffer }: WebAssembly.Memory, list: number, count: number, written: number): number {
  const view = new DataView(buffer)
  let bytes = 0
  for (let index = 0; index < count; index += 1) bytes += view.getUint32(list + 8 * index + 4, true)
  view.setUint32(written, bytes, true)
  return 0
}
