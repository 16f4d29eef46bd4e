// Thoughts with their vendors' signatures, as OpenRouter's `reasoning_details` carries them: read and written. Pure.
// Source: https://openrouter.ai/docs/use-cases/reasoning-tokens#preserving-reasoning-blocks
import { type Fields, fieldsOf, isFields, listOf, text } from '../../fields.ts'
import type { Part, Signature } from '../../request.ts'
import { DIALECT } from './schema.ts'

export type Thought = Extract<Part, { type: 'reasoning' }>

const FORMATS: readonly (readonly [string, string])[] = [
  ['anthropic-claude-v1', 'anthropic'],
  ['google-gemini-v1', 'gemini'],
  ['openai-responses-v1', 'openai-responses'],
]
const DIALECTS: ReadonlyMap<string, string> = new Map(FORMATS)
const NAMES: ReadonlyMap<string, string> = new Map(FORMATS.map(([format, dialect]) => [dialect, format]))

/** Whose encrypted detail is a thought that was hidden, and not the state beside a readable one. */
const REDACTING = new Set(['anthropic', 'bedrock'])

const dialectOf = (format: string): string =>
  format === '' || format === 'unknown' ? DIALECT : (DIALECTS.get(format) ?? format)

/** What one detail says: words, a signature, or both. */
export function readDetail(detail: unknown): Thought | undefined {
  const fields = fieldsOf(detail)
  const dialect = dialectOf(text(fields['format']))
  const id = text(fields['id'])
  const sign = (kind: Signature['kind'], data: string): { signature?: Signature } =>
    data === '' ? {} : { signature: { dialect, kind, data, ...(id === '' ? {} : { id }) } }
  switch (fields['type']) {
    case 'reasoning.text':
      return {
        type: 'reasoning',
        text: text(fields['text']),
        ...sign('signature', text(fields['signature'])),
      }
    case 'reasoning.summary':
      return { type: 'reasoning', text: text(fields['summary']) }
    case 'reasoning.encrypted': {
      const kind = REDACTING.has(dialect) ? 'redacted' : dialect === 'gemini' ? 'signature' : 'encrypted'
      return { type: 'reasoning', text: '', ...sign(kind, text(fields['data'])) }
    }
    default:
      return undefined
  }
}

/** A message's details as thoughts: pieces of one stretch are put together, and get the signature that ends it. */
export function readDetails(list: readonly unknown[]): Thought[] {
  const thoughts: Thought[] = []
  let open: { text: string; at: unknown } | undefined
  const close = (): void => {
    if (open !== undefined && open.text !== '') thoughts.push({ type: 'reasoning', text: open.text })
    open = undefined
  }
  for (const detail of list) {
    const read = readDetail(detail)
    if (read === undefined) continue
    const at = fieldsOf(detail)['index']
    const hidden = read.signature?.kind === 'redacted'
    if (open !== undefined && (open.at !== at || hidden)) close()
    if (read.signature === undefined) open = { text: (open?.text ?? '') + read.text, at }
    else {
      thoughts.push({ ...read, text: (open?.text ?? '') + read.text })
      open = undefined
    }
  }
  close()
  return thoughts
}

/** The thoughts of an assistant's message, wherever its vendor keeps them. */
export function readThoughts(message: Fields): Thought[] {
  const plain = text(message['reasoning_content']) || text(message['reasoning'])
  const thoughts = readDetails(listOf(message['reasoning_details']))
  // Signatures without words beside a text of their own are kept both.
  const spoken = thoughts.some((thought) => thought.text !== '')
  return plain === '' || spoken ? thoughts : [{ type: 'reasoning', text: plain }, ...thoughts]
}

/** The thoughts as details, numbered from `first`; what was never signed is text alone. */
export function writeDetails(thoughts: readonly Thought[], first = 0): Fields[] {
  return thoughts.flatMap((thought, at) => writeDetail(thought, first + at))
}

function writeDetail({ text, signature }: Thought, index: number): Fields[] {
  if (signature === undefined) return [{ type: 'reasoning.text', text, index }]
  const { dialect, kind, data, id } = signature
  const format = dialect === DIALECT ? {} : { format: NAMES.get(dialect) ?? dialect }
  const about = { ...(id === undefined ? {} : { id }), ...format, index }
  if (kind === 'signature') return [{ type: 'reasoning.text', text, signature: data, ...about }]
  return [
    ...(text === '' ? [] : [{ type: 'reasoning.summary', summary: text, ...about }]),
    { type: 'reasoning.encrypted', data, ...about },
  ]
}

/** Google seals a call itself: https://ai.google.dev/gemini-api/docs/thought-signatures#openai */
export function readSeal(call: Fields): Signature | undefined {
  const { extra_content: extra } = call
  if (!isFields(extra)) return undefined
  const data = text(fieldsOf(extra['google'])['thought_signature'])
  return data === '' ? undefined : { dialect: 'gemini', kind: 'signature', data }
}

export const writeSeal = (signature: Signature | undefined): Fields =>
  signature?.dialect === 'gemini' ? { extra_content: { google: { thought_signature: signature.data } } } : {}
