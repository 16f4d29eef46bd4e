// The WebAssembly kernel as typed functions. Every pointer is a byte address in the one memory it was given.

import type { FloatName, QuantizedName } from './formats.ts'

type Address = number

type Multiply = (
  out: Address,
  matrix: Address,
  rounded: Address,
  rows: number,
  columns: number,
  tokens: number,
) => void
/** One row as numbers. */
type QuantizedRow = (out: Address, matrix: Address, row: number, rows: number, columns: number) => void
type FloatRow = (out: Address, matrix: Address, row: number, columns: number) => void
/** Puts a matrix into the order in which it is read, where it lies; `room` takes four of its rows. */
type Repack = (matrix: Address, room: Address, rows: number, columns: number) => void

type Matrices = Readonly<
  Record<`multiply_${QuantizedName | FloatName}`, Multiply> &
    Record<`row_${QuantizedName}`, QuantizedRow> &
    Record<`row_${FloatName}`, FloatRow> &
    Record<`repack_${QuantizedName}`, Repack>
>

/** `multiply_q8` is `multiply_wide` where the processor can, else `multiply_narrow`: the same sums at half the speed. */
export interface Kernel extends Matrices {
  multiply_narrow: Multiply
  multiply_wide: Multiply
  /** Whether dot products are exact with eight bits in both factors. */
  is_wide(x: number, w: number): number
  quantize(out: Address, x: Address, count: number): void
  quantize_large(out: Address, x: Address, count: number): void
  round_brain(out: Address, x: Address, count: number): void
  round_half(out: Address, x: Address, count: number): void
  store_half(out: Address, x: Address, count: number): void
  attend(
    out: Address,
    query: Address,
    pages: Address,
    first: number,
    tokens: number,
    pageTokens: number,
    keyOffset: number,
    valueOffset: number,
    heads: number,
    keyValueHeads: number,
    headLength: number,
    room: Address,
    scores: Address,
    stride: number,
  ): void
  rms_norm(out: Address, x: Address, weight: Address, width: number, tokens: number, epsilon: number): void
  rotate(x: Address, turns: Address, heads: number, headLength: number, rotaryLength: number): void
  swiglu(out: Address, gate: Address, up: Address, count: number): void
  add(x: Address, y: Address, count: number): void
  argmax(x: Address, count: number): number
  exp_sum(x: Address, count: number, peak: number): number
}

type Exports = Omit<Kernel, 'multiply_q8'>

/** The kernel keeps its stack and constants below this address. */
export const KERNEL_RESERVE = 65_536

const FLOATS = ['f32', 'f16', 'bf16'] as const satisfies readonly FloatName[]
const QUANTIZED = [
  'q8',
  'q4',
  'q4_1',
  'q5',
  'q5_1',
  'q2_k',
  'q3_k',
  'q4_k',
  'q5_k',
  'q6_k',
] as const satisfies readonly QuantizedName[]

const NAMES: readonly (keyof Exports)[] = [
  ...FLOATS.flatMap((name) => [`multiply_${name}`, `row_${name}`] as const),
  ...QUANTIZED.flatMap((name) => [`row_${name}`, `repack_${name}`] as const),
  ...QUANTIZED.flatMap((name) => (name === 'q8' ? [] : [`multiply_${name}` as const])),
  'multiply_narrow',
  'multiply_wide',
  'is_wide',
  'quantize_large',
  'round_brain',
  'quantize',
  'round_half',
  'store_half',
  'attend',
  'rms_norm',
  'rotate',
  'swiglu',
  'add',
  'argmax',
  'exp_sum',
]

function isKernel(exports: object): exports is Exports {
  return NAMES.every((name) => name in exports && typeof Object(exports)[name] === 'function')
}

/** Connects the compiled kernel with a memory. Throws when the binary is not the kernel this code was written for. */
export function connectKernel(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernel {
  const exports: object = new WebAssembly.Instance(module, { env: { memory } }).exports
  const heap: unknown = Object(exports)['__heap_base']?.value
  if (!isKernel(exports) || typeof heap !== 'number' || heap > KERNEL_RESERVE) {
    throw new Error('kernel.wasm does not fit this engine; rebuild it with workers/micro/kernel/build.sh.')
  }
  // Both ends of both ranges; the standard leaves open what comes of them.
  const isWide = [-128, -127, 127].every((x) => [128, 200, 255].every((w) => exports.is_wide(x, w) === 1))
  return { ...exports, multiply_q8: isWide ? exports.multiply_wide : exports.multiply_narrow }
}
