// What a provider's own chunks have told of an answer, so that another can go on with it: its head, and the places of
// its calls and thoughts, which clients put together by number. Of the one choice that can be gone on with. Pure.
import type { ModelEvent } from '../../event.ts'
import { type Fields, fieldsOf, listOf } from '../../fields.ts'

export interface Told {
  see(chunk: Fields, events: readonly ModelEvent[]): void
  /** The fields of every chunk that say which system answers. */
  head(): Fields
  /** The place of the next detail of reasoning. */
  details(): number
  /** How far the places of calls stand above their numbers: not every server begins at 0 and counts. */
  callsAbove(): number
}

const HEAD = ['system_fingerprint', 'service_tier'] as const

export function openTold(): Told {
  let last: Fields = {}
  let details = 0
  let calls = 0
  let places = 0

  return {
    details: () => details,
    callsAbove: () => (places === 0 ? 0 : places - calls),
    head: () =>
      Object.fromEntries(HEAD.flatMap((name) => (last[name] === undefined ? [] : [[name, last[name]]]))),
    see(chunk, events) {
      last = chunk
      for (const event of events) {
        if (event.type !== 'tool-start' && !event.type.startsWith('reasoning')) continue
        const delta = fieldsOf(fieldsOf(listOf(chunk['choices'])[0])['delta'])
        if (event.type === 'tool-start') {
          calls += 1
          places = Math.max(places, placeAfter(delta['tool_calls']))
        } else details = Math.max(details, placeAfter(delta['reasoning_details']))
      }
    },
  }
}

/** The first place behind all of these; 0 where they are not numbered. */
const placeAfter = (list: unknown): number =>
  listOf(list).reduce((most: number, one) => {
    const { index } = fieldsOf(one)
    return typeof index === 'number' ? Math.max(most, index + 1) : most
  }, 0)
