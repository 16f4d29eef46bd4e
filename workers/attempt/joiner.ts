// Another model's batches as the rest of an answer that was begun by the first. Pure but for its state.
import type { Batch, ModelEvent, Piece } from '../../shared/event.ts'
import { type Joint, openSplice } from './splice.ts'

export interface Joiner {
  /** What is new of a batch; `undefined` where the model tells another answer. */
  join(batch: Batch): Batch | undefined
  /** It said everything again, so that its own count is the whole answer's. */
  readonly startedOver: boolean
}

export function openJoiner(told: string, joint: Joint): Joiner {
  const splice = openSplice(told, joint)
  const thinksAloud = told === '' // thoughts after the first words would stand in the middle of the answer

  /** Undefined where no honest joint exists. */
  const joinEvent = (event: ModelEvent): readonly ModelEvent[] | undefined => {
    switch (event.type) {
      case 'start':
        return []
      case 'text-delta': {
        const text = splice.push(event.text)
        return text === undefined ? undefined : text === '' ? [] : [{ ...event, text }]
      }
      case 'reasoning-delta':
      case 'reasoning-signature':
        return thinksAloud ? [event] : []
      case 'tool-start':
      case 'choice-end':
      case 'finish': {
        // Its limit was the rest of the answer's, and it was spent on saying the beginning again.
        if (event.type !== 'tool-start' && event.reason === 'length' && splice.startedOver) return undefined
        const rest = splice.end()
        if (rest === undefined) return undefined
        return rest === '' ? [event] : [{ type: 'text-delta', index: 0, text: rest }, event]
      }
      case 'refusal-delta':
      case 'tool-delta':
      case 'logprobs':
      case 'other-delta':
      case 'embedding':
      case 'error':
        return [event]
    }
  }

  const joinPiece = (piece: Piece): Piece | undefined => {
    const events: ModelEvent[] = []
    for (const event of piece.events) {
      const joined = joinEvent(event)
      if (joined === undefined) return undefined
      events.push(...joined)
    }
    return { events } // what its vendor literally sent belongs to another answer
  }

  return {
    get startedOver() {
      return splice.startedOver
    },
    join(batch) {
      const pieces: Piece[] = []
      for (const piece of batch) {
        const joined = joinPiece(piece)
        if (joined === undefined) return undefined
        if (joined.events.length > 0) pieces.push(joined)
      }
      return pieces
    },
  }
}
