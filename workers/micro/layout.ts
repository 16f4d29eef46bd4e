// Plans where everything lies in the engine's one memory: weights, rotary table, scratch, pages of keys and values.
// Pure. The whole plan is made before a byte is allocated, so that the bound below is a fact and not a hope.
import { ModelFileError, type Gguf, type Tensor, type TensorType } from './gguf.ts'
import { KERNEL_RESERVE } from './kernel.ts'
import type { Shape } from './shape.ts'

/** An isolate has 128 MB for everything; the model file, its copy, caches and scratch stay under half of that. */
export const MEMORY_BOUND_BYTES = 64 * 1024 * 1024
/** Room for the keys and values of all conversations together. */
export const CACHE_BUDGET_BYTES = 16 * 1024 * 1024
/** Positions in a page of keys and values. */
export const PAGE_TOKENS = 32
/** Tokens that go through the layers together; between two such chunks other requests get their turn. */
export const CHUNK_TOKENS = 32

export interface Matrix {
  readonly type: TensorType
  readonly rows: number
  readonly columns: number
  readonly values: number
  /** One f32 for each block of 32 values; 0 for F32 and F16, which have none. */
  readonly scales: number
}

export interface Block {
  readonly attentionNorm: number
  readonly query: Matrix
  readonly key: Matrix
  readonly value: Matrix
  readonly output: Matrix
  readonly feedForwardNorm: number
  readonly gate: Matrix
  readonly up: Matrix
  readonly down: Matrix
}

export interface Scratch {
  readonly stream: number
  readonly normed: number
  readonly query: number
  readonly key: number
  readonly value: number
  readonly mixed: number
  readonly gate: number
  readonly up: number
  readonly quantized: number
  readonly quantizedScales: number
  readonly halves: number
  readonly widened: number
  readonly scores: number
  readonly pageTable: number
  readonly logits: number
}

export interface Layout {
  readonly embedding: Matrix
  readonly blocks: readonly Block[]
  readonly outputNorm: number
  readonly output: Matrix
  readonly copies: readonly { readonly tensor: Tensor; readonly values: number; readonly scales: number }[]
  /** Positions the engine can hold: the file's context length, or less where the cache budget is smaller. */
  readonly contextLength: number
  readonly turns: number
  readonly scratch: Scratch
  readonly pages: { readonly at: number; readonly bytes: number; readonly count: number }
  readonly totalBytes: number
}

const VALUE_BYTES: Readonly<Record<TensorType, number>> = { F32: 4, F16: 2, Q8_0: 1, Q4_0: 0.5 }

/** Plans the memory of a model. Throws ModelFileError when tensors are missing, surplus, of a wrong size, or too much. */
export function planLayout(file: Gguf, fileBytes: number, shape: Shape): Layout {
  let next = KERNEL_RESERVE
  const reserve = (bytes: number): number => {
    const at = next
    next = Math.ceil((at + bytes) / 64) * 64
    return at
  }
  const floats = (count: number) => reserve(count * 4)

  const copies: { tensor: Tensor; values: number; scales: number }[] = []
  const unplaced = new Set(file.tensors.keys())

  function matrix(name: string, rows: number, columns: number): Matrix {
    const tensor = file.tensors.get(name)
    if (!tensor) throw new ModelFileError(`The file has no tensor ${name}.`)
    if (tensor.rows !== rows || tensor.columns !== columns) {
      throw new ModelFileError(
        `Tensor ${name} is ${tensor.rows} x ${tensor.columns}; the metadata asks for ${rows} x ${columns}.`,
      )
    }
    if (columns % 4 !== 0)
      throw new ModelFileError(`Tensor ${name} has rows of ${columns} values; they must be a multiple of 4.`)
    const values = reserve(rows * columns * VALUE_BYTES[tensor.type])
    const blocks = tensor.type === 'Q8_0' || tensor.type === 'Q4_0' ? (rows * columns) / 32 : 0
    const scales = blocks > 0 ? floats(blocks) : 0
    copies.push({ tensor, values, scales })
    unplaced.delete(name)
    return { type: tensor.type, rows, columns, values, scales }
  }

  function norm(name: string): number {
    const { type, values } = matrix(name, 1, shape.embeddingLength)
    if (type !== 'F32') throw new ModelFileError(`Tensor ${name} is ${type}; a norm must be F32.`)
    return values
  }

  const { embeddingLength, feedForwardLength, keyValueLength, vocabularySize } = shape
  const queryLength = shape.headCount * shape.headLength
  const embedding = matrix('token_embd.weight', vocabularySize, embeddingLength)
  const blocks = Array.from({ length: shape.blockCount }, (_, index): Block => {
    const at = `blk.${index}`
    return {
      attentionNorm: norm(`${at}.attn_norm.weight`),
      query: matrix(`${at}.attn_q.weight`, queryLength, embeddingLength),
      key: matrix(`${at}.attn_k.weight`, keyValueLength, embeddingLength),
      value: matrix(`${at}.attn_v.weight`, keyValueLength, embeddingLength),
      output: matrix(`${at}.attn_output.weight`, embeddingLength, queryLength),
      feedForwardNorm: norm(`${at}.ffn_norm.weight`),
      gate: matrix(`${at}.ffn_gate.weight`, feedForwardLength, embeddingLength),
      up: matrix(`${at}.ffn_up.weight`, feedForwardLength, embeddingLength),
      down: matrix(`${at}.ffn_down.weight`, embeddingLength, feedForwardLength),
    }
  })
  const outputNorm = norm('output_norm.weight')
  const output = file.tensors.has('output.weight')
    ? matrix('output.weight', vocabularySize, embeddingLength)
    : embedding
  for (const name of unplaced)
    throw new ModelFileError(`The file has a tensor ${name}, which a plain llama model has not.`)

  const pageBytes = shape.blockCount * 2 * PAGE_TOKENS * keyValueLength * 2
  const pageCount = Math.floor(CACHE_BUDGET_BYTES / pageBytes)
  const contextLength = Math.min(shape.contextLength, pageCount * PAGE_TOKENS)
  const widest = Math.max(embeddingLength, queryLength, feedForwardLength)
  const scratch: Scratch = {
    stream: floats(CHUNK_TOKENS * embeddingLength),
    normed: floats(CHUNK_TOKENS * embeddingLength),
    query: floats(CHUNK_TOKENS * queryLength),
    key: floats(CHUNK_TOKENS * keyValueLength),
    value: floats(CHUNK_TOKENS * keyValueLength),
    mixed: floats(CHUNK_TOKENS * queryLength),
    gate: floats(CHUNK_TOKENS * feedForwardLength),
    up: floats(CHUNK_TOKENS * feedForwardLength),
    quantized: reserve(CHUNK_TOKENS * widest * 2),
    quantizedScales: floats((CHUNK_TOKENS * widest) / 32),
    halves: floats(CHUNK_TOKENS * widest),
    widened: floats(PAGE_TOKENS * shape.headLength),
    scores: floats(CHUNK_TOKENS * (shape.headCount / shape.keyValueHeadCount) * scoreStride(contextLength)),
    pageTable: reserve(Math.ceil(contextLength / PAGE_TOKENS) * 4),
    logits: floats(vocabularySize),
  }
  const turns = floats(contextLength * shape.rotaryLength)
  const pages = { at: reserve(pageBytes * pageCount), bytes: pageBytes, count: pageCount }

  const totalBytes = Math.ceil(next / 65_536) * 65_536
  if (fileBytes + totalBytes > MEMORY_BOUND_BYTES) {
    throw new ModelFileError(
      `The model needs ${fileBytes + totalBytes} bytes with its caches, more than the ${MEMORY_BOUND_BYTES} an isolate can spare. Use a smaller or more quantized file.`,
    )
  }
  return { embedding, blocks, outputNorm, output, copies, contextLength, turns, scratch, pages, totalBytes }
}

/** Floats between the score rows of two heads. */
export const scoreStride = (contextLength: number) => Math.ceil(contextLength / 4) * 4
