// Responses streams, written for clients. Pure.
import type { ReplyContext } from '../../dialect.ts'
import type { Batch, Piece } from '../../event.ts'
import type { Fields } from '../../fields.ts'
import { openAnswer } from './answer.ts'
import { frame, openPassage } from './pass.ts'
import { DIALECT } from './schema.ts'

export interface ResponseWriter {
  write(batch: Batch): string
  /** The Response as the client knows it by now; complete after the last batch. */
  response(): Fields
}

/** Stateful, one per stream. A vendor's own events pass as they came; any other answer is spelled in this dialect's, and so is what follows a seam. */
export function writeStream(context: ReplyContext): ResponseWriter {
  let answer = openAnswer(context)
  const passage = openPassage(context)
  let passes = false

  const writePiece = (piece: Piece): string => {
    const { native, seam } = piece
    if (seam !== undefined) {
      if (passes) answer = openAnswer(context, passage.leave())
      passes = false
      return answer.resume().map(frame).join('')
    }
    const error = piece.events.find((event) => event.type === 'error')
    if (native?.dialect === DIALECT) passes = true
    if (passes && error !== undefined) return passage.fail(error.failure)
    if (native?.dialect === DIALECT) return passage.write(native, piece)
    let out = ''
    for (const event of piece.events) for (const written of answer.write(event)) out += frame(written)
    return out
  }

  return {
    write: (batch) => batch.map(writePiece).join(''),
    response: () => (passes ? passage.response() : answer.response()),
  }
}
