// How an answer travels to its object and to those who read along: a first line that says whose it is, one line a batch,
// and a last one that says that it was told to its end. Without that line it is not whole. Pure.
import type { ModelEvent } from '../../shared/event.ts'
import { fieldsOf, isFields, listOf, parse } from '../../shared/fields.ts'
import type { Head, Origin } from './record.ts'

/** What is known at the end; `vector` in base64. */
export interface Closing extends Omit<Head, keyof Origin> {
  readonly vector?: string
}

export type Line =
  | { readonly kind: 'begin'; readonly origin: Origin }
  | { readonly kind: 'events'; readonly events: readonly ModelEvent[] }
  | { readonly kind: 'end'; readonly closing: Closing }

export const writeLine = (line: Line): string => `${JSON.stringify(line)}\n`

/** Undefined for what `writeLine` has not written. */
export function readLine(text: string): Line | undefined {
  const line = parse(text)
  if (!isFields(line)) return undefined
  const isOurs =
    (line['kind'] === 'begin' && isFields(line['origin'])) ||
    (line['kind'] === 'events' && Array.isArray(line['events'])) ||
    (line['kind'] === 'end' && isFields(fieldsOf(line['closing'])['usage']))
  return isOurs ? (line as unknown as Line) : undefined // written above
}

export interface Told {
  readonly events: readonly ModelEvent[]
  /** Undefined where it was not told to its end. */
  readonly head: Head | undefined
  readonly vector: string | undefined
}

/** An answer from all its lines. */
export function toldIn(lines: readonly string[]): Told {
  const all = lines.map(readLine)
  const events = all.flatMap((line) => (line?.kind === 'events' ? listOf(line.events) : []))
  const origin = all.find((line) => line?.kind === 'begin')?.origin
  const closing = all.find((line) => line?.kind === 'end')?.closing
  return {
    events: events as readonly ModelEvent[], // as `readLine` says
    head:
      origin === undefined || closing === undefined ? undefined : { ...origin, ...withoutVector(closing) },
    vector: closing?.vector,
  }
}

const withoutVector = ({ vector: _, ...rest }: Closing): Omit<Closing, 'vector'> => rest

/** Lines as they become whole. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  const reader = stream.getReader()
  let rest = ''
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const parts = (rest + decoder.decode(next.value, { stream: true })).split('\n')
      rest = parts.pop() ?? ''
      yield* parts
    }
  } finally {
    reader.cancel().catch(() => undefined) // it may have ended by itself
  }
}
