// Writes model files of many parameters quickly: a real head with random weights. Speed and memory do not depend on what
// the weights say. The same bytes every time.
import { closeSync, openSync, writeSync } from 'node:fs'
import { BYTE_CHARACTERS } from '../../../workers/micro/bytes.ts'
import { FORMATS } from '../../../workers/micro/formats.ts'
import { numberToHalf } from '../../../test/unit/micro/blocks.ts'

export interface Sizes {
  readonly width: number
  readonly blocks: number
  readonly heads: number
  readonly keyValueHeads: number
  readonly hidden: number
  readonly context: number
  readonly vocabulary: number
  /** Of the matrices; the embedding, which is the output too, is Q8_0 as llama.cpp leaves it. */
  readonly type: Type
  /** Of those whose rows are a multiple of 256 long, where it is another. */
  readonly wide?: Type
}

type Type = 'Q8_0' | 'Q4_0' | 'Q5_0' | 'Q4_K' | 'Q6_K'

export const FIFTEEN_MILLION: Sizes = {
  width: 384,
  blocks: 8,
  heads: 6,
  keyValueHeads: 6,
  hidden: 1024,
  context: 2_048,
  vocabulary: 2_048,
  type: 'Q8_0',
}

/** The shape of SmolLM2-135M. */
export const HUNDRED_THIRTY_FIVE_MILLION: Sizes = {
  width: 576,
  blocks: 30,
  heads: 9,
  keyValueHeads: 3,
  hidden: 1536,
  context: 512,
  vocabulary: 49_152,
  type: 'Q4_0',
}

/** The same as llama.cpp's Q4_K_M has it: 576 is no multiple of 256, so most of it falls back to Q5_0. */
export const MIXED: Sizes = { ...HUNDRED_THIRTY_FIVE_MILLION, type: 'Q5_0', wide: 'Q4_K' }

/** Rows of 512, so that all matrices are of the K formats. */
export const K_FORMATS: Sizes = {
  ...HUNDRED_THIRTY_FIVE_MILLION,
  width: 512,
  heads: 8,
  keyValueHeads: 4,
  type: 'Q4_K',
  wide: 'Q4_K',
}
export const SIX_BITS: Sizes = { ...K_FORMATS, blocks: 20, type: 'Q6_K', wide: 'Q6_K' }

interface Planned {
  readonly name: string
  readonly rows: number
  readonly columns: number
  readonly type: 'F32' | Type
}

/** Where in a block its halves lie. */
const HALVES: Readonly<Record<Type, readonly number[]>> = {
  Q8_0: [0],
  Q4_0: [0],
  Q5_0: [0],
  Q4_K: [0, 2],
  Q6_K: [208],
}

const bytesIn = (type: 'F32' | Type, values: number): number =>
  (values / FORMATS[type].values) * FORMATS[type].bytes

function planTensors(sizes: Sizes): Planned[] {
  const { width, hidden } = sizes
  const typeOf = (columns: number) => (columns % 256 === 0 ? (sizes.wide ?? sizes.type) : sizes.type)
  const keyValue = (width / sizes.heads) * sizes.keyValueHeads
  const matrix = (name: string, rows: number, columns: number): Planned => ({
    name,
    rows,
    columns,
    type: typeOf(columns),
  })
  const norm = (name: string): Planned => ({ name, rows: 0, columns: width, type: 'F32' })
  const blocks = Array.from({ length: sizes.blocks }, (_, block) => {
    const at = `blk.${block}`
    return [
      norm(`${at}.attn_norm.weight`),
      matrix(`${at}.attn_q.weight`, width, width),
      matrix(`${at}.attn_k.weight`, keyValue, width),
      matrix(`${at}.attn_v.weight`, keyValue, width),
      matrix(`${at}.attn_output.weight`, width, width),
      norm(`${at}.ffn_norm.weight`),
      matrix(`${at}.ffn_gate.weight`, hidden, width),
      matrix(`${at}.ffn_up.weight`, hidden, width),
      matrix(`${at}.ffn_down.weight`, width, hidden),
    ]
  })
  return [
    { name: 'token_embd.weight', rows: sizes.vocabulary, columns: width, type: 'Q8_0' },
    ...blocks.flat(),
    norm('output_norm.weight'),
  ]
}

/** Numbers, little-endian, as GGUF writes them. */
const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer)
const u64 = (value: number) => Buffer.from(BigUint64Array.of(BigInt(value)).buffer)
const text = (value: string) => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)])

function writeHead(sizes: Sizes, tensors: readonly Planned[]): Buffer {
  const { width, vocabulary } = sizes
  const control = ['<|im_start|>', '<|im_end|>']
  // The tokenizers want at least one merge.
  const fillers = Array.from({ length: vocabulary - 257 - control.length }, (_, index) => `word${index}`)
  const tokens = [...BYTE_CHARACTERS, 'th', ...fillers, ...control]
  const list = (type: number, items: readonly Buffer[]) => [
    u32(9),
    u32(type),
    u64(items.length),
    Buffer.concat(items),
  ]
  const number = (value: number) => [u32(4), u32(value)]
  const float = (value: number) => [u32(6), Buffer.from(Float32Array.of(value).buffer)]
  const words = (value: string) => [u32(8), text(value)]
  const metadata: Readonly<Record<string, readonly Buffer[]>> = {
    'general.architecture': words('llama'),
    'llama.context_length': number(sizes.context),
    'llama.embedding_length': number(width),
    'llama.block_count': number(sizes.blocks),
    'llama.feed_forward_length': number(sizes.hidden),
    'llama.attention.head_count': number(sizes.heads),
    'llama.attention.head_count_kv': number(sizes.keyValueHeads),
    'llama.attention.layer_norm_rms_epsilon': float(1e-5),
    'llama.rope.dimension_count': number(width / sizes.heads),
    'llama.rope.freq_base': float(10_000),
    'llama.vocab_size': number(vocabulary),
    'tokenizer.ggml.model': words('gpt2'),
    'tokenizer.ggml.pre': words('smollm'),
    'tokenizer.ggml.tokens': list(8, tokens.map(text)),
    'tokenizer.ggml.token_type': list(
      5,
      tokens.map((_, id) => u32(id < vocabulary - control.length ? 1 : 3)),
    ),
    'tokenizer.ggml.merges': list(8, [text('t h')]),
    'tokenizer.ggml.eos_token_id': number(vocabulary - 1),
    'tokenizer.ggml.add_bos_token': [u32(7), Buffer.from([0])],
    'tokenizer.chat_template': words(
      "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
    ),
  }
  const parts: Buffer[] = [Buffer.from('GGUF'), u32(3), u64(tensors.length)]
  parts.push(u64(Object.keys(metadata).length))
  for (const [key, value] of Object.entries(metadata)) parts.push(text(key), ...value)
  let offset = 0
  for (const { name, rows, columns, type } of tensors) {
    const shape = rows === 0 ? [columns] : [columns, rows]
    parts.push(text(name), u32(shape.length), ...shape.map(u64), u32(FORMATS[type].number), u64(offset))
    offset += Math.ceil(bytesIn(type, Math.max(rows, 1) * columns) / 32) * 32
  }
  const head = Buffer.concat(parts)
  return Buffer.concat([head, Buffer.alloc((32 - (head.length % 32)) % 32)])
}

/** Random blocks, each with a scale of its own. */
function fill({ rows, columns, type }: Planned, random: () => number): Uint8Array {
  const bytes = bytesIn(type, Math.max(rows, 1) * columns)
  const padded = new Uint8Array(Math.ceil(bytes / 32) * 32)
  if (type === 'F32') {
    new Float32Array(padded.buffer, 0, columns).fill(1)
    return padded
  }
  const words = new Uint32Array(padded.buffer)
  for (let at = 0; at < words.length; at++) words[at] = random()
  const view = new DataView(padded.buffer)
  // About as large as what the integers and their own scales are on average.
  const step = { Q8_0: 73, Q4_0: 4.6, Q5_0: 9, Q4_K: 280, Q6_K: 1300 }[type]
  const scale = numberToHalf(1.4 / Math.sqrt(columns) / step)
  const block = FORMATS[type].bytes
  for (let at = 0; at < bytes; at += block)
    for (const half of HALVES[type]) view.setUint16(at + half, scale, true)
  return padded
}

export function writeLarge(path: string, sizes: Sizes): void {
  let state = 0x9e3779b9
  const random = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  const tensors = planTensors(sizes)
  const descriptor = openSync(path, 'w')
  try {
    writeSync(descriptor, writeHead(sizes, tensors))
    for (const tensor of tensors) writeSync(descriptor, fill(tensor, random))
  } finally {
    closeSync(descriptor)
  }
}
