// A vendor's own Responses events on their way to a client of the same dialect: untouched but for what only we know. Pure.
import type { ReplyContext } from '../../dialect.ts'
import type { Native, Piece } from '../../event.ts'
import type { Failure } from '../../failure.ts'
import { count, type Fields, fieldsOf, isFields, text } from '../../fields.ts'
import { writeError } from './failure.ts'
import type { Before } from './answer.ts'
import { amend } from './response.ts'
import { openTold } from './told.ts'

export interface Passage {
  /** The frame of a piece that came from the same dialect. */
  write(native: Native, piece: Piece): string
  /** The end of a stream that broke off, in the numbering of what came before. */
  fail(failure: Failure): string
  /** The last Response that was told, with the items since: those that were done, and what there was of a message. */
  response(): Fields
  /** What another model's answer goes on from. */
  leave(): Before
}

export const frame = (event: Fields): string => framed(text(event['type']), JSON.stringify(event))

const framed = (type: string, data: string): string =>
  type === '' ? `data: ${data}\n\n` : `event: ${type}\ndata: ${data}\n\n`

export function openPassage(context: ReplyContext): Passage {
  const told = openTold()
  let response: Fields = {}
  let sequence = -1

  const current = (): Fields => {
    const output = told.output()
    return output.length === 0 || isWhole(response) ? response : { ...response, output }
  }

  return {
    response: current,
    write(native, piece) {
      const { value } = native
      const type = text(value['type'])
      sequence = typeof value['sequence_number'] === 'number' ? count(value['sequence_number']) : sequence + 1
      if (isFields(value['response'])) {
        const finish = piece.events.find((event) => event.type === 'finish')
        response = amend(value['response'], context, finish)
        if (response !== value['response']) return frame({ ...value, response })
      } else told.see(type, value)
      // A line end between tokens of JSON would end the line of the event.
      return framed(
        type,
        native.text === undefined ? JSON.stringify(value) : native.text.replaceAll('\n', ''),
      )
    },
    leave: () => ({ ...told.leave(), response, sequence: sequence + 1 }),
    fail(failure) {
      const { event, error } = writeError(failure, context.requestId)
      response = { ...current(), status: 'failed', error }
      return (
        frame({ type: 'error', sequence_number: sequence + 1, ...event }) +
        frame({ type: 'response.failed', sequence_number: sequence + 2, response })
      )
    },
  }
}

const isWhole = (response: Fields): boolean => {
  const status = text(fieldsOf(response)['status'])
  return status !== '' && status !== 'in_progress' && status !== 'queued'
}
