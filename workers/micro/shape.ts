// The sizes of a llama-architecture model, read from its metadata and checked against each other. Pure.
import { ModelFileError, type Gguf } from './gguf.ts'
import { readNumber, readSize, readText } from './metadata.ts'

export interface Shape {
  readonly contextLength: number
  readonly embeddingLength: number
  readonly blockCount: number
  readonly feedForwardLength: number
  readonly headCount: number
  readonly keyValueHeadCount: number
  readonly headLength: number
  /** Queries of one position in one layer, all heads together. */
  readonly queryLength: number
  /** Keys of one position in one layer; values take the same. */
  readonly keyValueLength: number
  readonly rotaryLength: number
  readonly rotaryBase: number
  readonly normEpsilon: number
  readonly vocabularySize: number
}

/** Longer heads than any llama's would make the scratch too large. */
const LONGEST_HEAD = 256

function refuse(sentence: string): never {
  throw new ModelFileError(sentence)
}

export function readShape(file: Gguf): Shape {
  const architecture = readText(file, 'general.architecture')
  if (architecture !== 'llama') refuse(`The file's architecture is ${architecture}; micro runs llama.`)
  const embeddingLength = readSize(file, 'llama.embedding_length')
  const headCount = readSize(file, 'llama.attention.head_count')
  const keyValueHeadCount = readSize(file, 'llama.attention.head_count_kv', headCount)
  const headLength = readSize(file, 'llama.attention.key_length', embeddingLength / headCount)
  const rotaryLength = readSize(file, 'llama.rope.dimension_count', headLength)
  const scaling = readText(file, 'llama.rope.scaling.type', 'none')
  const embedding =
    file.tensors.get('token_embd.weight') ?? refuse('The file has no tensor token_embd.weight.')

  if (embeddingLength % 32 !== 0)
    refuse(`llama.embedding_length is ${embeddingLength}; it must be a multiple of 32.`)
  if (headCount % keyValueHeadCount !== 0)
    refuse(`${headCount} query heads cannot share ${keyValueHeadCount} key heads.`)
  if (headLength % 4 !== 0 || headLength > LONGEST_HEAD)
    refuse(`A head has ${headLength} values; it must be a multiple of 4, at most ${LONGEST_HEAD}.`)
  if (rotaryLength % 2 !== 0 || rotaryLength > headLength)
    refuse(`llama.rope.dimension_count is ${rotaryLength} for heads of ${headLength}.`)
  if (scaling !== 'none' || file.tensors.has('rope_freqs.weight'))
    refuse('The file scales its rotary positions, which micro does not do.')

  return {
    contextLength: readSize(file, 'llama.context_length'),
    embeddingLength,
    blockCount: readSize(file, 'llama.block_count'),
    feedForwardLength: readSize(file, 'llama.feed_forward_length'),
    headCount,
    keyValueHeadCount,
    headLength,
    queryLength: headCount * headLength,
    keyValueLength: keyValueHeadCount * headLength,
    rotaryLength,
    rotaryBase: readNumber(file, 'llama.rope.freq_base', 10_000),
    normEpsilon: readNumber(file, 'llama.attention.layer_norm_rms_epsilon'),
    vocabularySize: embedding.rows,
  }
}
