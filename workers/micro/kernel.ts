// The WebAssembly kernel as typed functions. Every pointer is a byte address in the one memory it was given.

type Address = number

export interface Kernel {
  /** `multiply_wide` where the processor can, else `multiply_narrow`: the same sums at half the speed. */
  multiply_q8(
    out: Address,
    matrix: Address,
    rounded: Address,
    rows: number,
    columns: number,
    tokens: number,
  ): void
  multiply_q4(
    out: Address,
    matrix: Address,
    rounded: Address,
    rows: number,
    columns: number,
    tokens: number,
  ): void
  multiply_q4_1: Kernel['multiply_q8']
  multiply_narrow: Kernel['multiply_q8']
  multiply_wide: Kernel['multiply_q8']
  /** Whether dot products are exact with eight bits in both factors. */
  is_wide(x: number, w: number): number
  multiply_f32(out: Address, values: Address, x: Address, rows: number, columns: number, tokens: number): void
  multiply_f16(out: Address, values: Address, x: Address, rows: number, columns: number, tokens: number): void
  row_q8(out: Address, matrix: Address, row: number, rows: number, columns: number): void
  row_q4(out: Address, matrix: Address, row: number, rows: number, columns: number): void
  row_q4_1(out: Address, matrix: Address, row: number, rows: number, columns: number): void
  row_f32(out: Address, values: Address, row: number, columns: number): void
  row_f16(out: Address, values: Address, row: number, columns: number): void
  /** `room` takes four rows. */
  repack_q8(matrix: Address, room: Address, rows: number, columns: number): void
  repack_q4(matrix: Address, room: Address, rows: number, columns: number): void
  repack_q4_1(matrix: Address, room: Address, rows: number, columns: number): void
  quantize(out: Address, x: Address, count: number): void
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

const NAMES: readonly (keyof Exports)[] = [
  'multiply_q4_1',
  'multiply_narrow',
  'multiply_wide',
  'is_wide',
  'multiply_q4',
  'multiply_f32',
  'multiply_f16',
  'row_q8',
  'row_q4',
  'row_q4_1',
  'row_f32',
  'row_f16',
  'repack_q8',
  'repack_q4',
  'repack_q4_1',
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
