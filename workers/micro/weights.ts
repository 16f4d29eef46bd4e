// Copies a model's tensors into the engine's memory, quantized blocks split into a plane of integers and one of scales.
import type { Tensor } from './gguf.ts'
import type { Layout } from './layout.ts'
import type { Shape } from './shape.ts'

/** The value of a half-precision number given as its 16 bits. */
export function halfToNumber(bits: number): number {
  const magnitude = bits & 0x7fff
  const exponent = magnitude >> 10
  const fraction = magnitude & 0x3ff
  const value = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15)
  return bits & 0x8000 ? -value : value
}

/** Splits blocks of [half scale][integers] into two planes. */
function splitBlocks(tensor: Tensor, integers: Uint8Array, scales: Float32Array): void {
  const { bytes } = tensor
  const payload = tensor.type === 'Q8_0' ? 32 : 16
  let from = 0
  let to = 0
  for (let block = 0; block < scales.length; block++) {
    scales[block] = halfToNumber((bytes[from] ?? 0) | ((bytes[from + 1] ?? 0) << 8))
    from += 2
    for (let i = 0; i < payload; i++) integers[to++] = bytes[from++] ?? 0
  }
}

/** Cosine and sine of every position and pair, multiplied up in f32 as llama.cpp does. */
function fillTurns(turns: Float32Array, shape: Shape, positions: number): void {
  const step = Math.fround(shape.rotaryBase ** (-2 / shape.rotaryLength))
  let at = 0
  for (let position = 0; position < positions; position++) {
    let angle = position
    for (let pair = 0; pair < shape.rotaryLength; pair += 2) {
      turns[at++] = Math.cos(angle)
      turns[at++] = Math.sin(angle)
      angle = Math.fround(angle * step)
    }
  }
}

export function fillMemory(memory: WebAssembly.Memory, layout: Layout, shape: Shape): void {
  const { buffer } = memory
  for (const { tensor, values, scales } of layout.copies) {
    if (scales === 0) {
      new Uint8Array(buffer, values, tensor.bytes.length).set(tensor.bytes)
    } else {
      const blocks = (tensor.rows * tensor.columns) / 32
      const integers = new Uint8Array(buffer, values, scales - values)
      splitBlocks(tensor, integers, new Float32Array(buffer, scales, blocks))
    }
  }
  const turns = new Float32Array(buffer, layout.turns, layout.contextLength * shape.rotaryLength)
  fillTurns(turns, shape, layout.contextLength)
}
