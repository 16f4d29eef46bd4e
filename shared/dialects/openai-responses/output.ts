// The items of an answer as they come: what each event adds to what has been said. Pure.
import type { ModelEvent } from '../../event.ts'
import { count, type Fields, fieldsOf, isFields, listOf, text } from '../../fields.ts'
import type { Signature } from '../../request.ts'
import { unseal } from './seal.ts'

/** How much of an item has been said, so that what comes whole at its end adds only what is missing. */
interface Place {
  readonly said: Map<string, number>
  /** Thoughts come as a summary, in the open, or both ways: then the first way counts. */
  thoughts?: 'summary' | 'content'
  call?: number
  isProven?: true
}

export interface OutputReader {
  read(type: string, event: Fields): ModelEvent[]
  /** The whole output, where nothing of it has come in pieces. */
  rest(output: unknown): ModelEvent[]
  /** How many tools the client is to call. */
  calls(): number
}

const DELTAS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['response.output_text.delta', 'text'],
  ['response.refusal.delta', 'refusal'],
  ['response.reasoning_summary_text.delta', 'summary'],
  ['response.reasoning_text.delta', 'content'],
  ['response.reasoning.delta', 'content'], // Open Responses
  ['response.function_call_arguments.delta', 'arguments'],
  ['response.custom_tool_call_input.delta', 'arguments'],
])

/** Where the whole of it stands once it is done. */
const DONE: ReadonlyMap<string, readonly [Kind, string]> = new Map<string, readonly [Kind, string]>([
  ['response.output_text.done', ['text', 'text']],
  ['response.refusal.done', ['refusal', 'refusal']],
  ['response.reasoning_summary_text.done', ['summary', 'text']],
  ['response.reasoning_text.done', ['content', 'text']],
  ['response.reasoning.done', ['content', 'text']],
  ['response.function_call_arguments.done', ['arguments', 'arguments']],
  ['response.custom_tool_call_input.done', ['arguments', 'input']],
])

type Kind = 'text' | 'refusal' | 'summary' | 'content' | 'arguments'

export function readOutput(): OutputReader {
  const places = new Map<number, Place>()
  const proofs = new Map<string, Signature>() // of calls that are still to come
  let calls = 0

  const at = (index: number): Place => {
    const known = places.get(index)
    if (known !== undefined) return known
    const place: Place = { said: new Map() }
    places.set(index, place)
    return place
  }

  const say = (place: Place, kind: Kind, part: number, delta: string, events: ModelEvent[]): void => {
    if (delta === '') return
    const key = `${kind}:${part}`
    const before = place.said.get(key) ?? 0
    place.said.set(key, before + delta.length)
    if (kind === 'text') events.push({ type: 'text-delta', index: 0, text: delta })
    else if (kind === 'refusal') events.push({ type: 'refusal-delta', index: 0, text: delta })
    else if (kind === 'arguments') {
      if (place.call !== undefined)
        events.push({ type: 'tool-delta', index: 0, call: place.call, json: delta })
    } else {
      place.thoughts ??= kind
      if (place.thoughts !== kind) return
      // Paragraphs of a summary come as parts, without the blank line that separates them.
      const gap = part > 0 && before === 0 ? '\n\n' : ''
      events.push({ type: 'reasoning-delta', index: 0, text: gap + delta })
    }
  }

  const sayRest = (place: Place, kind: Kind, part: number, all: string, events: ModelEvent[]): void =>
    say(place, kind, part, all.slice(place.said.get(`${kind}:${part}`) ?? 0), events)

  const begin = (place: Place, item: Fields, events: ModelEvent[]): void => {
    const type = text(item['type'])
    if (type === 'function_call' || type === 'custom_tool_call') {
      if (place.call !== undefined) return
      place.call = calls
      calls += 1
      const id = text(item['call_id']) || text(item['id'])
      const signature = proofs.get(id)
      const proof = signature === undefined ? {} : { signature }
      events.push({ type: 'tool-start', index: 0, call: place.call, id, name: text(item['name']), ...proof })
    } else if (type !== 'message' && type !== 'reasoning' && !place.said.has(type)) {
      place.said.set(type, 0)
      events.push({ type: 'other-delta', index: 0 }) // a tool that the vendor runs is at work
    }
  }

  const complete = (place: Place, item: Fields, events: ModelEvent[]): void => {
    begin(place, item, events)
    sayRest(place, 'arguments', 0, text(item['arguments']) || text(item['input']), events)
    if (item['type'] === 'message') {
      for (const [part, value] of listOf(item['content']).entries()) {
        const content = fieldsOf(value)
        if (content['type'] === 'refusal') sayRest(place, 'refusal', part, text(content['refusal']), events)
        else sayRest(place, 'text', part, text(content['text']), events)
      }
    }
    if (item['type'] === 'reasoning') completeThought(place, item, events)
  }

  const completeThought = (place: Place, item: Fields, events: ModelEvent[]): void => {
    for (const kind of ['summary', 'content'] as const) {
      for (const [part, value] of listOf(item[kind]).entries()) {
        sayRest(place, kind, part, text(fieldsOf(value)['text']), events)
      }
    }
    const sealed = text(item['encrypted_content'])
    if (sealed === '' || place.isProven === true) return
    place.isProven = true
    const seal = unseal(sealed, text(item['id']) || undefined)
    if (seal?.callId !== undefined) proofs.set(seal.callId, seal.signature)
    else if (seal !== undefined)
      events.push({ type: 'reasoning-signature', index: 0, signature: seal.signature })
  }

  return {
    calls: () => calls,
    read(type, event) {
      const events: ModelEvent[] = []
      const part = count(event['content_index'] ?? event['summary_index'])
      const kind = DELTAS.get(type)
      if (kind !== undefined) {
        say(at(count(event['output_index'])), kind, part, text(event['delta']), events)
        const logprobs = listOf(event['logprobs'])
        // In the form of chat completions, which is that of all events of this kind.
        if (logprobs.length > 0) {
          events.push({ type: 'logprobs', index: 0, value: { content: logprobs, refusal: null } })
        }
        return events
      }
      const done = DONE.get(type)
      if (done !== undefined) {
        sayRest(at(count(event['output_index'])), done[0], part, text(event[done[1]]), events)
      } else if (isFields(event['item'])) {
        const place = at(count(event['output_index']))
        if (type === 'response.output_item.added') {
          begin(place, event['item'], events)
          sayRest(place, 'arguments', 0, text(event['item']['arguments']), events)
        } else if (type === 'response.output_item.done') complete(place, event['item'], events)
      }
      return events
    },
    rest(output) {
      const events: ModelEvent[] = []
      // Some servers number and name the items of their last event anew: what has come in pieces is not taken twice.
      if (places.size > 0) return events
      for (const [index, item] of listOf(output).entries()) {
        if (isFields(item)) complete(at(index), item, events)
      }
      return events
    },
  }
}
