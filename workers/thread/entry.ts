// What is known of an item without its text: who says it, how many tokens it takes, which call it belongs to. Pure.
import type { Item as Counted, Speaker } from '../../shared/context/item.ts'
import { markerText, MARKER_TOKENS } from '../../shared/context/item.ts'
import { messagesOf } from '../../shared/dialects/openai-responses/items.ts'
import { type Fields, listOf, parse, text } from '../../shared/fields.ts'
import { countPrompt, type CountTokens } from '../../shared/tokens.ts'
import { utf8Length } from '../../shared/utf8.ts'

/** `system`: instructions that stand among the items, as systems and developers write them. */
export type Kind = Speaker | 'system'

export interface Entry {
  readonly kind: Kind
  readonly tokens: number
  readonly id: string
  /** Of what a tool answered: the type of the item, and the call. */
  readonly type?: string
  readonly call?: string
}

/** One that is told in turns: instructions are chosen apart. */
export const spokenOf = ({ kind, tokens, call }: Entry): Counted | undefined =>
  kind === 'system' ? undefined : { speaker: kind, tokens, ...(call === undefined ? {} : { call }) }

/** What tools answered in words; a picture of a screen is taken or left whole. */
const RESULTS = new Set(['function_call_output', 'custom_tool_call_output'])
const CALLS = new Set(['function_call', 'custom_tool_call'])

export type CountItem = (item: Fields) => number

export function entryOf(item: Fields, tokens: number): Entry {
  const [type, call, id] = [text(item['type']), text(item['call_id']), text(item['id'])]
  const kind = kindOf(item, type, call)
  return { kind, tokens, id, ...(kind === 'result' ? { type, call } : {}) }
}

function kindOf(item: Fields, type: string, call: string): Kind {
  if (type === 'message' || type === '') {
    const { role } = item
    return role === 'user' ? 'user' : role === 'system' || role === 'developer' ? 'system' : 'assistant'
  }
  if (CALLS.has(type)) return 'calls'
  if (RESULTS.has(type) && call !== '') return 'result'
  return type.endsWith('_output') || type === 'mcp_approval_response' ? 'other' : 'assistant'
}

export const isLong = ({ kind, tokens }: Entry): boolean => kind === 'result' && tokens > MARKER_TOKENS

/** What stands in the place of a result that is left out. */
export const markerOf = ({ id, type, call, tokens }: Entry): Fields => ({
  type: type ?? 'function_call_output',
  id,
  call_id: call ?? '',
  output: markerText(tokens),
})

const NOTHING = countPrompt([], [], () => 0)

export const counting =
  (count: CountTokens): CountItem =>
  (item) =>
    countPrompt(messagesOf([item]), [], count) - NOTHING

/** English text has about four bytes a token, others more tokens for as many. */
export const roughly: CountItem = counting((said) => Math.ceil(utf8Length(said) / 4))

const LETTERS: Readonly<Record<Kind, string>> = {
  user: 'u',
  assistant: 'a',
  calls: 'c',
  result: 'r',
  other: 'o',
  system: 's',
}
const KINDS = new Map(Object.entries(LETTERS).map(([kind, letter]) => [letter, kind as Kind])) // its own keys

export const letterOf = (kind: Kind): string => LETTERS[kind]
export const kindFor = (letter: string): Kind => KINDS.get(letter) ?? 'other'

export const writeEntries = (entries: readonly Entry[]): string =>
  JSON.stringify(
    entries.map(({ kind, tokens, id, type, call }) => [
      LETTERS[kind],
      tokens,
      id,
      ...(call === undefined ? [] : [type, call]),
    ]),
  )

export const readEntries = (json: string): Entry[] =>
  listOf(parse(json)).map((one) => {
    const [letter, tokens, id, type, call] = listOf(one)
    return {
      kind: kindFor(String(letter)),
      tokens: Number(tokens),
      id: String(id),
      ...(typeof call === 'string' ? { type: String(type), call } : {}),
    }
  })
