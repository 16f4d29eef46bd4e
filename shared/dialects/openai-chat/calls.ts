// Tool calls in pieces: which call a piece belongs to, whatever its vendor numbers. Pure.
import type { ModelEvent } from '../../event.ts'
import { type Fields, fieldsOf, text } from '../../fields.ts'
import { inventId } from './ids.ts'
import { readSeal } from './thoughts.ts'

interface Call {
  readonly number: number
  readonly id: string
  /** Arguments that came before the name; undefined once the call has begun. */
  held: string | undefined
}

export interface Calls {
  /** One entry of `tool_calls`. `whole`: the entry is all of the call, as in a reply that is not streamed. */
  read(entry: Fields, whole: boolean, events: ModelEvent[]): void
  /** The choice has ended: a call that never got a name begins without one. */
  end(events: ModelEvent[]): void
}

/** The calls of one choice, numbered from 0 in the order in which they begin. */
export function trackCalls(index: number, replyId: string): Calls {
  const calls: Call[] = []
  const byPlace = new Map<number, Call>()
  const byId = new Map<string, Call>()

  const find = (place: number | undefined, id: string, name: string): Call | undefined => {
    if (place === undefined) return id === '' ? (name === '' ? calls.at(-1) : undefined) : byId.get(id)
    const known = byPlace.get(place)
    // Some number all parallel calls 0; then another id with a name of its own is another call.
    return known !== undefined && id !== '' && name !== '' && id !== known.id ? byId.get(id) : known
  }

  const open = (place: number | undefined, id: string): Call => {
    const number = calls.length
    const call = { number, id: id === '' ? inventId(replyId, index, number) : id, held: '' }
    calls.push(call)
    byId.set(call.id, call)
    if (place !== undefined) byPlace.set(place, call)
    return call
  }

  const begin = (call: Call, name: string, entry: Fields, events: ModelEvent[]): void => {
    const seal = readSeal(entry)
    const { number, id, held } = call
    const signed = seal === undefined ? {} : { signature: seal }
    events.push({ type: 'tool-start', index, call: number, id, name, ...signed })
    if (held !== undefined && held !== '')
      events.push({ type: 'tool-delta', index, call: number, json: held })
    call.held = undefined
  }

  return {
    read(entry, whole, events) {
      const about = fieldsOf(entry['function'] ?? entry['custom'])
      const place = typeof entry['index'] === 'number' ? entry['index'] : undefined
      const [id, name] = [text(entry['id']), text(about['name'])]
      const call = (whole ? undefined : find(place, id, name)) ?? open(place, id)
      const json = text(about['arguments']) || text(about['input'])
      if (call.held !== undefined && (name !== '' || whole)) begin(call, name, entry, events)
      if (json === '') return
      if (call.held === undefined) events.push({ type: 'tool-delta', index, call: call.number, json })
      else call.held += json
    },
    end(events) {
      for (const call of calls) if (call.held !== undefined) begin(call, '', {}, events)
    },
  }
}
