// Plans where everything lies in the engine's one memory: weights, rotary table, scratch, pages of keys and values.
// Pure. The whole plan is made before a byte is allocated, so that the bound below is a fact and not a hope.
import { ModelFileError, type Gguf } from './gguf.ts'
import { KERNEL_RESERVE } from './kernel.ts'
import { placeTensors, type Placement } from './placement.ts'
import type { Shape } from './shape.ts'

/** What Cloudflare gives an isolate for everything. */
const ISOLATE_BYTES = 128 * 1024 * 1024
/** Of that, what is left to the Worker itself: its code, the tokenizer, requests on their way. */
const HEAP_RESERVE_BYTES = 20 * 1024 * 1024
/** The engine's memory at most. */
export const MEMORY_BOUND_BYTES = ISOLATE_BYTES - HEAP_RESERVE_BYTES
/** Room for the keys and values of all conversations together, where the weights leave so much. */
export const CACHE_BUDGET_BYTES = 16 * 1024 * 1024
/** A model that has room for fewer tokens is refused. */
export const LEAST_CONTEXT = 256
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
  readonly rounded: number
  readonly halves: number
  readonly widened: number
  readonly scores: number
  readonly pageTable: number
  readonly logits: number
}

export interface Layout extends Placement {
  /** Where the file's tensors lie, all of them in the file's order. */
  readonly weights: { readonly at: number; readonly bytes: number }
  /** Positions the engine can hold: the file's context length, or less where there is less room. */
  readonly contextLength: number
  readonly turns: number
  readonly scratch: Scratch
  readonly pages: { readonly at: number; readonly bytes: number; readonly count: number }
  readonly totalBytes: number
}

/** Floats between the score rows of two heads. */
export const scoreStride = (contextLength: number) => Math.ceil(contextLength / 4) * 4

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`

/** Pages of keys and values for which there is room beside `usedBytes`. Throws ModelFileError when they are too few. */
function countPages(shape: Shape, pageBytes: number, usedBytes: number): number {
  const group = shape.headCount / shape.keyValueHeadCount
  // Every position also needs its turns, and its scores for all tokens of a chunk.
  const positionBytes = 4 * (shape.rotaryLength + CHUNK_TOKENS * group) + 4
  const each = pageBytes + PAGE_TOKENS * positionBytes
  const room = MEMORY_BOUND_BYTES - usedBytes
  const least = Math.ceil(Math.min(LEAST_CONTEXT, shape.contextLength) / PAGE_TOKENS) * each
  if (room < least) {
    throw new ModelFileError(
      `The model needs ${megabytes(usedBytes + least)}: ${megabytes(usedBytes)} for weights and scratch, ${megabytes(least)} for the keys and values of ${Math.min(LEAST_CONTEXT, shape.contextLength)} tokens. An isolate can spare ${megabytes(MEMORY_BOUND_BYTES)}. Use a smaller or more quantized file.`,
    )
  }
  return Math.floor(Math.min(CACHE_BUDGET_BYTES / pageBytes, room / each))
}

/** Plans the memory of a model. Throws ModelFileError when its tensors do not fit the metadata, or are too much. */
export function planLayout(file: Gguf, shape: Shape): Layout {
  let next = KERNEL_RESERVE
  const reserve = (bytes: number): number => {
    const at = next
    next = Math.ceil((at + bytes) / 64) * 64
    return at
  }
  const floats = (count: number) => reserve(count * 4)

  const weightBytes = file.fileBytes - file.dataAt
  const weights = { at: reserve(weightBytes), bytes: weightBytes }
  const placement = placeTensors(file, shape, (tensor) => weights.at + tensor.at - file.dataAt)
  const { embeddingLength, feedForwardLength, keyValueLength, queryLength, vocabularySize } = shape
  const widest = Math.max(embeddingLength, queryLength, feedForwardLength)
  // Three bytes for each value, and four words for each block of 32: activations.h.
  const roundedBytes = CHUNK_TOKENS * widest * 3 + (CHUNK_TOKENS * widest * 16) / 32
  const fixed = {
    stream: floats(CHUNK_TOKENS * embeddingLength),
    normed: floats(CHUNK_TOKENS * embeddingLength),
    query: floats(CHUNK_TOKENS * queryLength),
    key: floats(CHUNK_TOKENS * keyValueLength),
    value: floats(CHUNK_TOKENS * keyValueLength),
    mixed: floats(CHUNK_TOKENS * queryLength),
    gate: floats(CHUNK_TOKENS * feedForwardLength),
    up: floats(CHUNK_TOKENS * feedForwardLength),
    widened: floats(PAGE_TOKENS * shape.headLength),
    logits: floats(vocabularySize),
  }
  const pageBytes = shape.blockCount * 2 * PAGE_TOKENS * keyValueLength * 2
  const pageCount = countPages(shape, pageBytes, next + roundedBytes + CHUNK_TOKENS * widest * 4 + 65_536)
  const contextLength = Math.min(shape.contextLength, pageCount * PAGE_TOKENS)
  // Rounded activations are read before and after the attention, so its scores may lie over them.
  const scoreCount = CHUNK_TOKENS * (shape.headCount / shape.keyValueHeadCount) * scoreStride(contextLength)
  const scores = reserve(Math.max(scoreCount * 4, roundedBytes + CHUNK_TOKENS * widest * 4))
  const scratch: Scratch = {
    ...fixed,
    scores,
    rounded: scores,
    halves: scores + roundedBytes,
    pageTable: reserve(Math.ceil(contextLength / PAGE_TOKENS) * 4),
  }
  const turns = floats(contextLength * shape.rotaryLength)
  const pages = { at: reserve(pageBytes * pageCount), bytes: pageBytes, count: pageCount }
  const totalBytes = Math.ceil(next / 65_536) * 65_536
  return { ...placement, weights, contextLength, turns, scratch, pages, totalBytes }
}
