// A vendor's own Responses events on their way to a client of the same dialect: untouched but for what only we know. Pure.
import type { ReplyContext } from '../../dialect.ts'
import type { Native, Piece } from '../../event.ts'
import type { Failure } from '../../failure.ts'
import { count, type Fields, fieldsOf, isFields, text } from '../../fields.ts'
import { writeError } from './failure.ts'
import { amend } from './response.ts'

export interface Passage {
  /** The frame of a piece that came from the same dialect. */
  write(native: Native, piece: Piece): string
  /** The end of a stream that broke off, in the numbering of what came before. */
  fail(failure: Failure): string
  /** The last Response that was told, with the items that were done since. */
  response(): Fields
}

export const frame = (event: Fields): string => framed(text(event['type']), JSON.stringify(event))

const framed = (type: string, data: string): string =>
  type === '' ? `data: ${data}\n\n` : `event: ${type}\ndata: ${data}\n\n`

export function openPassage(context: ReplyContext): Passage {
  const items: Fields[] = []
  let response: Fields = {}
  let sequence = -1

  const told = (): Fields =>
    items.length === 0 || isWhole(response) ? response : { ...response, output: items }

  return {
    response: told,
    write(native, piece) {
      const { value } = native
      const type = text(value['type'])
      if (typeof value['sequence_number'] === 'number') sequence = count(value['sequence_number'])
      if (isFields(value['response'])) {
        const finish = piece.events.find((event) => event.type === 'finish')
        response = amend(value['response'], context, finish)
        if (response !== value['response']) return frame({ ...value, response })
      } else if (type === 'response.output_item.done' && isFields(value['item'])) items.push(value['item'])
      // A line end between tokens of JSON would end the line of the event.
      return framed(
        type,
        native.text === undefined ? JSON.stringify(value) : native.text.replaceAll('\n', ''),
      )
    },
    fail(failure) {
      const { event, error } = writeError(failure, context.requestId)
      response = { ...told(), status: 'failed', error }
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
