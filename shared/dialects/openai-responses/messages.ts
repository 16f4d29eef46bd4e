// Messages as items, for a vendor that keeps nothing: everything it has to know stands in them. Pure.
import { type Fields, isFields, listOf } from '../../fields.ts'
import type { Message, Part, ToolCall } from '../../request.ts'
import { callId, isOurs } from './ids.ts'
import { isReference } from './items.ts'
import { writeParts } from './parts.ts'
import { DIALECT, kindOf } from './schema.ts'
import { isForeign } from './seal.ts'

export interface Manner {
  readonly audio: boolean
  /** Thoughts in the open are read again, as servers of open models do. */
  readonly plainThoughts: boolean
}

export function writeItems(messages: readonly Message[], manner: Manner, dropped: Set<string>): Fields[] {
  return messages.flatMap((message) => {
    if (message.native?.dialect === DIALECT) {
      const items = listOf(message.native.value).filter(isFields)
      return items.flatMap((item) => writeNative(item, manner, dropped))
    }
    if (message.role === 'assistant') return writeAnswer(message, manner, dropped)
    return message.role === 'tool'
      ? writeResult(message, manner, dropped)
      : writeWords(message, manner, dropped)
  })
}

/** An item as its client sent it, but for what only its keeper would understand: we keep it, not the vendor. */
function writeNative(item: Fields, manner: Manner, dropped: Set<string>): Fields[] {
  if (isReference(item)) {
    dropped.add('item_reference')
    return []
  }
  if (kindOf(item) === 'reasoning') {
    // Without its encrypted state a thought is looked up by its id, and nothing is found.
    const encrypted = item['encrypted_content']
    const isWhole = typeof encrypted === 'string' && encrypted !== '' && !isForeign(encrypted)
    const isPlain = manner.plainThoughts && listOf(item['content']).length > 0
    if (!isWhole && !isPlain) return []
  }
  if (!isOurs(item['id'])) return [item]
  const { id: _, ...rest } = item
  return [rest]
}

const writeWords = (message: Message, manner: Manner, dropped: Set<string>): Fields[] => {
  if (message.name !== undefined) dropped.add('name')
  const content = writeParts(message.parts, manner, dropped)
  return content.length === 0 ? [] : [{ type: 'message', role: message.role, content }]
}

function writeResult(message: Message, manner: Manner, dropped: Set<string>): Fields[] {
  if (message.isError === true) dropped.add('is_error')
  const output = writeParts(message.parts, manner, dropped)
  const isNothing = Array.isArray(output) && output.length === 0
  return [
    {
      type: 'function_call_output',
      call_id: callId(message.toolCallId ?? ''),
      output: isNothing ? '' : output,
    },
  ]
}

/** The words of the assistant go as plain messages: the full form wants the id that the vendor once gave them. */
function writeAnswer(message: Message, manner: Manner, dropped: Set<string>): Fields[] {
  const said = message.parts.flatMap((part) => writeSaid(part, manner, dropped))
  return [...said, ...(message.toolCalls ?? []).map(writeCall)]
}

const writeCall = ({ id, name, json }: ToolCall): Fields => ({
  type: 'function_call',
  call_id: callId(id),
  name,
  arguments: json,
})

function writeSaid(part: Part, manner: Manner, dropped: Set<string>): Fields[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'message', role: 'assistant', content: part.text }]
    case 'reasoning':
      return writeThought(part, manner)
    case 'image':
      dropped.add('images')
      return []
    case 'file':
      dropped.add('files')
      return []
    case 'audio':
      dropped.add('audio')
      return []
    case 'other':
      dropped.add(part.name)
      return []
  }
}

function writeThought({ text, signature }: Extract<Part, { type: 'reasoning' }>, manner: Manner): Fields[] {
  const summary = text === '' ? [] : [{ type: 'summary_text', text }]
  if (signature?.dialect === DIALECT) {
    const id = signature.id === undefined ? {} : { id: signature.id }
    return [{ type: 'reasoning', ...id, summary, encrypted_content: signature.data }]
  }
  if (!manner.plainThoughts || text === '' || signature !== undefined) return []
  return [{ type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text }] }]
}
