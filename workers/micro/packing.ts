// Keys and values of a page as bytes that can be kept elsewhere: only the slots in use, since what the others hold may be
// left from somebody else's conversation.
import { PAGE_TOKENS } from './layout.ts'
import type { Model } from './model.ts'

export interface Packing {
  readonly tokenBytes: number
  /** The first `tokens` slots of the page at this address, plane after plane. */
  pack(page: number, tokens: number): Uint8Array<ArrayBuffer>
  /** Puts the first `wanted` slots of what `pack` made of `tokens` slots back into a page. */
  unpack(page: number, bytes: Uint8Array, tokens: number, wanted: number): void
}

export function makePacking({ memory, shape }: Pick<Model, 'memory' | 'shape'>): Packing {
  const slotBytes = shape.keyValueLength * 2
  const planes = shape.blockCount * 2
  return {
    tokenBytes: planes * slotBytes,
    pack(page, tokens) {
      const packed = new Uint8Array(planes * tokens * slotBytes)
      for (let plane = 0; plane < planes; plane++) {
        const from = page + plane * PAGE_TOKENS * slotBytes
        packed.set(new Uint8Array(memory.buffer, from, tokens * slotBytes), plane * tokens * slotBytes)
      }
      return packed
    },
    unpack(page, bytes, tokens, wanted) {
      for (let plane = 0; plane < planes; plane++) {
        const from = plane * tokens * slotBytes
        const to = page + plane * PAGE_TOKENS * slotBytes
        new Uint8Array(memory.buffer, to, wanted * slotBytes).set(
          bytes.subarray(from, from + wanted * slotBytes),
        )
      }
    },
  }
}
