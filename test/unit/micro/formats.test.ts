// Every quantized format against the plain numbers its blocks stand for: rows, products, and a token's bits alone and among
// others.
import { describe, expect, it } from 'vitest'
import { connectKernel, KERNEL_RESERVE } from '../../../workers/micro/kernel.ts'
import {
  FORMATS,
  nameOf,
  TENSOR_TYPES,
  typeOf,
  type Format,
  type QuantizedName,
} from '../../../workers/micro/formats.ts'
import { seededRandom } from '../../../shared/random.ts'
import { bytesOf, KINDS, numberToHalf, roundBlock, valuesOf, type Block, type BlockType } from './blocks.ts'
import { kernelModule } from './load.ts'

const memory = new WebAssembly.Memory({ initial: 64, maximum: 64 })
const kernel = connectKernel(kernelModule(), memory)
const random = seededRandom(19)
const whole = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1))

let next = KERNEL_RESERVE
function place(bytes: number): number {
  const at = next
  next = Math.ceil((next + bytes) / 64) * 64
  return at
}
const floats = (count: number): { at: number; view: Float32Array } => {
  const at = place(count * 4)
  return { at, view: new Float32Array(memory.buffer, at, count) }
}

const BLOCK_TYPES = Object.keys(KINDS) as BlockType[]

/** All that a file may say, the ends of every range included. */
function randomBlock(type: BlockType): Block {
  const { bits, hasLeast, leasts, parts, scales, values } = KINDS[type]
  const any = (from: number, to: number): number =>
    random() < 0.1 ? (random() < 0.5 ? from : to) : whole(from, to)
  const half = () => numberToHalf(random() / 50)
  return {
    whole: Array.from({ length: values }, () => any(0, (1 << bits) - 1)),
    scale: half(),
    least: hasLeast ? half() : 0,
    scales: Array.from({ length: parts }, () => any(...scales)),
    leasts: Array.from({ length: hasLeast ? parts : 0 }, () => any(0, leasts)),
  }
}

function nameOfKernel(type: BlockType): QuantizedName {
  const format: Format = FORMATS[type]
  if (format.kind === 'float') throw new Error(`${type} has no blocks`)
  return format.name
}

/** A matrix as a file has it, then put in the kernel's order. */
function placeMatrix(type: BlockType, rows: number, columns: number) {
  const { bytes } = FORMATS[type]
  const blocks = Array.from({ length: (rows * columns) / KINDS[type].values }, () => randomBlock(type))
  const at = place(blocks.length * bytes)
  new Uint8Array(memory.buffer, at).set(blocks.flatMap((block) => bytesOf(type, block)))
  kernel[`repack_${nameOfKernel(type)}`](at, place(4 * columns * 2), rows, columns)
  return { at, weights: blocks.flatMap((block) => valuesOf(type, block)) }
}

function placeRounded(type: BlockType, x: number, count: number): number {
  const at = place(count * 4)
  if (FORMATS[type].rounding === 'blocks of 256') kernel.quantize_large(at, x, count)
  else kernel.quantize(at, x, count)
  return at
}

/** The activations as they are once rounded, in plain numbers. */
function roundPlainly(x: Float32Array, length: number): number[] {
  const rounded: number[] = []
  for (let from = 0; from < x.length; from += length) {
    const block = Array.from(x.subarray(from, from + length))
    const inverse = Math.fround(127 / Math.max(...block.map(Math.abs)))
    rounded.push(...block.map((value) => Math.round(Math.fround(value * inverse)) / inverse))
  }
  return rounded
}

describe.each(BLOCK_TYPES)('%s', (type) => {
  const columns = KINDS[type].values * 2
  const name = nameOfKernel(type)

  it('is written and read alike by the tests themselves', () => {
    const values = Array.from({ length: KINDS[type].values }, () => random() * 2 - 1)
    const block = roundBlock(type, values)
    expect(bytesOf(type, block)).toHaveLength(FORMATS[type].bytes)
    const errors = valuesOf(type, block).map((value, i) => Math.abs(value - (values[i] ?? 0)))
    expect(Math.max(...errors)).toBeLessThan(2.6 / (1 << KINDS[type].bits))
  })

  for (const rows of [1, 3, 4, 7, 16, 39]) {
    it(`gives every one of ${rows} rows back`, () => {
      const { at, weights } = placeMatrix(type, rows, columns)
      const out = floats(columns)
      for (let row = 0; row < rows; row++) {
        kernel[`row_${name}`](out.at, at, row, rows, columns)
        out.view.forEach((value, i) => expect(value).toBeCloseTo(weights[row * columns + i] ?? 0, 4))
      }
    })

    for (const tokens of [1, 4, 6]) {
      it(`times ${tokens} tokens is the plain sum: ${rows} rows`, () => {
        const { at, weights } = placeMatrix(type, rows, columns)
        const x = floats(tokens * columns)
        x.view.set(Array.from(x.view, () => random() * 4 - 2))
        const plain = roundPlainly(x.view, KINDS[type].values)
        const out = floats(tokens * rows)
        kernel[`multiply_${name}`](
          out.at,
          at,
          placeRounded(type, x.at, tokens * columns),
          rows,
          columns,
          tokens,
        )
        for (let token = 0; token < tokens; token++) {
          for (let row = 0; row < rows; row++) {
            let [sum, size] = [0, 0]
            for (let i = 0; i < columns; i++) {
              const product = (weights[row * columns + i] ?? 0) * (plain[token * columns + i] ?? 0)
              sum += product
              size += Math.abs(product)
            }
            // Scales of 32 activations are halves, which is 1/2048 of each product at most.
            expect(Math.abs((out.view[token * rows + row] ?? 0) - sum)).toBeLessThan(size / 1500)
          }
        }
      })
    }
  }

  it('gives a token the same bits alone and among others', () => {
    const [rows, tokens] = [45, 7]
    const { at } = placeMatrix(type, rows, columns)
    const x = floats(tokens * columns)
    x.view.set(Array.from(x.view, () => random() * 4 - 2))
    const together = floats(tokens * rows)
    const multiply = kernel[`multiply_${name}`]
    multiply(together.at, at, placeRounded(type, x.at, tokens * columns), rows, columns, tokens)
    for (let token = 0; token < tokens; token++) {
      const alone = floats(rows)
      multiply(alone.at, at, placeRounded(type, x.at + token * columns * 4, columns), rows, columns, 1)
      expect(alone.view).toEqual(together.view.slice(token * rows, (token + 1) * rows))
    }
  })

  it('makes nothing of nothing', () => {
    const { at } = placeMatrix(type, 16, columns)
    const out = floats(16)
    kernel[`multiply_${name}`](out.at, at, placeRounded(type, floats(columns).at, columns), 16, columns, 1)
    expect(out.view.every((value) => value === 0)).toBe(true)
  })
})

describe('BF16', () => {
  const bits = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0

  it('rounds to the nearest, ties to even', () => {
    const cases: readonly (readonly [number, number])[] = [
      [0x3f808000, 0x3f800000],
      [0x3f818000, 0x3f820000],
      [0x3f808001, 0x3f810000],
      [0xbf80ffff, 0xbf810000],
    ]
    const x = floats(4)
    new Uint32Array(memory.buffer, x.at, 4).set(cases.map(([from]) => from))
    kernel.round_brain(x.at, x.at, 4)
    expect(Array.from(x.view, bits)).toEqual(cases.map(([, to]) => to))
  })

  it('multiplies as the numbers it stands for', () => {
    const [rows, columns, tokens] = [3, 8, 9]
    const matrix = place(rows * columns * 2)
    const halves = new Uint16Array(memory.buffer, matrix, rows * columns)
    halves.set(Array.from(halves, () => bits(random() - 0.5) >>> 16))
    const weights = Array.from(halves, (half) => new Float32Array(Uint32Array.of(half << 16).buffer)[0] ?? 0)
    const x = floats(tokens * columns)
    x.view.set(Array.from(x.view, () => random()))
    const out = floats(tokens * rows)
    kernel.multiply_bf16(out.at, matrix, x.at, rows, columns, tokens)
    for (let token = 0; token < tokens; token++)
      for (let row = 0; row < rows; row++) {
        const products = Array.from(
          { length: columns },
          (_, i) => (weights[row * columns + i] ?? 0) * (x.view[token * columns + i] ?? 0),
        )
        expect(out.view[token * rows + row]).toBeCloseTo(
          products.reduce((sum, each) => sum + each),
          5,
        )
      }
    const row = floats(columns)
    kernel.row_bf16(row.at, matrix, 1, columns)
    expect(Array.from(row.view)).toEqual(weights.slice(columns, 2 * columns))
  })
})

describe('numbers of types', () => {
  it('are the ones in files, each once', () => {
    expect(new Set(TENSOR_TYPES.map((type) => FORMATS[type].number)).size).toBe(TENSOR_TYPES.length)
    for (const type of TENSOR_TYPES) expect(typeOf(FORMATS[type].number)).toBe(type)
    expect(typeOf(12)).toBe('Q4_K')
  })

  it('of what is not run have a name where there is one', () => {
    expect(typeOf(23)).toBeUndefined()
    expect(nameOf(23)).toBe('IQ4_XS')
    expect(nameOf(99)).toBe('number 99')
  })
})
