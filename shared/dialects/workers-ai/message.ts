// Messages for Workers AI: texts as strings, which every model reads; lists only around pictures. Pure.
// Source: https://developers.cloudflare.com/workers-ai/features/function-calling/ and the models' input schemas
import type { WireTarget } from '../../dialect.ts'
import { isFields, parse } from '../../fields.ts'
import { type Message, type Part, textOf, type ToolCall } from '../../request.ts'
import type { Family } from './family.ts'

type Written = Record<string, unknown>

/** `drop` is told what a message holds that the model cannot be given. */
export function writeMessages(
  messages: readonly Message[],
  family: Family,
  facts: WireTarget['facts'],
  drop: (what: string) => void,
): Written[] {
  const names = new Map<string, string>() // of tools, by the id of the call they answer
  const written: Written[] = []
  for (const message of messages) {
    const text = spoken(message)
    for (const call of message.toolCalls ?? []) names.set(call.id, call.name)
    const last = written.at(-1)
    // Some chat templates refuse a second system message ("must be at the beginning"), so the first ones become one.
    if (isSystem(message) && written.length === 1 && last?.['role'] === 'system') {
      last['content'] = `${String(last['content'])}\n\n${text}`
      leftOut(message, drop)
      continue
    }
    written.push(writeMessage(message, text, names, { family, facts, drop }))
  }
  return written
}

interface Way {
  readonly family: Family
  readonly facts: WireTarget['facts']
  readonly drop: (what: string) => void
}

function writeMessage(message: Message, text: string, names: ReadonlyMap<string, string>, way: Way): Written {
  if (message.role === 'user')
    return { role: 'user', content: writeContent(message, text, way), ...nameOf(message) }
  leftOut(message, way.drop)
  if (message.role === 'tool') {
    const id = message.toolCallId
    const name = message.name ?? (id === undefined ? undefined : names.get(id))
    return {
      role: 'tool',
      ...(id === undefined ? {} : { tool_call_id: id }),
      ...(name === undefined ? {} : { name }),
      content: text,
    }
  }
  if (message.role !== 'assistant') return { role: 'system', content: text, ...nameOf(message) }
  const thought = way.family.wire === 'chat' ? thoughtIn(message) : ''
  const calls = message.toolCalls ?? []
  return {
    role: 'assistant',
    content: text, // never null: https://github.com/cloudflare/ai (normalizeMessagesForBinding)
    // The name under which vLLM takes thoughts back; in the content they would be read as spoken.
    ...(thought === '' ? {} : { reasoning: thought }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(writeCall) }),
    ...nameOf(message),
  }
}

const isSystem = (message: Message): boolean => message.role === 'system' || message.role === 'developer'

const nameOf = (message: Message): Written => (message.name === undefined ? {} : { name: message.name })

/** What is said in words, refusals included. */
function spoken(message: Message): string {
  const refused = message.parts.flatMap((part) => (part.type === 'refusal' ? [part.text] : []))
  return [textOf(message), ...refused].filter((text) => text !== '').join('\n')
}

/** Plain thoughts; what a vendor has signed is for that vendor only. */
function thoughtIn(message: Message): string {
  return message.parts
    .flatMap((part) => (part.type === 'reasoning' && part.signature === undefined ? [part.text] : []))
    .join('')
}

/** Chat templates parse the arguments, and fail on what is no object. */
function writeCall(call: ToolCall): Written {
  const json = isFields(parse(call.json)) ? call.json : '{}'
  return { id: call.id, type: 'function', function: { name: call.name, arguments: json } }
}

function writeContent(message: Message, text: string, way: Way): unknown {
  const seesImages = way.family.images && way.facts?.images !== false
  const hears = way.family.wire === 'chat' && way.facts?.audio === true
  const parts = message.parts.flatMap((part): Written[] => {
    if (part.type === 'text') return part.text === '' ? [] : [{ type: 'text', text: part.text }]
    if (part.type === 'image' && seesImages) {
      const detail = way.family.wire === 'chat' && part.detail !== undefined ? { detail: part.detail } : {}
      return [{ type: 'image_url', image_url: { url: part.url, ...detail } }]
    }
    if (part.type === 'audio' && hears) {
      return [{ type: 'input_audio', input_audio: { data: part.data, format: part.format } }]
    }
    dropPart(part, way.drop)
    return []
  })
  return parts.some((part) => part['type'] !== 'text') ? parts : text
}

function leftOut(message: Message, drop: (what: string) => void): void {
  for (const part of message.parts) dropPart(part, drop)
}

function dropPart(part: Part, drop: (what: string) => void): void {
  switch (part.type) {
    case 'image':
      return drop('images')
    case 'file':
      return drop('files')
    case 'audio':
      return drop('audio')
    case 'other':
      return drop(part.name)
    case 'text':
    case 'reasoning':
    case 'refusal':
      return
  }
}
