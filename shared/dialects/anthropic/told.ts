// What a provider's own frames have told of a message: where its blocks stand, so that another answer can go on. Pure.
import { count, type Fields, fieldsOf, text } from '../../fields.ts'

/** The block that has begun and not ended. */
export interface OpenBlock {
  readonly index: number
  readonly type: string
  isSigned: boolean
}

export interface Told {
  see(event: Fields): void
  readonly open: OpenBlock | undefined
  /** The place of the next block. */
  readonly next: number
  /** How many tools the client is to call. */
  readonly calls: number
}

export function openTold(): Told {
  let open: OpenBlock | undefined
  let next = 0
  let calls = 0
  return {
    get open() {
      return open
    },
    get next() {
      return next
    },
    get calls() {
      return calls
    },
    see(event) {
      const { type } = event
      if (type === 'content_block_start') {
        const block = fieldsOf(event['content_block'])
        const index = count(event['index'])
        open = { index, type: text(block['type']), isSigned: text(block['signature']) !== '' }
        next = Math.max(next, index + 1)
        if (open.type === 'tool_use') calls += 1
      } else if (type === 'content_block_stop') open = undefined
      else if (open?.type === 'thinking' && fieldsOf(event['delta'])['type'] === 'signature_delta')
        open.isSigned = true
    },
  }
}
