// Gives every tensor of a llama model its place in memory, and finds out what is missing, surplus or of a wrong size.
// Pure.
import { ModelFileError, type Gguf, type Tensor, type TensorType } from './gguf.ts'
import type { Shape } from './shape.ts'

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

export interface Placement {
  readonly embedding: Matrix
  readonly blocks: readonly Block[]
  readonly outputNorm: number
  readonly output: Matrix
  readonly copies: readonly { readonly tensor: Tensor; readonly values: number; readonly scales: number }[]
}

const VALUE_BYTES: Readonly<Record<TensorType, number>> = { F32: 4, F16: 2, Q8_0: 1, Q4_0: 0.5 }

/** `reserve` gives the address of so many bytes. Throws ModelFileError. */
export function placeTensors(file: Gguf, shape: Shape, reserve: (bytes: number) => number): Placement {
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
    if (columns % 4 !== 0) {
      throw new ModelFileError(`Tensor ${name} has rows of ${columns} values; they must be a multiple of 4.`)
    }
    const values = reserve(rows * columns * VALUE_BYTES[tensor.type])
    const isQuantized = tensor.type === 'Q8_0' || tensor.type === 'Q4_0'
    const scales = isQuantized ? reserve((rows * columns * 4) / 32) : 0
    copies.push({ tensor, values, scales })
    unplaced.delete(name)
    return { type: tensor.type, rows, columns, values, scales }
  }

  function norm(name: string): number {
    const { type, values } = matrix(name, 1, shape.embeddingLength)
    if (type !== 'F32') throw new ModelFileError(`Tensor ${name} is ${type}; a norm must be F32.`)
    return values
  }

  const { embeddingLength, feedForwardLength, keyValueLength, queryLength, vocabularySize } = shape
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
  const isTied = !file.tensors.has('output.weight')
  const output = isTied ? embedding : matrix('output.weight', vocabularySize, embeddingLength)
  for (const name of unplaced) {
    throw new ModelFileError(`The file has a tensor ${name}, which a plain llama model has not.`)
  }
  return { embedding, blocks, outputNorm, output, copies }
}
