// Modules that stop by themselves: what they compute stays the same, and it ends where there is no fuel left.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { ENGINES, makeEngine } from '../../../../tools/sandbox/build.ts'
import { nameBytes, numberBytes } from '../../../../tools/sandbox/bytes.ts'
import { meter } from '../../../../tools/sandbox/meter.ts'

const sized = (...bytes: readonly number[]): number[] => [...numberBytes(bytes.length), ...bytes]
const section = (id: number, ...bytes: readonly number[]): number[] => [id, ...sized(...bytes)]

const [GET, SET, TEE] = [0x20, 0x21, 0x22]
/** `total += n; n -= 1`, again while `n` is not 0. */
const SUM = [
  1,
  1,
  0x7f,
  0x03,
  0x40,
  GET,
  1,
  GET,
  0,
  0x6a,
  SET,
  1,
  GET,
  0,
  0x41,
  1,
  0x6b,
  TEE,
  0,
  0x0d,
  0,
  0x0b,
  GET,
  1,
  0x0b,
]
/** `n === 0 ? 0 : again(n - 1)` */
const AGAIN = [0, GET, 0, 0x45, 0x04, 0x7f, 0x41, 0, 0x05, GET, 0, 0x41, 1, 0x6b, 0x10, 1, 0x0b, 0x0b]
/** Fills `n` bytes, then copies as many. */
const FILL = [
  0,
  0x41,
  0,
  0x41,
  1,
  GET,
  0,
  0xfc,
  11,
  0,
  0x41,
  0,
  0x41,
  0,
  GET,
  0,
  0xfc,
  10,
  0,
  0,
  GET,
  0,
  0x0b,
]

const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
const MODULE = Uint8Array.from([
  ...HEAD,
  ...section(1, 1, 0x60, 1, 0x7f, 1, 0x7f), // (func (param i32) (result i32))
  ...section(2, 0),
  ...section(3, 3, 0, 0, 0),
  ...section(5, 1, 0, 1), // one page, or any number more
  ...section(6, 1, 0x7f, 0, 0x41, 7, 0x0b),
  ...section(
    7,
    4,
    ...['sum', 'again', 'fill'].flatMap((name, at) => [...nameBytes(name), 0, at]),
    ...nameBytes('memory'),
    2,
    0,
  ),
  ...section(10, 3, ...[SUM, AGAIN, FILL].flatMap((body) => sized(...body))),
])

interface Made {
  readonly sum: (n: number) => number
  readonly again: (n: number) => number
  readonly fill: (n: number) => number
  readonly memory: WebAssembly.Memory
  readonly fuel: WebAssembly.Global
}

const instanceOf = (bytes: Uint8Array): Made =>
  new WebAssembly.Instance(new WebAssembly.Module(bytes as BufferSource)).exports as unknown as Made

/** What is left of the fuel after a call, and what the call gave. */
function left(fuel: number, call: (made: Made) => number): readonly [number, number] {
  const made = instanceOf(meter(MODULE, { pages: 2 }))
  made.fuel.value = fuel
  return [call(made), Number(made.fuel.value)]
}

it('a module computes what it did, and pays for every call, every turn of a loop, and every 64 bytes at once', () => {
  const plain = instanceOf(MODULE)
  expect([plain.sum(4), plain.again(4), plain.fill(640)]).toEqual([10, 0, 640])
  expect(left(10, (made) => made.sum(4))).toEqual([10, 5]) // one call, four turns
  expect(left(10, (made) => made.again(4))).toEqual([0, 5])
  expect(left(100, (made) => made.fill(640))).toEqual([640, 79])
})

it('it stops where nothing is left, whatever it was at, and stays stopped', () => {
  for (const endless of ['sum', 'again', 'fill'] as const) {
    const made = instanceOf(meter(MODULE, { pages: 2 }))
    made.fuel.value = 50
    expect(() => made[endless](endless === 'fill' ? 60_000 : 1_000)).toThrow(/unreachable/)
    expect(Number(made.fuel.value)).toBeLessThan(0)
    expect(() => made.sum(1)).toThrow(/unreachable/)
  }
})

it('its memory grows no further than it may', () => {
  const { memory } = instanceOf(meter(MODULE, { pages: 2 }))
  expect(memory.grow(1)).toBe(1)
  expect(() => memory.grow(1)).toThrow(RangeError)
  expect(() => meter(MODULE, { pages: 0 })).toThrow('1 memories, 1 pages at least')
})

const ROOT = resolve(import.meta.dirname, '../../../..')

it.each(['javascript', 'python'] as const)('the engine of %s is what its package makes, metered', (name) => {
  const committed = readFileSync(join(ROOT, 'workers/sandbox', `${name}.wasm`))
  expect(Buffer.compare(Buffer.from(makeEngine(name)), committed)).toBe(0)
  const plain = readFileSync(join(ROOT, 'node_modules', ENGINES[name]))
  expect(WebAssembly.Module.imports(new WebAssembly.Module(committed))).toEqual(
    WebAssembly.Module.imports(new WebAssembly.Module(plain)),
  )
})

it('what is no module, or has an instruction that is not known, is refused', () => {
  expect(() => meter(new Uint8Array(8), { pages: 1 })).toThrow('section 1 is missing')
  const strange = MODULE.map((byte, at) => (at === MODULE.lastIndexOf(0xfc) ? 0xfd : byte))
  expect(() => meter(strange, { pages: 2 })).toThrow('instruction 0xfd is not known here')
})
