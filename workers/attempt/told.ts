// What the client has been told of an answer, and the tool calls that are not told before they are whole: half a call
// cannot be taken back, and no other model may complete it. Pure but for its state.
import type { Batch, ModelEvent, Piece } from '../../shared/event.ts'

export interface ToldLog {
  readonly text: string
  /** No other model could go on from here. */
  readonly isClosed: boolean
  /** Takes a batch in and gives out what may be told of it now. */
  take(batch: Batch): Batch
  /** The stream has died: what was held is forgotten. */
  cut(): void
}

/** A call longer than this is told as it comes; then nobody can go on after it. */
export const HELD_CHARS = 256 * 1024

export function openTold(): ToldLog {
  let text = ''
  let isClosed = false
  let held: Piece[] = []
  let heldChars = 0
  let holds = false

  const note = (event: ModelEvent): void => {
    switch (event.type) {
      case 'text-delta':
        text += event.text
        return
      case 'refusal-delta':
      case 'other-delta':
      case 'logprobs':
        isClosed = true
        return
      case 'tool-start':
        holds = true
        return
      case 'tool-delta':
        heldChars += event.json.length
        return
      case 'choice-end':
        isClosed = true // the answer has been said to be over
        holds = false
        return
      case 'finish':
      case 'error':
        holds = false
        return
      case 'start':
      case 'reasoning-delta':
      case 'reasoning-signature':
      case 'embedding':
        return
    }
  }

  const release = (): readonly Piece[] => {
    const told = held
    held = []
    return told
  }

  return {
    get text() {
      return text
    },
    get isClosed() {
      return isClosed
    },
    take(batch) {
      if (isClosed && held.length === 0) return batch
      const out: Piece[] = []
      for (const piece of batch) {
        for (const event of piece.events) note(event)
        if (holds && heldChars > HELD_CHARS) {
          isClosed = true
          holds = false
        }
        held.push(piece)
        if (!holds) out.push(...release())
      }
      return out
    },
    cut() {
      held = []
      heldChars = 0
      holds = false
    },
  }
}
