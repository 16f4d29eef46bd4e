// What a provider's own chunks have told of an answer, so that another can go on with it: its head, and the places of
// its calls and thoughts, which clients put together by number. Of the one choice that can be gone on with. Pure.
import type { ModelEvent } from '../../event.ts'
import { count, type Fields, fieldsOf, listOf } from '../../fields.ts'

export interface Told {
  see(chunk: Fields, events: readonly ModelEvent[]): void
  /** The fields of every chunk that say which system answers. */
  head(): Fields
  /** The place of the next detail of reasoning. */
  readonly details: number
  /** How far the places of calls stand above their numbers: some servers do not begin at 0. */
  readonly callsAbove: number
}

const HEAD = ['system_fingerprint', 'service_tier'] as const

export function openTold(): Told {
  let last: Fields = {}
  let details = 0
  let callsAbove = 0

  const after = (list: unknown): number =>
    listOf(list).reduce((most: number, one) => Math.max(most, count(fieldsOf(one)['index']) + 1), 0)

  return {
    get details() {
      return details
    },
    get callsAbove() {
      return callsAbove
    },
    head: () =>
      Object.fromEntries(HEAD.flatMap((name) => (last[name] === undefined ? [] : [[name, last[name]]]))),
    see(chunk, events) {
      last = chunk
      for (const event of events) {
        if (event.type !== 'tool-start' && !event.type.startsWith('reasoning')) continue
        const delta = fieldsOf(fieldsOf(listOf(chunk['choices'])[0])['delta'])
        if (event.type === 'tool-start')
          callsAbove = Math.max(callsAbove, after(delta['tool_calls']) - event.call - 1)
        else details = Math.max(details, after(delta['reasoning_details']))
      }
    },
  }
}
