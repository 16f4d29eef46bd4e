// What a conversation consists of, and how a new request joins it. Pure.

import { fieldsOf } from '../../shared/fields.ts'
import type { LastServed } from '../service.ts'

/** A message as the client's dialect has it; stored and given back untouched. */
export type StoredMessage = Readonly<Record<string, unknown>>

export interface Turn {
  readonly requestId: string
  readonly at: number
  /** What the client said, then what the model answered. */
  readonly messages: readonly StoredMessage[]
  /** The answer broke off; what there was of it is kept. */
  readonly cut: boolean
  /** Who answered, and what its vendor reported to have of the prompt in its cache. */
  readonly served?: Served
}

export type Served = Omit<LastServed, 'at'>

export interface Joined {
  /** Everything the model should see, in order. */
  readonly messages: readonly StoredMessage[]
  /** What of it is new, and is stored with the answer. */
  readonly fresh: readonly StoredMessage[]
}

/** Who answered last; nobody where that is not known. */
export function lastServed(turns: readonly Turn[]): LastServed | undefined {
  const turn = turns.at(-1)
  return turn?.served === undefined ? undefined : { ...turn.served, at: turn.at }
}

const isInstruction = (message: StoredMessage): boolean =>
  message['role'] === 'system' || message['role'] === 'developer'

/**
 * Joins a request to the turns so far. A client may send only the new message, or the whole history
 * again; what is stored already is recognised and not stored twice. Leading instructions that are
 * sent replace those of earlier turns, so a client may repeat its system message every time.
 */
export function join(turns: readonly Turn[], sent: readonly StoredMessage[]): Joined {
  const stored = turns.flatMap((turn) => turn.messages)
  const said = stored.filter((message) => !isInstruction(message))
  const leading = sent.findIndex((message) => !isInstruction(message))
  const instructions = leading < 0 ? sent : sent.slice(0, leading)
  const spoken = leading < 0 ? [] : sent.slice(leading)
  const repeated =
    said.length > 0 &&
    spoken.length > said.length &&
    said.every((message, position) => isSame(message, spoken[position]))
  const fresh = repeated ? spoken.slice(said.length) : spoken
  const latest = lastInstructions(turns)
  const valid = instructions.length > 0 ? instructions : latest
  const isNew = instructions.length > 0 && JSON.stringify(instructions) !== JSON.stringify(latest)
  return { messages: [...valid, ...said, ...fresh], fresh: isNew ? [...instructions, ...fresh] : fresh }
}

/** The instructions of the last turn that brought any. */
function lastInstructions(turns: readonly Turn[]): readonly StoredMessage[] {
  const turn = turns.findLast((candidate) => candidate.messages.some(isInstruction))
  return turn?.messages.filter(isInstruction) ?? []
}

/** Clients send answers back in their own way: what counts is who said what, not every field. */
function isSame(stored: StoredMessage, sent: StoredMessage | undefined): boolean {
  if (sent === undefined || stored['role'] !== sent['role']) return false
  return plain(stored['content']) === plain(sent['content']) && callsOf(stored) === callsOf(sent)
}

function plain(content: unknown): string {
  if (content === undefined || content === null) return ''
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return JSON.stringify(content)
  const texts = content.map((part: unknown) =>
    typeof part === 'object' && part !== null && Reflect.get(part, 'type') === 'text'
      ? Reflect.get(part, 'text')
      : JSON.stringify(part),
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
