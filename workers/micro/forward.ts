// The llama forward pass: a few tokens through every layer, their keys and values left in the given pages.
import { FORMATS, type Format, type Rounding } from './formats.ts'
import { CHUNK_TOKENS, PAGE_TOKENS, scoreStride } from './layout.ts'
import type { Model } from './model.ts'
import type { Block, Matrix } from './placement.ts'

/** Writes the embeddings of the tokens side by side to `out`. */
function embed({ kernel, layout }: Model, tokens: readonly number[], out: number): void {
  const { type, at: matrix, rows, columns } = layout.embedding
  const format: Format = FORMATS[type]
  tokens.forEach((token, index) => {
    const at = out + index * columns * 4
    if (format.kind === 'float') kernel[`row_${format.name}`](at, matrix, token, columns)
    else kernel[`row_${format.name}`](at, matrix, token, rows, columns)
  })
}

/** Rounds `count` activations at `x` to what weights are multiplied with, and says where they are then. */
function round({ kernel, layout }: Model, rounding: Rounding, x: number, count: number): number {
  const { rounded, halves } = layout.scratch
  switch (rounding) {
    case 'none':
      return x
    case 'half':
      kernel.round_half(halves, x, count)
      return halves
    case 'brain':
      kernel.round_brain(halves, x, count)
      return halves
    case 'blocks of 32':
      kernel.quantize(rounded, x, count)
      return rounded
    case 'blocks of 256':
      kernel.quantize_large(rounded, x, count)
      return rounded
  }
}

/** Multiplies matrices that read the same activations, rounding those again only where a matrix asks for another way. */
function multiply(
  model: Model,
  x: number,
  tokens: number,
  pairs: readonly (readonly [Matrix, number])[],
): void {
  let known: Rounding | undefined
  let from = x
  for (const [{ type, at, rows, columns }, out] of pairs) {
    const { name, rounding }: Format = FORMATS[type]
    if (rounding !== known) from = round(model, rounding, x, tokens * columns)
    known = rounding
    model.kernel[`multiply_${name}`](out, at, from, rows, columns, tokens)
  }
}

/** Where a chunk of tokens lies in its conversation. */
interface Span {
  readonly position: number
  readonly count: number
  readonly pages: readonly number[]
}

/** Turns queries and keys by their positions and keeps keys and values as halves in the pages. */
function rotateAndKeep(
  { kernel, layout, shape }: Model,
  span: Span,
  keyOffset: number,
  valueOffset: number,
): void {
  const { scratch } = layout
  const { headCount, headLength, keyValueHeadCount, keyValueLength, queryLength, rotaryLength } = shape
  for (let i = 0; i < span.count; i++) {
    const at = span.position + i
    const query = scratch.query + i * queryLength * 4
    const key = scratch.key + i * keyValueLength * 4
    const value = scratch.value + i * keyValueLength * 4
    const turns = layout.turns + at * rotaryLength * 4
    kernel.rotate(query, turns, headCount, headLength, rotaryLength)
    kernel.rotate(key, turns, keyValueHeadCount, headLength, rotaryLength)
    const slot = (span.pages[Math.floor(at / PAGE_TOKENS)] ?? 0) + (at % PAGE_TOKENS) * keyValueLength * 2
    kernel.store_half(slot + keyOffset, key, keyValueLength)
    kernel.store_half(slot + valueOffset, value, keyValueLength)
  }
}

/** Adds to the stream what each token finds in the tokens before it. */
function attend(model: Model, block: Block, index: number, span: Span): void {
  const { kernel, layout, shape } = model
  const { scratch } = layout
  const { embeddingLength, headCount, headLength, keyValueHeadCount, keyValueLength, queryLength } = shape
  const { position, count } = span
  const planeBytes = PAGE_TOKENS * keyValueLength * 2
  const keyOffset = index * 2 * planeBytes
  const valueOffset = keyOffset + planeBytes
  const stride = scoreStride(layout.contextLength)

  kernel.rms_norm(
    scratch.normed,
    scratch.stream,
    block.attentionNorm,
    embeddingLength,
    count,
    shape.normEpsilon,
  )
  multiply(model, scratch.normed, count, [
    [block.query, scratch.query],
    [block.key, scratch.key],
    [block.value, scratch.value],
  ])
  rotateAndKeep(model, span, keyOffset, valueOffset)
  kernel.round_half(scratch.query, scratch.query, count * queryLength)
  kernel.attend(
    scratch.mixed,
    scratch.query,
    scratch.pageTable,
    position,
    count,
    PAGE_TOKENS,
    keyOffset,
    valueOffset,
    headCount,
    keyValueHeadCount,
    headLength,
    scratch.widened,
    scratch.scores,
    stride,
  )
  multiply(model, scratch.mixed, count, [[block.output, scratch.normed]])
  kernel.add(scratch.stream, scratch.normed, count * embeddingLength)
}

/** Adds to the stream what the gated layers make of each token. */
function feedForward(model: Model, block: Block, count: number): void {
  const { kernel, layout, shape } = model
  const { scratch } = layout
  const { embeddingLength, feedForwardLength, normEpsilon } = shape
  kernel.rms_norm(scratch.normed, scratch.stream, block.feedForwardNorm, embeddingLength, count, normEpsilon)
  multiply(model, scratch.normed, count, [
    [block.gate, scratch.gate],
    [block.up, scratch.up],
  ])
  kernel.swiglu(scratch.gate, scratch.gate, scratch.up, count * feedForwardLength)
  multiply(model, scratch.gate, count, [[block.down, scratch.normed]])
  kernel.add(scratch.stream, scratch.normed, count * embeddingLength)
}

/**
 * Runs at most CHUNK_TOKENS tokens at positions `position` and on. `pages` are the addresses of the pages that hold
 * the conversation, enough of them for the new tokens too. With `wantLogits` the last token's logits are left in
 * `model.logits`.
 */
export function forward(
  model: Model,
  tokens: readonly number[],
  position: number,
  pages: readonly number[],
  wantLogits: boolean,
): void {
  const { kernel, layout, shape, memory } = model
  const { scratch } = layout
  const count = tokens.length
  if (count > CHUNK_TOKENS || position + count > Math.min(layout.contextLength, pages.length * PAGE_TOKENS)) {
    throw new RangeError(
      `${count} tokens at position ${position} do not fit a chunk, the pages or the context.`,
    )
  }
  new Uint32Array(memory.buffer, scratch.pageTable, pages.length).set(pages)

  embed(model, tokens, scratch.stream)
  layout.blocks.forEach((block, index) => {
    attend(model, block, index, { position, count, pages })
    feedForward(model, block, count)
  })
  if (!wantLogits) return
  const last = scratch.stream + (count - 1) * shape.embeddingLength * 4
  kernel.rms_norm(scratch.normed, last, layout.outputNorm, shape.embeddingLength, 1, shape.normEpsilon)
  multiply(model, scratch.normed, 1, [[layout.output, scratch.logits]])
}
