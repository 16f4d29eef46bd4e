// Makes small random llama models as GGUF bytes, the same for the same seed everywhere, for tests and the oracle.
import { seededRandom } from '../../../shared/random.ts'
import { BYTE_CHARACTERS } from '../../../workers/micro/bytes.ts'
import type { TensorType } from '../../../workers/micro/gguf.ts'
import { learnMerges, NASTY_TEXTS } from './texts.ts'

export interface Recipe {
  readonly seed: number
  readonly type: TensorType
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

export function numberToHalf(value: number): number {
  const view = new DataView(new ArrayBuffer(2))
  view.setFloat16(0, value, true)
  return view.getUint16(0, true)
}

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

type Meta = string | number | boolean | { readonly float: number } | readonly string[] | readonly number[]

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

/** Q4_1: sixteen steps from the least value to the largest. */
function writeLifted(writer: Writer, block: readonly number[]): void {
  const least = Math.min(...block)
  const scale = (Math.max(...block) - least) / 15
  writer.u16(numberToHalf(scale))
  writer.u16(numberToHalf(least))
  const whole = block.map((value) => Math.round(scale === 0 ? 0 : (value - least) / scale))
  for (let i = 0; i < 16; i++) writer.u8((whole[i] ?? 0) | ((whole[i + 16] ?? 0) << 4))
}

function writeTensor(writer: Writer, type: TensorType, values: Float32Array): void {
  if (type === 'F32') values.forEach(writer.f32)
  else if (type === 'F16') values.forEach((value) => writer.u16(numberToHalf(value)))
  else {
    for (let from = 0; from < values.length; from += 32) {
      const block = Array.from(values.subarray(from, from + 32))
      if (type === 'Q4_1') {
        writeLifted(writer, block)
        continue
      }
      const peak = Math.max(...block.map(Math.abs))
      const steps = type === 'Q8_0' ? 127 : 7
      const scale = peak / steps
      writer.u16(numberToHalf(scale))
      const whole = block.map((value) => Math.round(scale === 0 ? 0 : value / scale))
      if (type === 'Q8_0') whole.forEach((value) => writer.u8(value & 0xff))
      else for (let i = 0; i < 16; i++) writer.u8(((whole[i] ?? 0) + 8) | (((whole[i + 16] ?? 0) + 8) << 4))
    }
  }
}

/** The GGUF bytes of a recipe. `changed` overrides metadata; a value of undefined leaves the entry out. */
export function makeGguf(
  recipe: Recipe,
  changed: Readonly<Record<string, Meta | undefined>> = {},
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
  matrix('token_embd.weight', tokens.length, width, 1)
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
  if (recipe.separateOutput) matrix('output.weight', tokens.length, width, 1 / Math.sqrt(width))

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
  const typeNumber = { F32: 0, F16: 1, Q4_0: 2, Q4_1: 3, Q8_0: 8 }
  const size = { F32: 4, F16: 2, Q4_0: 18 / 32, Q4_1: 20 / 32, Q8_0: 34 / 32 }
  let offset = 0
  for (const { name, rows, columns, values } of tensors) {
    const type = rows === 0 ? 'F32' : recipe.type
    writer.text(name)
    writer.u32(rows === 0 ? 1 : 2)
    writer.u64(columns)
    if (rows > 0) writer.u64(rows)
    writer.u32(typeNumber[type])
    writer.u64(offset)
    offset = Math.ceil((offset + values.length * size[type]) / 32) * 32
  }
  for (const { rows, values } of tensors) {
    writer.align(32)
    writeTensor(writer, rows === 0 ? 'F32' : recipe.type, values)
  }
  return writer.finish()
}
