// Plans where everything lies in the engine's one memory: weights, rotary table, scratch, pages of keys and values.
// Pure. The whole plan is made before a byte is allocated, so that the bound below is a fact and not a hope.
import { ModelFileError, type Gguf } from './gguf.ts'
import { KERNEL_RESERVE } from './kernel.ts'
import { placeTensors, type Placement } from './placement.ts'
import type { Shape } from './shape.ts'

/** An isolate has 128 MB for everything; the model file, its copy, caches and scratch stay under half of that. */
export const MEMORY_BOUND_BYTES = 64 * 1024 * 1024
/** Room for the keys and values of all conversations together. */
export const CACHE_BUDGET_BYTES = 16 * 1024 * 1024
/** Positions in a page of keys and values. */
export const PAGE_TOKENS = 32
/** Tokens that go through the layers together; between two such chunks other requests get their turn. */
export const CHUNK_TOKENS = 32

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

export interface Layout extends Placement {
  /** Positions the engine can hold: the file's context length, or less where the cache budget is smaller. */
  readonly contextLength: number
  readonly turns: number
  readonly scratch: Scratch
  readonly pages: { readonly at: number; readonly bytes: number; readonly count: number }
  readonly totalBytes: number
}

/** Plans the memory of a model. Throws ModelFileError when its tensors do not fit the metadata, or are too much. */
export function planLayout(file: Gguf, fileBytes: number, shape: Shape): Layout {
  let next = KERNEL_RESERVE
  const reserve = (bytes: number): number => {
    const at = next
    next = Math.ceil((at + bytes) / 64) * 64
    return at
  }
  const floats = (count: number) => reserve(count * 4)

  const placement = placeTensors(file, shape, reserve)
  const { embeddingLength, feedForwardLength, keyValueLength, queryLength, vocabularySize } = shape
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
  return { ...placement, contextLength, turns, scratch, pages, totalBytes }
}

/** Floats between the score rows of two heads. */
export const scoreStride = (contextLength: number) => Math.ceil(contextLength / 4) * 4
