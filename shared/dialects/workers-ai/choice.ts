// One answer as it is read, in either shape: what has been said, which calls were begun, how it ended. Pure.
import type { FinishReason, ModelEvent } from '../../event.ts'
import { type Fields, fieldsOf, isFields, listOf, text } from '../../fields.ts'

// A map, because a model's word may also be that of something every object inherits.
const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
  ['model_length', 'length'],
  ['tool_calls', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['content_filter', 'content-filter'],
])

export interface Choice {
  readonly ended: FinishReason | undefined
  /** A chat completion's delta, or its whole message. */
  readDelta(delta: Fields): ModelEvent[]
  /** A frame, or a whole reply, of a native model. */
  readNative(frame: Fields): ModelEvent[]
  /** Ends it once; without a word it has simply stopped. */
  end(raw?: string): ModelEvent[]
}

/** Fields with a meaning of their own; any other with a value is content that is passed over. */
const KNOWN = new Set([
  'role',
  'name',
  'content',
  'refusal',
  'reasoning',
  'reasoning_content',
  'tool_calls',
  'function_call',
])

export function openChoice(index: number): Choice {
  const calls = new Map<number, number>() // the model's number of a call -> ours
  let begun = 0
  let ended: FinishReason | undefined
  let seal = FNV_OFFSET

  const say = (type: 'text-delta' | 'reasoning-delta' | 'refusal-delta', said: string): ModelEvent[] => {
    seal = fold(seal, said)
    return said === '' ? [] : [{ type, index, text: said }]
  }

  const start = (entry: Fields, about: Fields, json: string): ModelEvent[] => {
    const name = text(about['name'])
    const call = begun
    begun += 1
    // Native calls have no id; one that a client has to answer must not be that of an earlier turn.
    seal = fold(fold(seal, name), json)
    const id = text(entry['id']) || `call_${seal.toString(16).padStart(8, '0')}_${index}_${call}`
    return [{ type: 'tool-start', index, call, id, name }, ...add(call, json)]
  }

  const add = (call: number, json: string): ModelEvent[] =>
    json === '' ? [] : [{ type: 'tool-delta', index, call, json }]

  const readCalls = (list: unknown): ModelEvent[] =>
    listOf(list).flatMap((entry, position): ModelEvent[] => {
      if (!isFields(entry)) return []
      const isFlat = !isFields(entry['function'])
      const about = isFlat ? entry : fieldsOf(entry['function'])
      const json = writeJson(about['arguments'], isFlat)
      const number = entry['index']
      // Whole calls are not numbered; each is one of its own.
      if (typeof number !== 'number' && text(about['name']) !== '') return start(entry, about, json || '{}')
      const theirs = typeof number === 'number' ? number : position
      const known = calls.get(theirs)
      if (known !== undefined) return add(known, json)
      if (text(about['name']) === '') return [] // the mark after the last call, all null
      calls.set(theirs, begun)
      return start(entry, about, json)
    })

  return {
    get ended() {
      return ended
    },
    readDelta(delta) {
      if (ended !== undefined) return []
      const others = Object.entries(delta).filter(([key, value]) => !KNOWN.has(key) && saysMuch(value))
      return [
        ...say('reasoning-delta', text(delta['reasoning_content']) || text(delta['reasoning'])),
        ...say('text-delta', text(delta['content'])),
        ...say('refusal-delta', text(delta['refusal'])),
        ...readCalls(delta['tool_calls']),
        ...others.map((): ModelEvent => ({ type: 'other-delta', index })),
      ]
    },
    readNative(frame) {
      if (ended !== undefined) return []
      // The same call in a later turn has a longer prompt before it.
      seal = fold(seal, String(fieldsOf(frame['usage'])['prompt_tokens'] ?? ''))
      return [...say('text-delta', writeText(frame['response'])), ...readCalls(frame['tool_calls'])]
    },
    end(raw) {
      if (ended !== undefined) return []
      const reason = raw === undefined ? 'stop' : (REASONS.get(raw) ?? 'other')
      // A named tool is called with the word `stop`, and native models have no word at all.
      ended = reason === 'stop' && begun > 0 ? 'tool-calls' : reason
      return [{ type: 'choice-end', index, reason: ended, ...(raw === undefined ? {} : { raw }) }]
    },
  }
}

const saysMuch = (value: unknown): boolean =>
  value !== null && value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0)

/** In JSON mode the answer comes parsed, and a token that is a number may come as one. */
function writeText(response: unknown): string {
  if (response === undefined || response === null) return ''
  return typeof response === 'string' ? response : JSON.stringify(response)
}

/** Native models give arguments as an object; a whole call without any has an empty one. */
function writeJson(value: unknown, isWhole: boolean): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return isWhole ? '{}' : ''
  return JSON.stringify(value)
}

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** FNV-1a, 32 bits, over UTF-16 units. Source: RFC 9923 */
function fold(hash: number, said: string): number {
  let folded = hash
  for (let at = 0; at < said.length; at += 1) {
    folded = Math.imul(folded ^ said.charCodeAt(at), FNV_PRIME) >>> 0
  }
  return folded
}
