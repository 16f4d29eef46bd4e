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
  /** The last Response that was told, with the items since: those that were done, and what there was of a message. */
  response(): Fields
}

export const frame = (event: Fields): string => framed(text(event['type']), JSON.stringify(event))

const framed = (type: string, data: string): string =>
  type === '' ? `data: ${data}\n\n` : `event: ${type}\ndata: ${data}\n\n`

export function openPassage(context: ReplyContext): Passage {
  const items: Fields[] = []
  const open = new Map<unknown, { readonly item: Fields; text: string }>() // messages that are not done, by their place
  let response: Fields = {}
  let sequence = -1

  const told = (): Fields => {
    const all = [...items, ...[...open.values()].map(writeOpen)]
    return all.length === 0 || isWhole(response) ? response : { ...response, output: all }
  }

  const listen = (type: string, value: Fields): void => {
    const { item, output_index: place } = value
    if (type === 'response.output_text.delta') {
      const message = open.get(place)
      if (message !== undefined) message.text += text(value['delta'])
    } else if (!isFields(item)) return
    else if (type === 'response.output_item.done') {
      open.delete(place)
      items.push(item)
    } else if (type === 'response.output_item.added' && item['type'] === 'message')
      open.set(place, { item, text: '' })
  }

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
      } else listen(type, value)
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

/** A message as far as it came. */
const writeOpen = ({ item, text: said }: { readonly item: Fields; readonly text: string }): Fields => ({
  ...item,
  status: 'incomplete',
  content: said === '' ? [] : [{ type: 'output_text', text: said, annotations: [], logprobs: [] }],
})

const isWhole = (response: Fields): boolean => {
  const status = text(fieldsOf(response)['status'])
  return status !== '' && status !== 'in_progress' && status !== 'queued'
}
