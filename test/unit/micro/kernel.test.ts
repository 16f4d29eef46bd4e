import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { connectKernel, KERNEL_RESERVE } from '../../../workers/micro/kernel.ts'
import { KERNEL_BUILD } from '../../../workers/micro/kernel/build.ts'
import { halfToNumber } from '../../../workers/micro/weights.ts'
import { kernelModule, readBytes } from './load.ts'
import { seededRandom } from '../../../shared/random.ts'
import { numberToHalf } from './blocks.ts'

const memory = new WebAssembly.Memory({ initial: 64, maximum: 64 })
const kernel = connectKernel(kernelModule(), memory)
const random = seededRandom(7)

let next = KERNEL_RESERVE
function place(bytes: number): number {
  const at = next
  next = Math.ceil((next + bytes) / 64) * 64
  return at
}
function floats(count: number, make: (index: number) => number = () => 0) {
  const at = place(count * 4)
  const view = new Float32Array(memory.buffer, at, count)
  view.set(Array.from({ length: count }, (_, index) => make(index)))
  return { at, view }
}
const spread = () => (random() - 0.5) * 4
const round = (value: number) => halfToNumber(numberToHalf(value))

/** llama.cpp's Q8_0 in plain TypeScript: the integers and scales of blocks of 32. */
function quantizePlainly(x: ArrayLike<number>) {
  const integers: number[] = []
  const scales: number[] = []
  for (let from = 0; from < x.length; from += 32) {
    const block = Array.from({ length: 32 }, (_, i) => x[from + i] ?? 0)
    const peak = Math.max(...block.map(Math.abs))
    scales.push(round(Math.fround(peak / 127)))
    const inverse = peak === 0 ? 0 : Math.fround(127 / peak)
    integers.push(...Int16Array.from(block, (value) => Math.round(Math.fround(value * inverse))))
  }
  return { integers, scales }
}

type Bits = 8 | 4 | '4 and an offset'
const KERNELS = {
  8: { repack: kernel.repack_q8, multiply: kernel.multiply_q8, row: kernel.row_q8 },
  4: { repack: kernel.repack_q4, multiply: kernel.multiply_q4, row: kernel.row_q4 },
  '4 and an offset': { repack: kernel.repack_q4_1, multiply: kernel.multiply_q4_1, row: kernel.row_q4_1 },
}

/** A quantized matrix, laid out as a file has it and then put in the kernel's order; `weights` are its numbers. */
function placeMatrix(
  bits: Bits,
  rows: number,
  columns: number,
  integer: () => number = () => Math.floor(random() * (bits === 8 ? 255 : 16)) - (bits === 8 ? 127 : 8),
) {
  const [bytes, blocks] = [{ 8: 34, 4: 18, '4 and an offset': 20 }[bits], (rows * columns) / 32]
  const [header, lift] = bits === '4 and an offset' ? [4, 8] : [2, 0]
  const at = place(blocks * bytes)
  const view = new DataView(memory.buffer, at, blocks * bytes)
  const weights: number[] = []
  for (let block = 0; block < blocks; block++) {
    const scale = numberToHalf(random() / 10)
    view.setUint16(block * bytes, scale, true)
    const whole = Array.from({ length: 32 }, integer)
    const added = numberToHalf(lift === 0 ? 0 : spread() / 10)
    if (lift > 0) view.setUint16(block * bytes + 2, added, true)
    weights.push(...whole.map((each) => (each + lift) * halfToNumber(scale) + halfToNumber(added)))
    if (bits === 8) whole.forEach((each, i) => view.setInt8(block * bytes + header + i, each))
    else
      for (let i = 0; i < 16; i++)
        view.setUint8(block * bytes + header + i, ((whole[i] ?? 0) + 8) | (((whole[i + 16] ?? 0) + 8) << 4))
  }
  KERNELS[bits].repack(at, place(4 * columns * 2), rows, columns)
  return { at, weights }
}

/** Activations as `quantize` leaves them. */
function placeRounded(x: number, count: number) {
  const at = place(count * 3 + (count * 16) / 32)
  kernel.quantize(at, x, count)
  return {
    at,
    values: new Int8Array(memory.buffer, at, count),
    scales: new Float32Array(memory.buffer, at + 3 * count, count / 32),
  }
}

describe('the binary', () => {
  it('is the one the build script says it is', () => {
    const script = new TextDecoder().decode(readBytes('workers/micro/kernel/build.sh'))
    const binary = new Uint8Array(readBytes('workers/micro/kernel/kernel.wasm'))
    const sha256 = createHash('sha256').update(binary).digest('hex')
    expect(script).toContain(`# sha256 ${sha256}\n`)
    expect(KERNEL_BUILD.split('-').at(-1)).toBe(sha256.slice(0, 12))
  })

  it('is small', () => expect(readBytes('workers/micro/kernel/kernel.wasm').byteLength).toBeLessThan(172_032))

  it('is refused when it is another one', () => {
    const empty = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))
    expect(() => connectKernel(empty, memory)).toThrow('kernel.wasm does not fit this engine')
  })
})

describe('halves', () => {
  it('round as the standard says, subnormals and ties included', () => {
    const values = [
      0,
      -0,
      1,
      -1,
      0.1,
      1 / 3,
      65504,
      -65504,
      6e-5,
      6.1e-5,
      5.96e-8,
      2.98e-8,
      2.99e-8,
      1e-7,
      2049,
      2051,
      1024.5,
      0.00012345,
      -3e-6,
      65519,
    ]
    const x = floats(values.length, (i) => values[i] ?? 0)
    const out = place(values.length * 2)
    kernel.store_half(out, x.at, values.length)
    expect(Array.from(new Uint16Array(memory.buffer, out, values.length))).toEqual(values.map(numberToHalf))
    kernel.round_half(x.at, x.at, values.length)
    expect(Array.from(x.view)).toEqual(values.map(round))
  })

  it('saturate instead of becoming infinite', () => {
    const x = floats(4, () => 1e9)
    kernel.round_half(x.at, x.at, 4)
    expect(x.view[0]).toBe(65504)
  })

  it('read back alike in TypeScript, all of them', () => {
    const view = new DataView(new ArrayBuffer(2))
    for (let bits = 0; bits < 0x7c00; bits++) {
      view.setUint16(0, bits)
      expect(halfToNumber(bits)).toBe(view.getFloat16(0))
    }
  })
})

describe('matrices', () => {
  const columns = 96
  for (const rows of [1, 4, 7]) {
    for (const tokens of [1, 3, 8, 11]) {
      const x = floats(tokens * columns, spread)
      const rounded = quantizePlainly(x.view)
      const label = `${rows} rows, ${tokens} tokens`

      it(`of 8 and 4 bits equal the plain sums: ${label}`, () => {
        const q = placeRounded(x.at, tokens * columns)
        expect(Array.from(q.scales)).toEqual(rounded.scales)
        expect(Array.from(q.values)).toEqual(rounded.integers)

        for (const [bits, run] of [
          [8, kernel.multiply_narrow],
          [8, kernel.multiply_q8],
          [4, kernel.multiply_q4],
          ['4 and an offset', kernel.multiply_q4_1],
        ] as const) {
          const { at, weights } = placeMatrix(bits, rows, columns)
          const out = floats(tokens * rows)
          run(out.at, at, q.at, rows, columns, tokens)
          for (let token = 0; token < tokens; token++) {
            for (let row = 0; row < rows; row++) {
              let sum = 0
              for (let i = 0; i < columns; i++) {
                const value =
                  (rounded.integers[token * columns + i] ?? 0) *
                  (rounded.scales[Math.floor((token * columns + i) / 32)] ?? 0)
                sum += (weights[row * columns + i] ?? 0) * value
              }
              expect(out.view[token * rows + row]).toBeCloseTo(sum, 2)
            }
          }
          const row = floats(columns)
          for (let index = 0; index < rows; index++) {
            KERNELS[bits].row(row.at, at, index, rows, columns)
            row.view.forEach((value, i) => expect(value).toBeCloseTo(weights[index * columns + i] ?? 0, 6))
          }
        }
      })

      it(`of f32 and f16 equal the plain sums: ${label}`, () => {
        const weights = floats(rows * columns, () => round(spread()))
        const halves = place(rows * columns * 2)
        kernel.store_half(halves, weights.at, rows * columns)
        const out = floats(tokens * rows)
        const outHalf = floats(tokens * rows)
        kernel.multiply_f32(out.at, weights.at, x.at, rows, columns, tokens)
        kernel.multiply_f16(outHalf.at, halves, x.at, rows, columns, tokens)
        expect(outHalf.view).toEqual(out.view)
        for (let token = 0; token < tokens; token++) {
          for (let row = 0; row < rows; row++) {
            let sum = 0
            for (let i = 0; i < columns; i++)
              sum += (weights.view[row * columns + i] ?? 0) * (x.view[token * columns + i] ?? 0)
            expect(out.view[token * rows + row]).toBeCloseTo(sum, 3)
          }
        }
        const one = floats(columns)
        kernel.row_f16(one.at, halves, rows - 1, columns)
        expect(one.view).toEqual(weights.view.slice(-columns))
        kernel.row_f32(one.at, weights.at, rows - 1, columns)
        expect(one.view).toEqual(weights.view.slice(-columns))
      })
    }
  }

  for (const bits of [8, 4, '4 and an offset'] as const) {
    it(`of ${bits} bits give a token the same bits alone and among others`, () => {
      const rows = 13
      const { at } = placeMatrix(bits, rows, columns)
      const x = floats(9 * columns, spread)
      const run = KERNELS[bits].multiply
      const together = floats(9 * rows)
      run(together.at, at, placeRounded(x.at, 9 * columns).at, rows, columns, 9)
      for (let token = 0; token < 9; token++) {
        const alone = floats(rows)
        run(alone.at, at, placeRounded(x.at + token * columns * 4, columns).at, rows, columns, 1)
        expect(alone.view).toEqual(together.view.slice(token * rows, (token + 1) * rows))
      }
    })
  }

  it('give the same bits both ways in which 8-bit products can be made', () => {
    const rows = 13
    const { at } = placeMatrix(8, rows, columns)
    const x = placeRounded(floats(7 * columns, spread).at, 7 * columns)
    const [narrow, chosen] = [floats(7 * rows), floats(7 * rows)]
    kernel.multiply_narrow(narrow.at, at, x.at, rows, columns, 7)
    kernel.multiply_q8(chosen.at, at, x.at, rows, columns, 7)
    expect(chosen.view).toEqual(narrow.view)
  })

  it('take the whole range of their integers, the ends included', () => {
    const rows = 4
    const { at, weights } = placeMatrix(8, rows, columns, () => -128)
    const x = floats(columns, (index) => (index % 2 === 0 ? 3 : -3))
    const out = floats(rows)
    kernel.multiply_q8(out.at, at, placeRounded(x.at, columns).at, rows, columns, 1)
    expect(weights[0]).toBeLessThan(0)
    for (const value of out.view) expect(value).toBe(0)
    x.view.fill(-3)
    kernel.multiply_q8(out.at, at, placeRounded(x.at, columns).at, rows, columns, 1)
    for (const [row, value] of out.view.entries()) {
      const sum = weights
        .slice(row * columns, (row + 1) * columns)
        .reduce((total, weight) => total - 3 * weight, 0)
      expect(Math.abs(value / sum - 1)).toBeLessThan(1e-3)
    }
  })
})

describe('the steps between', () => {
  it('norms by the root of the mean square', () => {
    const width = 64
    const x = floats(2 * width, spread)
    const weight = floats(width, spread)
    const out = floats(2 * width)
    kernel.rms_norm(out.at, x.at, weight.at, width, 2, 1e-5)
    for (const token of [0, 1]) {
      const values = Array.from(x.view.slice(token * width, (token + 1) * width))
      const scale = 1 / Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / width + 1e-5)
      values.forEach((value, i) =>
        expect(out.view[token * width + i]).toBeCloseTo(value * scale * (weight.view[i] ?? 0), 4),
      )
    }
  })

  it('turns neighbouring pairs and leaves the rest of a head', () => {
    const x = floats(16, spread)
    const before = Array.from(x.view)
    const angles = [0.3, 2.1]
    const turns = floats(4, (i) => (i % 2 === 0 ? Math.cos : Math.sin)(angles[Math.floor(i / 2)] ?? 0))
    kernel.rotate(x.at, turns.at, 2, 8, 4)
    for (const head of [0, 8]) {
      angles.forEach((angle, pair) => {
        const [a = 0, b = 0] = before.slice(head + pair * 2)
        expect(x.view[head + pair * 2]).toBeCloseTo(a * Math.cos(angle) - b * Math.sin(angle), 5)
        expect(x.view[head + pair * 2 + 1]).toBeCloseTo(a * Math.sin(angle) + b * Math.cos(angle), 5)
      })
      expect(Array.from(x.view.slice(head + 4, head + 8))).toEqual(before.slice(head + 4, head + 8))
    }
  })

  it('activates with silu times up, far out too', () => {
    const gates = [-100, -20, -5, -1, -0.1, 0, 0.1, 1, 5, 20, 100, 3]
    const gate = floats(12, (i) => gates[i] ?? 0)
    const up = floats(12, spread)
    const out = floats(12)
    kernel.swiglu(out.at, gate.at, up.at, 12)
    gates.forEach((g, i) => expect(out.view[i]).toBeCloseTo((g / (1 + Math.exp(-g))) * (up.view[i] ?? 0), 4))
  })

  it('adds, finds the first largest and sums exponentials', () => {
    const x = floats(10, (i) => [1, 5, -2, 5, 0, 3, 3, 3, 1, -9][i] ?? 0)
    const y = floats(12, () => 1)
    expect(kernel.argmax(x.at, 10)).toBe(1)
    const plain = Array.from(x.view).reduce((sum, value) => sum + Math.exp(value - 5), 0)
    expect(kernel.exp_sum(x.at, 10, 5)).toBeCloseTo(plain, 6)
    kernel.add(x.at, y.at, 8)
    expect(Array.from(x.view)).toEqual([2, 6, -1, 6, 1, 4, 4, 4, 1, -9])
  })

  for (const [first, tokens] of [
    [36, 1],
    [0, 37],
    [17, 20],
  ] as const) {
    it(`attends over pages as over one list: ${tokens} tokens from ${first}`, () => {
      const [heads, keyValueHeads, headLength, pageTokens] = [4, 2, 40, 16]
      const count = first + tokens
      const width = keyValueHeads * headLength
      const pages = [0, 1, 2].map(() => place(2 * pageTokens * width * 2)).reverse()
      const table = place(12)
      new Uint32Array(memory.buffer, table, 3).set(pages)
      const valueOffset = pageTokens * width * 2
      const keys = Array.from({ length: count * width }, () => round(spread()))
      const values = Array.from({ length: count * width }, () => round(spread()))
      for (let position = 0; position < count; position++) {
        const slot = (pages[Math.floor(position / pageTokens)] ?? 0) + (position % pageTokens) * width * 2
        const halves = (list: number[]) =>
          list.slice(position * width, (position + 1) * width).map(numberToHalf)
        new Uint16Array(memory.buffer, slot, width).set(halves(keys))
        new Uint16Array(memory.buffer, slot + valueOffset, width).set(halves(values))
      }
      const query = floats(tokens * heads * headLength, () => spread() / 4)
      const out = floats(tokens * heads * headLength)
      const room = floats(pageTokens * headLength)
      const scores = floats(tokens * 2 * 40)
      kernel.attend(
        out.at,
        query.at,
        table,
        first,
        tokens,
        pageTokens,
        0,
        valueOffset,
        heads,
        keyValueHeads,
        headLength,
        room.at,
        scores.at,
        40,
      )
      for (let row = 0; row < tokens * heads; row++) {
        const offset = Math.floor((row % heads) / 2) * headLength
        const seen = first + Math.floor(row / heads) + 1
        const weights = Array.from({ length: seen }, (_, position) => {
          let dot = 0
          for (let i = 0; i < headLength; i++)
            dot += (query.view[row * headLength + i] ?? 0) * (keys[position * width + offset + i] ?? 0)
          return Math.exp(dot / Math.sqrt(headLength))
        })
        const total = weights.reduce((sum, weight) => sum + weight, 0)
        for (let i = 0; i < headLength; i++) {
          const mean = weights.reduce(
            (sum, weight, position) => sum + (weight / total) * (values[position * width + offset + i] ?? 0),
            0,
          )
          // Weights are rounded to halves on the way, as in llama.cpp.
          expect(out.view[row * headLength + i]).toBeCloseTo(mean, 2)
        }
      }
    })
  }
})
