// Gives every tensor of a llama model its place in memory, and finds out what is missing, surplus or of a wrong size.
// Pure.
import type { TensorType } from './formats.ts'
import { ModelFileError, type Gguf, type Tensor } from './gguf.ts'
import type { Shape } from './shape.ts'

export interface Matrix {
  readonly type: TensorType
  readonly rows: number
  readonly columns: number
  readonly at: number
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
  /** Every matrix once. */
  readonly matrices: readonly Matrix[]
}

/** `addressOf` says where a tensor lies in memory. Throws ModelFileError. */
export function placeTensors(file: Gguf, shape: Shape, addressOf: (tensor: Tensor) => number): Placement {
  const matrices: Matrix[] = []
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
    const placed = { type: tensor.type, rows, columns, at: addressOf(tensor) }
    matrices.push(placed)
    unplaced.delete(name)
    return placed
  }

  function norm(name: string): number {
    const { type, at } = matrix(name, 1, shape.embeddingLength)
    if (type !== 'F32') throw new ModelFileError(`Tensor ${name} is ${type}; a norm must be F32.`)
    return at
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
  return { embedding, blocks, outputNorm, output, matrices }
}
