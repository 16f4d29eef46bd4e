// Makes weights ready that lie in the engine's memory as they lay in their file: quantized matrices are put in the order
// in which the kernel reads them, where they are.
import { FORMATS, type Format } from './formats.ts'
import type { Kernel } from './kernel.ts'
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

/** Once, when all of the weights are in memory. */
export function readyWeights(memory: WebAssembly.Memory, kernel: Kernel, layout: Layout, shape: Shape): void {
  // Free as long as no token goes through, and wide enough for four rows.
  const room = layout.scratch.halves
  for (const { type, at, rows, columns } of layout.matrices) {
    const format: Format = FORMATS[type]
    if (format.kind === 'quantized') kernel[`repack_${format.name}`](at, room, rows, columns)
  }
  const turns = new Float32Array(memory.buffer, layout.turns, layout.contextLength * shape.rotaryLength)
  fillTurns(turns, shape, layout.contextLength)
}
