// Makes small random llama models as GGUF bytes, the same for the same seed everywhere, for tests and the oracle.
import { seededRandom } from '../../../shared/random.ts'
import { BYTE_CHARACTERS } from '../../../workers/micro/bytes.ts'
import { FORMATS, type TensorType } from '../../../workers/micro/formats.ts'
import { bytesOf, KINDS, numberToHalf, roundBlock } from './blocks.ts'
import { learnMerges, NASTY_TEXTS } from './texts.ts'

export interface Recipe {
  readonly seed: number
  readonly type: TensorType
  /** Of the matrices that quantizers keep better: values, the second of the feed-forward pair, and the output. */
  readonly better?: TensorType
  readonly embeddingLength: number
  readonly blockCount: number
  readonly headCount: number
  readonly keyValueHeadCount: number
  readonly feedForwardLength: number
  readonly contextLength: number
  readonly merges: number
  readonly preTokenizer: string
  readonly separateOutput: boolean
}

export const SMALL: Recipe = {
  seed: 1,
  type: 'Q8_0',
  embeddingLength: 64,
  blockCount: 2,
  headCount: 4,
  keyValueHeadCount: 2,
  feedForwardLength: 96,
  contextLength: 256,
  merges: 120,
  preTokenizer: 'smollm',
  separateOutput: false,
}

const CHATML =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

/** Bytes that grow as they are written, little-endian. */
function makeWriter() {
  let bytes = new Uint8Array(1 << 16)
  let length = 0
  const room = (count: number): number => {
    if (length + count > bytes.length) {
      const larger = new Uint8Array(Math.max(bytes.length * 2, length + count))
      larger.set(bytes)
      bytes = larger
    }
    length += count
    return length - count
  }
  const put = (count: number, write: (view: DataView, at: number) => void): void => {
    const at = room(count)
    write(new DataView(bytes.buffer), at)
  }
  const raw = (source: Uint8Array): void => {
    const at = room(source.length)
    bytes.set(source, at)
  }
  const writer = {
    u8: (value: number) => put(1, (view, at) => view.setUint8(at, value)),
    u16: (value: number) => put(2, (view, at) => view.setUint16(at, value, true)),
    u32: (value: number) => put(4, (view, at) => view.setUint32(at, value, true)),
    u64: (value: number) => put(8, (view, at) => view.setBigUint64(at, BigInt(value), true)),
    f32: (value: number) => put(4, (view, at) => view.setFloat32(at, value, true)),
    raw,
    text: (value: string) => {
      const encoded = new TextEncoder().encode(value)
      writer.u64(encoded.length)
      raw(encoded)
    },
    align: (to: number) => raw(new Uint8Array((to - (length % to)) % to)),
    finish: (): ArrayBuffer => bytes.slice(0, length).buffer,
  }
  return writer
}

type Writer = ReturnType<typeof makeWriter>

type Meta =
  | string
  | number
  | boolean
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | readonly string[]
  | readonly number[]

function writeMeta(writer: Writer, key: string, value: Meta): void {
  writer.text(key)
  if (typeof value === 'string') {
    writer.u32(8)
    writer.text(value)
  } else if (typeof value === 'number') {
    writer.u32(4)
    writer.u32(value)
  } else if (typeof value === 'boolean') {
    writer.u32(7)
    writer.u8(Number(value))
  } else if ('float' in value) {
    writer.u32(6)
    writer.f32(value.float)
  } else if ('floats' in value) {
    writer.u32(9)
    writer.u32(6)
    writer.u64(value.floats.length)
    value.floats.forEach(writer.f32)
  } else {
    writer.u32(9)
    writer.u32(typeof value[0] === 'string' ? 8 : 5)
    writer.u64(value.length)
    for (const each of value) {
      if (typeof each === 'string') writer.text(each)
      else writer.u32(each)
    }
  }
}

/** Merges by their number: learning them takes longer than the rest of a small model. */
const learned = new Map<number, readonly string[]>()

function makeVocabulary(mergeCount: number): { tokens: readonly string[]; merges: readonly string[] } {
  const merges = learned.get(mergeCount) ?? learnMerges(NASTY_TEXTS, mergeCount, BYTE_CHARACTERS)
  learned.set(mergeCount, merges)
  const joined = merges.map((merge) => merge.replace(' ', ''))
  return { tokens: [...BYTE_CHARACTERS, ...new Set(joined), '<|im_start|>', '<|im_end|>'], merges }
}

function writeTensor(writer: Writer, type: TensorType, values: Float32Array): void {
  if (type === 'F32') values.forEach(writer.f32)
  else if (type === 'F16') values.forEach((value) => writer.u16(numberToHalf(value)))
  else if (type === 'BF16') {
    // Cut off and not rounded: any number will do, as long as everybody reads the same.
    const words = new Uint16Array(values.buffer, values.byteOffset, values.length * 2)
    values.forEach((_, index) => writer.u16(words[index * 2 + 1] ?? 0))
  } else {
    const { values: length } = KINDS[type]
    for (let from = 0; from < values.length; from += length)
      writer.raw(
        Uint8Array.from(bytesOf(type, roundBlock(type, Array.from(values.subarray(from, from + length))))),
      )
  }
}

/**
 * The GGUF bytes of a recipe. `changed` overrides metadata; a value of undefined leaves the entry out. `size` is the
 * vocabulary's where the metadata bring another.
 */
export function makeGguf(
  recipe: Recipe,
  changed: Readonly<Record<string, Meta | undefined>> = {},
  size?: number,
): ArrayBuffer {
  const random = seededRandom(recipe.seed)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const { tokens, merges } = makeVocabulary(recipe.merges)
  const width = recipe.embeddingLength
  const keyValue = (width / recipe.headCount) * recipe.keyValueHeadCount

  const tensors: { name: string; rows: number; columns: number; values: Float32Array }[] = []
  const matrix = (name: string, rows: number, columns: number, deviation: number) => {
    tensors.push({
      name,
      rows,
      columns,
      values: Float32Array.from({ length: rows * columns }, () => normal() * deviation),
    })
  }
  const norm = (name: string) => {
    tensors.push({
      name,
      rows: 0,
      columns: width,
      values: Float32Array.from({ length: width }, () => 1 + 0.2 * normal()),
    })
  }
  const rows = size ?? tokens.length
  matrix('token_embd.weight', rows, width, 1)
  for (let block = 0; block < recipe.blockCount; block++) {
    const at = `blk.${block}`
    const deviation = 1.4 / Math.sqrt(width)
    norm(`${at}.attn_norm.weight`)
    matrix(`${at}.attn_q.weight`, width, width, deviation)
    matrix(`${at}.attn_k.weight`, keyValue, width, deviation)
    matrix(`${at}.attn_v.weight`, keyValue, width, deviation)
    matrix(`${at}.attn_output.weight`, width, width, deviation)
    norm(`${at}.ffn_norm.weight`)
    matrix(`${at}.ffn_gate.weight`, recipe.feedForwardLength, width, deviation)
    matrix(`${at}.ffn_up.weight`, recipe.feedForwardLength, width, deviation)
    matrix(
      `${at}.ffn_down.weight`,
      width,
      recipe.feedForwardLength,
      1.4 / Math.sqrt(recipe.feedForwardLength),
    )
  }
  norm('output_norm.weight')
  if (recipe.separateOutput) matrix('output.weight', rows, width, 1 / Math.sqrt(width))

  const metadata: Record<string, Meta | undefined> = {
    'general.architecture': 'llama',
    'general.name': 'synthetic',
    'llama.context_length': recipe.contextLength,
    'llama.embedding_length': width,
    'llama.block_count': recipe.blockCount,
    'llama.feed_forward_length': recipe.feedForwardLength,
    'llama.attention.head_count': recipe.headCount,
    'llama.attention.head_count_kv': recipe.keyValueHeadCount,
    'llama.attention.layer_norm_rms_epsilon': { float: 1e-5 },
    'llama.rope.dimension_count': width / recipe.headCount,
    'llama.rope.freq_base': { float: 10_000 },
    'llama.vocab_size': tokens.length,
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': recipe.preTokenizer,
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.token_type': tokens.map((_, id) => (id < tokens.length - 2 ? 1 : 3)),
    'tokenizer.ggml.merges': merges,
    'tokenizer.ggml.eos_token_id': tokens.length - 1,
    'tokenizer.ggml.padding_token_id': tokens.length - 1,
    'tokenizer.ggml.add_bos_token': false,
    'tokenizer.chat_template': CHATML,
    ...changed,
  }
  const entries = Object.entries(metadata).filter((entry): entry is [string, Meta] => entry[1] !== undefined)

  const writer = makeWriter()
  writer.raw(new TextEncoder().encode('GGUF'))
  writer.u32(3)
  writer.u64(tensors.length)
  writer.u64(entries.length)
  for (const [key, value] of entries) writeMeta(writer, key, value)
  const isBetter = (name: string): boolean => /attn_v|ffn_down|^output\.|token_embd/.test(name)
  const typeOf = (name: string, rows: number): TensorType => {
    if (rows === 0) return 'F32'
    return recipe.better !== undefined && isBetter(name) ? recipe.better : recipe.type
  }
  let offset = 0
  for (const { name, rows, columns, values } of tensors) {
    const type = typeOf(name, rows)
    writer.text(name)
    writer.u32(rows === 0 ? 1 : 2)
    writer.u64(columns)
    if (rows > 0) writer.u64(rows)
    writer.u32(FORMATS[type].number)
    writer.u64(offset)
    offset = Math.ceil((offset + (values.length / FORMATS[type].values) * FORMATS[type].bytes) / 32) * 32
  }
  for (const { name, rows, values } of tensors) {
    writer.align(32)
    writeTensor(writer, typeOf(name, rows), values)
  }
  return writer.finish()
}
