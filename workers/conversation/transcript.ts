// What a conversation consists of, and when two messages are the same. Pure.
import { fieldsOf } from '../../shared/fields.ts'
import type { LastServed } from '../service.ts'

/** A message in the words of chat completions; stored and given back untouched. */
export type StoredMessage = Readonly<Record<string, unknown>>

export type Served = Omit<LastServed, 'at'>

export const isInstruction = (message: StoredMessage): boolean =>
  message['role'] === 'system' || message['role'] === 'developer'

export interface Parted {
  /** At the front: they hold for the whole request. */
  readonly leading: readonly StoredMessage[]
  readonly spoken: readonly StoredMessage[]
}

export function part(sent: readonly StoredMessage[]): Parted {
  const first = sent.findIndex((message) => !isInstruction(message))
  return first < 0
    ? { leading: sent, spoken: [] }
    : { leading: sent.slice(0, first), spoken: sent.slice(first) }
}

/** The messages behind the first `count` that are no instructions. */
export function behind(spoken: readonly StoredMessage[], count: number): readonly StoredMessage[] {
  let left = count
  const from = spoken.findIndex((message) => !isInstruction(message) && (left -= 1) < 0)
  return from < 0 ? [] : spoken.slice(from)
}

/**
 * What makes messages the ones they are. Clients send answers back in their own way: what counts is who said what, not
 * every field.
 */
export const gist = (messages: readonly StoredMessage[]): string =>
  JSON.stringify(
    messages
      .filter((message) => !isInstruction(message))
      .map((message) => [message['role'], plain(message['content']), callsOf(message)]),
  )

function plain(content: unknown): string {
  if (content === undefined || content === null) return ''
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return JSON.stringify(content)
  const texts = content.map((piece: unknown) =>
    typeof piece === 'object' && piece !== null && Reflect.get(piece, 'type') === 'text'
      ? Reflect.get(piece, 'text')
      : JSON.stringify(piece),
  )
  return texts.join('\n')
}

/** Ids, names and arguments: what else clients add to a call, or lose of it, makes it no other call. */
function callsOf(message: StoredMessage): string {
  const calls = message['tool_calls']
  if (!Array.isArray(calls)) return ''
  return calls
    .map((call: unknown) => {
      const { id, function: about } = fieldsOf(call)
      const { name, arguments: json } = fieldsOf(about)
      return JSON.stringify([id, name, json])
    })
    .join()
}
