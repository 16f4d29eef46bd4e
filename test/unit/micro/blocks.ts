// Blocks of quantized weights as files hold them: rounded from numbers, written as bytes, and read as the numbers they
// stand for. Written from the layouts' description (ggml-common.h) and not from the engine, which is tested with it.
import { halfToNumber } from '../../../workers/micro/weights.ts'
import type { TensorType } from '../../../workers/micro/formats.ts'

export type BlockType = Exclude<TensorType, 'F32' | 'F16' | 'BF16'>

/** Integers of a block as they are stored, none below zero but the scales. */
export interface Block {
  readonly whole: readonly number[]
  /** Bits of halves. */
  readonly scale: number
  readonly least: number
  /** For each part of a block of 256; none in a block of 32. */
  readonly scales: readonly number[]
  readonly leasts: readonly number[]
}

interface Kind {
  readonly values: 32 | 256
  readonly bits: number
  /** What is taken off each integer. */
  readonly lowered: number
  readonly hasLeast: boolean
  readonly parts: number
  /** The range of the parts' scales. */
  readonly scales: readonly [number, number]
  readonly leasts: number
}

const small = (bits: number, lowered: number, hasLeast: boolean): Kind => ({
  values: 32,
  bits,
  lowered,
  hasLeast,
  parts: 0,
  scales: [0, 0],
  leasts: 0,
})

export const KINDS: Readonly<Record<BlockType, Kind>> = {
  Q8_0: small(8, 128, false),
  Q4_0: small(4, 8, false),
  Q4_1: small(4, 0, true),
  Q5_0: small(5, 16, false),
  Q5_1: small(5, 0, true),
  Q2_K: { values: 256, bits: 2, lowered: 0, hasLeast: true, parts: 16, scales: [0, 15], leasts: 15 },
  Q3_K: { values: 256, bits: 3, lowered: 4, hasLeast: false, parts: 16, scales: [-32, 31], leasts: 0 },
  Q4_K: { values: 256, bits: 4, lowered: 0, hasLeast: true, parts: 8, scales: [0, 63], leasts: 63 },
  Q5_K: { values: 256, bits: 5, lowered: 0, hasLeast: true, parts: 8, scales: [0, 63], leasts: 63 },
  Q6_K: { values: 256, bits: 6, lowered: 32, hasLeast: false, parts: 16, scales: [-128, 127], leasts: 0 },
}

export function numberToHalf(value: number): number {
  const view = new DataView(new ArrayBuffer(2))
  view.setFloat16(0, value, true)
  return view.getUint16(0, true)
}

const at = (list: readonly number[], index: number): number => list[index] ?? 0
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)

/** The numbers that a block stands for. */
export function valuesOf(type: BlockType, block: Block): number[] {
  const { lowered, parts, values } = KINDS[type]
  const [scale, least] = [halfToNumber(block.scale), halfToNumber(block.least)]
  return block.whole.map((each, index) => {
    if (parts === 0) return scale * (each - lowered) + least
    const part = Math.floor(index / (values / parts))
    return scale * at(block.scales, part) * (each - lowered) - least * at(block.leasts, part)
  })
}

const halfBytes = (half: number): readonly number[] => [half & 255, half >> 8]
const nibbles = (whole: readonly number[], from: number): readonly number[] =>
  range(16).map((i) => (at(whole, from + i) & 15) | ((at(whole, from + i + 16) & 15) << 4))

/** The fifth bits of 32 integers, as one little-endian word. */
const fifths = (whole: readonly number[]): readonly number[] =>
  range(4).map((byte) => range(8).reduce((sum, bit) => sum | ((at(whole, byte * 8 + bit) >> 4) << bit), 0))

/** Eight scales and eight least values of six bits in twelve bytes. */
function sixBits({ scales, leasts }: Block): readonly number[] {
  const first = range(4).map((j) => at(scales, j) | ((at(scales, j + 4) >> 4) << 6))
  const second = range(4).map((j) => at(leasts, j) | ((at(leasts, j + 4) >> 4) << 6))
  const third = range(4).map((j) => (at(scales, j + 4) & 15) | ((at(leasts, j + 4) & 15) << 4))
  return [...first, ...second, ...third]
}

/** Byte `i` of `count`; for each of `of` integers behind each other by `stride`, so many bits from `shift` on. */
const spread = (
  whole: readonly number[],
  count: number,
  { of, stride, bits, shift }: { of: number; stride: number; bits: number; shift: number },
): readonly number[] =>
  range(count).map((i) => {
    const group = Math.floor(i / stride)
    return range(of).reduce((sum, k) => {
      const each = at(whole, group * stride * of + k * stride + (i % stride))
      return sum | (((each >> shift) & ((1 << bits) - 1)) << (k * bits))
    }, 0)
  })

export function bytesOf(type: BlockType, block: Block): readonly number[] {
  const { whole, scales, leasts } = block
  const scale = halfBytes(block.scale)
  const least = halfBytes(block.least)
  switch (type) {
    case 'Q8_0':
      return [...scale, ...whole.map((each) => (each - 128) & 255)]
    case 'Q4_0':
      return [...scale, ...nibbles(whole, 0)]
    case 'Q4_1':
      return [...scale, ...least, ...nibbles(whole, 0)]
    case 'Q5_0':
      return [...scale, ...fifths(whole), ...nibbles(whole, 0)]
    case 'Q5_1':
      return [...scale, ...least, ...fifths(whole), ...nibbles(whole, 0)]
    case 'Q2_K': {
      const both = range(16).map((part) => at(scales, part) | (at(leasts, part) << 4))
      return [...both, ...spread(whole, 64, { of: 4, stride: 32, bits: 2, shift: 0 }), ...scale, ...least]
    }
    case 'Q3_K': {
      const raised = scales.map((each) => each + 32)
      const low = range(8).map((j) => (at(raised, j) & 15) | ((at(raised, j + 8) & 15) << 4))
      const high = range(4).map((j) =>
        range(4).reduce((sum, k) => sum | ((at(raised, j + 4 * k) >> 4) << (2 * k)), 0),
      )
      return [
        ...spread(whole, 32, { of: 8, stride: 32, bits: 1, shift: 2 }),
        ...spread(whole, 64, { of: 4, stride: 32, bits: 2, shift: 0 }),
        ...low,
        ...high,
        ...scale,
      ]
    }
    case 'Q4_K':
      return [
        ...scale,
        ...least,
        ...sixBits(block),
        ...spread(whole, 128, { of: 2, stride: 32, bits: 4, shift: 0 }),
      ]
    case 'Q5_K':
      return [
        ...scale,
        ...least,
        ...sixBits(block),
        ...spread(whole, 32, { of: 8, stride: 32, bits: 1, shift: 4 }),
        ...spread(whole, 128, { of: 2, stride: 32, bits: 4, shift: 0 }),
      ]
    case 'Q6_K':
      return [
        ...spread(whole, 128, { of: 2, stride: 64, bits: 4, shift: 0 }),
        ...spread(whole, 64, { of: 4, stride: 32, bits: 2, shift: 4 }),
        ...scales.map((each) => each & 255),
        ...scale,
      ]
  }
}

const clamp = (value: number, from: number, to: number): number => Math.min(to, Math.max(from, value))
const divide = (value: number, by: number): number => (by === 0 ? 0 : value / by)

function roundSmall(type: BlockType, values: readonly number[]): Block {
  const { bits, hasLeast, lowered } = KINDS[type]
  const most = (1 << bits) - 1
  const floor = hasLeast ? Math.min(...values) : 0
  // Q4_0 and its like leave one step unused, so that zero is one of them.
  const scale = hasLeast
    ? (Math.max(...values) - floor) / most
    : Math.max(...values.map(Math.abs)) / (lowered - 1)
  const whole = values.map((value) =>
    clamp(Math.round(divide(value - floor, scale)) + lowered, type === 'Q8_0' ? 1 : 0, most),
  )
  return { whole, scale: numberToHalf(scale), least: numberToHalf(floor), scales: [], leasts: [] }
}

function roundLarge(type: BlockType, values: readonly number[]): Block {
  const kind = KINDS[type]
  const most = (1 << kind.bits) - 1
  const length = values.length / kind.parts
  const parts = range(kind.parts).map((part) => values.slice(part * length, (part + 1) * length))
  const floors = parts.map((part) => (kind.hasLeast ? Math.max(0, -Math.min(...part)) : 0))
  const steps = parts.map((part, index) =>
    kind.hasLeast
      ? (Math.max(0, ...part) + at(floors, index)) / most
      : Math.max(...part.map(Math.abs)) / (kind.lowered - 1),
  )
  const scale = halfToNumber(numberToHalf(Math.max(...steps) / kind.scales[1]))
  const least = halfToNumber(numberToHalf(divide(Math.max(...floors), kind.leasts)))
  const scales = steps.map((step) => clamp(Math.round(divide(step, scale)), ...kind.scales))
  const leasts = floors.map((floor) => clamp(Math.round(divide(floor, least)), 0, kind.leasts))
  const whole = parts.flatMap((part, index) =>
    part.map((value) => {
      const step = scale * at(scales, index)
      return clamp(Math.round(divide(value + least * at(leasts, index), step)) + kind.lowered, 0, most)
    }),
  )
  return { whole, scale: numberToHalf(scale), least: numberToHalf(least), scales, leasts }
}

/** The nearest block, or nearly: good enough for random models. */
export const roundBlock = (type: BlockType, values: readonly number[]): Block =>
  KINDS[type].values === 32 ? roundSmall(type, values) : roundLarge(type, values)
