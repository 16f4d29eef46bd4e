// The llama forward pass: a few tokens through every layer, their keys and values left in the given pages.
import { CHUNK_TOKENS, PAGE_TOKENS, scoreStride, type Matrix } from './layout.ts'
import type { Model } from './model.ts'

/** Writes the embeddings of the tokens side by side to `out`. */
function embed({ kernel, layout }: Model, tokens: readonly number[], out: number): void {
  const { type, values, scales, columns } = layout.embedding
  tokens.forEach((token, index) => {
    const at = out + index * columns * 4
    switch (type) {
      case 'Q8_0':
        return kernel.row_q8(at, values, scales, token, columns)
      case 'Q4_0':
        return kernel.row_q4(at, values, scales, token, columns)
      case 'F16':
        return kernel.row_f16(at, values, token, columns)
      case 'F32':
        return kernel.row_f32(at, values, token, columns)
    }
  })
}

/** Multiplies matrices that read the same activations, rounding those once to what the weights' type asks for. */
function multiply(
  { kernel, layout }: Model,
  x: number,
  tokens: number,
  pairs: readonly (readonly [Matrix, number])[],
): void {
  const { quantized, quantizedScales, halves } = layout.scratch
  let isQuantized = false
  let isHalved = false
  for (const [{ type, values, scales, rows, columns }, out] of pairs) {
    switch (type) {
      case 'Q8_0':
      case 'Q4_0': {
        if (!isQuantized) kernel.quantize(quantized, quantizedScales, x, tokens * columns)
        isQuantized = true
        const run = type === 'Q8_0' ? kernel.multiply_q8 : kernel.multiply_q4
        run(out, values, scales, quantized, quantizedScales, rows, columns, tokens)
        break
      }
      case 'F16':
        if (!isHalved) kernel.round_half(halves, x, tokens * columns)
        isHalved = true
        kernel.multiply_f16(out, values, halves, rows, columns, tokens)
        break
      case 'F32':
        kernel.multiply_f32(out, values, x, rows, columns, tokens)
    }
  }
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
  const {
    embeddingLength,
    headCount,
    keyValueHeadCount,
    headLength,
    keyValueLength,
    rotaryLength,
    normEpsilon,
  } = shape
  const count = tokens.length
  const queryLength = headCount * headLength
  if (count > CHUNK_TOKENS || position + count > Math.min(layout.contextLength, pages.length * PAGE_TOKENS)) {
    throw new RangeError(
      `${count} tokens at position ${position} do not fit a chunk, the pages or the context.`,
    )
  }
  new Uint32Array(memory.buffer, scratch.pageTable, pages.length).set(pages)
  embed(model, tokens, scratch.stream)

  const planeBytes = PAGE_TOKENS * keyValueLength * 2
  layout.blocks.forEach((block, index) => {
    const keyOffset = index * 2 * planeBytes
    const valueOffset = keyOffset + planeBytes

    kernel.rms_norm(scratch.normed, scratch.stream, block.attentionNorm, embeddingLength, count, normEpsilon)
    multiply(model, scratch.normed, count, [
      [block.query, scratch.query],
      [block.key, scratch.key],
      [block.value, scratch.value],
    ])
    for (let i = 0; i < count; i++) {
      const at = position + i
      const query = scratch.query + i * queryLength * 4
      const key = scratch.key + i * keyValueLength * 4
      const turns = layout.turns + at * rotaryLength * 4
      kernel.rotate(query, turns, headCount, headLength, rotaryLength)
      kernel.rotate(key, turns, keyValueHeadCount, headLength, rotaryLength)
      const slot = (pages[Math.floor(at / PAGE_TOKENS)] ?? 0) + (at % PAGE_TOKENS) * keyValueLength * 2
      kernel.store_half(slot + keyOffset, key, keyValueLength)
      kernel.store_half(slot + valueOffset, scratch.value + i * keyValueLength * 4, keyValueLength)
    }
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
      scoreStride(layout.contextLength),
    )
    multiply(model, scratch.mixed, count, [[block.output, scratch.normed]])
    kernel.add(scratch.stream, scratch.normed, count * embeddingLength)

    kernel.rms_norm(
      scratch.normed,
      scratch.stream,
      block.feedForwardNorm,
      embeddingLength,
      count,
      normEpsilon,
    )
    multiply(model, scratch.normed, count, [
      [block.gate, scratch.gate],
      [block.up, scratch.up],
    ])
    kernel.swiglu(scratch.gate, scratch.gate, scratch.up, count * shape.feedForwardLength)
    multiply(model, scratch.gate, count, [[block.down, scratch.normed]])
    kernel.add(scratch.stream, scratch.normed, count * embeddingLength)
  })

  if (!wantLogits) return
  const last = scratch.stream + (count - 1) * embeddingLength * 4
  kernel.rms_norm(scratch.normed, last, layout.outputNorm, embeddingLength, 1, normEpsilon)
  multiply(model, scratch.normed, 1, [[layout.output, scratch.logits]])
}
