// What a response adds to its line, as its row has it: how long the line is by then, its items without their texts, and
// what was found out when it was asked. Pure.
import type { Anchor } from '../../shared/context/chooser.ts'
import { fieldsOf, listOf, parse } from '../../shared/fields.ts'
import { type Entry, readEntries, writeEntries } from './entry.ts'

/** Where an item's text is: in a response, or in the conversation of the thread. */
export interface Ref {
  /** The response; null for the conversation. */
  readonly response: string | null
  /** Among the items of the response, its input first; or the position in the conversation. */
  readonly at: number
}

/** An instruction that holds from here on. */
export interface Pin extends Ref {
  readonly tokens: number
  /** It stood at the beginning, and is told for ever. */
  readonly isFirst: boolean
}

/** What holds behind a response, or in the conversation as it is by now. */
export interface Sent {
  readonly pins: readonly Pin[]
  /** The newest summary of turns before it. */
  readonly summary: number | null
  /** From where on it was told what came before. */
  readonly anchor: Anchor | null
}

export const NOTHING_SENT: Sent = { pins: [], summary: null, anchor: null }

export interface Line {
  /** Turns up to and with it, and the tokens of all of those. */
  readonly depth: number
  readonly tokens: number
  /** Its input's, then those of what it said. */
  readonly entries: readonly Entry[]
  readonly inputs: number
  readonly sent: Sent
}

/** More instructions than these are not gone on with: of each end of a conversation half of them. */
const MOST_PINS = 64

/** What comes with instructions before anything else puts them in the place of all but the first. */
export function pinned(
  before: readonly Pin[],
  entries: readonly Entry[],
  isBeginning: boolean,
  refOf: (at: number) => Ref,
): readonly Pin[] {
  const own = entries.flatMap(({ kind, tokens }, at): Pin[] =>
    kind === 'system' ? [{ ...refOf(at), tokens, isFirst: isBeginning }] : [],
  )
  if (own.length === 0) return before
  const leads = entries[0]?.kind === 'system' && !isBeginning
  const pins = [...(leads ? before.filter(({ isFirst }) => isFirst) : before), ...own]
  return pins.length <= MOST_PINS ? pins : [...pins.slice(0, MOST_PINS / 2), ...pins.slice(-MOST_PINS / 2)]
}

export const writeSent = ({ pins, summary, anchor }: Sent): string =>
  JSON.stringify({
    ...(pins.length === 0
      ? {}
      : { pins: pins.map(({ response, at, tokens, isFirst }) => [response, at, tokens, isFirst ? 1 : 0]) }),
    ...(summary === null ? {} : { summary }),
    ...(anchor === null ? {} : { anchor }),
  })

export function readSent(json: string | undefined): Sent {
  if (json === undefined) return NOTHING_SENT
  const { pins, summary, anchor } = fieldsOf(parse(json))
  return {
    pins: listOf(pins).map((pin) => {
      const [response, at, tokens, first] = listOf(pin)
      return {
        response: typeof response === 'string' ? response : null,
        at: Number(at),
        tokens: Number(tokens),
        isFirst: first === 1,
      }
    }),
    summary: typeof summary === 'number' ? summary : null,
    anchor: anchor === undefined ? null : (anchor as Anchor), // written above
  }
}

export const writeLine = ({ depth, tokens, entries, inputs, sent }: Line): string =>
  JSON.stringify([depth, tokens, inputs, writeEntries(entries), writeSent(sent)])

export function readLine(json: string): Line {
  const [depth, tokens, inputs, entries, sent] = listOf(parse(json))
  return {
    depth: Number(depth),
    tokens: Number(tokens),
    inputs: Number(inputs),
    entries: readEntries(String(entries)),
    sent: readSent(String(sent)),
  }
}
