import { describe, expect, it } from 'vitest'
import { readGguf, ModelFileError } from '../../../workers/micro/gguf.ts'
import { loadModel } from '../../../workers/micro/model.ts'
import { kernelModule } from './load.ts'
import { makeGguf, SMALL } from './synthetic.ts'

const file = makeGguf(SMALL)
const kernel = kernelModule()

function changed(change: (view: DataView<ArrayBuffer>) => void): ArrayBuffer {
  const copy = file.slice(0)
  change(new DataView(copy))
  return copy
}

/** Where a text stands in the file. */
function find(text: string): number {
  const bytes = new Uint8Array(file)
  const wanted = new TextEncoder().encode(text)
  for (let at = 0; at < bytes.length; at++) if (wanted.every((byte, i) => bytes[at + i] === byte)) return at
  throw new Error(`${text} is not in the file`)
}

describe('a sound file', () => {
  it('gives metadata and tensors with their places', () => {
    const { metadata, tensors } = readGguf(file)
    expect(metadata.get('general.architecture')).toBe('llama')
    expect(metadata.get('llama.embedding_length')).toBe(64)
    expect(metadata.get('tokenizer.ggml.add_bos_token')).toBe(false)
    expect(metadata.get('llama.attention.layer_norm_rms_epsilon')).toBeCloseTo(1e-5, 9)
    expect(metadata.get('tokenizer.ggml.merges')).toHaveLength(120)
    expect(tensors.get('blk.1.ffn_down.weight')).toMatchObject({ type: 'Q8_0', columns: 96, rows: 64 })
    expect(tensors.get('output_norm.weight')).toMatchObject({ type: 'F32', columns: 64, rows: 1 })
    expect(tensors.size).toBe(2 + 2 * 9)
  })

  it('may lie at any address', () => {
    expect(() => loadModel(file, kernel)).not.toThrow()
  })
})

describe('a damaged file', () => {
  it('is refused wherever it is cut off', () => {
    for (let length = 0; length < file.byteLength; length += 997) {
      expect(() => readGguf(file.slice(0, length)), `cut at ${length}`).toThrow(ModelFileError)
    }
    expect(() => readGguf(file.slice(0, file.byteLength - 200))).toThrow('cut off or damaged')
  })

  const firstTensor = find('token_embd.weight') + 'token_embd.weight'.length
  const cases: [string, (view: DataView<ArrayBuffer>) => void, string][] = [
    ['another kind of file', (view) => view.setUint32(0, 0x04034b50, true), 'not a GGUF file'],
    ['an unknown version', (view) => view.setUint32(4, 9, true), 'GGUF version 9'],
    ['an absurd number of tensors', (view) => view.setBigUint64(8, 1n << 40n, true), 'tensors'],
    ['a length beyond all numbers', (view) => view.setBigUint64(16, 1n << 60n, true), 'impossible length'],
    [
      'an unknown metadata type',
      (view) => view.setUint32(find('general.name') + 12, 77, true),
      'unknown type 77',
    ],
    ['too many dimensions', (view) => view.setUint32(firstTensor, 9, true), '9 dimensions'],
    [
      'an unsupported tensor type',
      (view) => view.setUint32(firstTensor + 20, 23, true),
      'is of type IQ4_XS; micro runs F32, F16, BF16, Q8_0',
    ],
    [
      'a tensor beyond the end',
      (view) => view.setBigUint64(firstTensor + 24, 1n << 24n, true),
      'cut off or damaged',
    ],
    ['a misaligned tensor', (view) => view.setBigUint64(firstTensor + 24, 4n, true), 'not a multiple of 32'],
    ['rows that do not fill blocks', (view) => view.setBigUint64(firstTensor + 4, 63n, true), 'blocks of 32'],
  ]
  for (const [name, change, sentence] of cases) {
    it(`is refused with a reason: ${name}`, () => expect(() => readGguf(changed(change))).toThrow(sentence))
  }

  it('is refused when a tensor stands twice', () => {
    const twice = changed((view) => view.setUint8(find('blk.1.attn_q') + 4, '0'.charCodeAt(0)))
    expect(() => readGguf(twice)).toThrow('stands twice')
  })
})

describe('a model this engine does not run', () => {
  const cases: [string, Parameters<typeof makeGguf>[1], string][] = [
    ['another architecture', { 'general.architecture': 'qwen2' }, 'architecture is qwen2'],
    ['no architecture', { 'general.architecture': undefined }, 'should be text; it is missing'],
    ['a width as text', { 'llama.embedding_length': 'wide' }, 'should be a number'],
    ['no layers', { 'llama.block_count': 0 }, 'whole number from 1 up'],
    ['more layers than tensors', { 'llama.block_count': 3 }, 'no tensor blk.2.attn_norm.weight'],
    ['fewer layers than tensors', { 'llama.block_count': 1 }, 'has a tensor blk.1'],
    ['heads that do not divide', { 'llama.attention.head_count_kv': 3 }, 'cannot share'],
    ['a wrong matrix size', { 'llama.feed_forward_length': 128 }, 'the metadata asks for 128 x 64'],
    ['scaled positions', { 'llama.rope.scaling.type': 'linear' }, 'rotary positions'],
    ['an odd rotation', { 'llama.rope.dimension_count': 7 }, 'dimension_count is 7'],
    ['a width out of blocks', { 'llama.embedding_length': 40 }, 'multiple of 32'],
  ]
  for (const [name, metadata, sentence] of cases) {
    it(`is refused with a reason: ${name}`, () =>
      expect(() => loadModel(makeGguf(SMALL, metadata), kernel)).toThrow(sentence))
  }
})
