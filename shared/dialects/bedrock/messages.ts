// A conversation as Bedrock wants it: instructions apart, two roles that take turns, results of tools in the user's. Pure.
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
import { isFields, parse } from '../../fields.ts'
import type { CacheLife, Message, Part, ToolCall } from '../../request.ts'
import type { Family } from './family.ts'
import { type Block, type Drop, openDocuments, writeAudio, writeImage } from './parts.ts'
import { proofOf } from './signature.ts'

export interface Turn {
  readonly role: 'user' | 'assistant'
  readonly content: Block[]
}

export interface Conversation {
  readonly system: readonly Block[]
  readonly messages: readonly Turn[]
}

export function cachePoint(life: CacheLife | undefined, family: Family): Block[] {
  if (life === undefined || family.caches === 'nothing') return []
  return [{ cachePoint: { type: 'default', ...(life === '1h' && family.longCaches ? { ttl: '1h' } : {}) } }]
}

export function writeMessages(messages: readonly Message[], family: Family, drop: Drop): Conversation {
  const system: Block[] = []
  const turns: Turn[] = []
  const writePart = openParts(family, drop)
  const idOf = openIds(family)

  const contentOf = (message: Message): Block[] => {
    if (message.role === 'tool') return writeResult(message, family, idOf, writePart)
    const parts = message.parts.flatMap((part) => writePart(part, message.role))
    return [...parts, ...(message.toolCalls ?? []).map((call) => writeCall(call, idOf))]
  }

  for (const message of messages) {
    if (message.role === 'system' || message.role === 'developer') {
      system.push(...message.parts.flatMap((part) => writePart(part, 'system')))
      continue
    }
    const role = message.role === 'assistant' ? 'assistant' : 'user'
    const content = contentOf(message)
    if (!content.some((block) => !('cachePoint' in block))) continue // a message without a word is refused
    const last = turns.at(-1)
    if (last?.role === role) last.content.push(...content)
    else turns.push({ role, content })
  }
  return { system, messages: turns.map(completed) }
}

type WritePart = (part: Part, role: Message['role']) => Block[]

function openParts(family: Family, drop: Drop): WritePart {
  const writeDocument = openDocuments(drop)

  const blockOf = (part: Part, role: Message['role']): Block | undefined => {
    const isOurs = role === 'user' || role === 'tool' // only these may hold more than words
    switch (part.type) {
      case 'text':
      case 'refusal':
        return part.text.trim() === '' ? undefined : { text: part.text } // a blank text is refused
      case 'image':
        return isOurs ? writeImage(part, drop) : void drop('images')
      case 'file':
        return isOurs ? writeDocument(part) : void drop('files')
      case 'audio':
        return role === 'user' ? writeAudio(part, drop) : void drop('audio')
      case 'reasoning':
        return role === 'assistant' ? writeThought(part, family) : undefined
      case 'other':
        return void drop(part.name)
    }
  }

  return (part, role) => {
    const block = blockOf(part, role)
    if (block === undefined) return []
    return 'cache' in part ? [block, ...cachePoint(part.cache, family)] : [block]
  }
}

/** Thoughts go back only with their proof: without it, a model takes them for something it has said. */
function writeThought(part: Extract<Part, { type: 'reasoning' }>, family: Family): Block | undefined {
  const { signature } = part
  if (signature === undefined || signature.dialect !== proofOf(family, signature.kind)) return undefined
  switch (signature.kind) {
    case 'signature':
      return { reasoningContent: { reasoningText: { text: part.text, signature: signature.data } } }
    case 'redacted':
      return { reasoningContent: { redactedContent: signature.data } }
    case 'encrypted':
      return undefined
  }
}

/** The input is an object; what the model wrote instead is kept in one. */
function writeCall(call: ToolCall, idOf: (id: string) => string): Block {
  const input = call.json.trim() === '' ? {} : parse(call.json)
  return {
    toolUse: {
      toolUseId: idOf(call.id),
      name: call.name,
      input: isFields(input) ? input : { invalid_arguments: call.json },
    },
  }
}

function writeResult(
  message: Message,
  family: Family,
  idOf: (id: string) => string,
  writePart: WritePart,
): Block[] {
  const blocks = message.parts.flatMap((part) => writePart(part, 'tool'))
  const isPoint = (block: Block): boolean => 'cachePoint' in block // belongs behind a result, not into it
  const content = blocks.filter((block) => !isPoint(block))
  // Only these two know whether a tool has failed: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolResultBlock.html
  const knowsStatus = family.maker === 'claude' || family.maker === 'nova'
  const result = {
    toolUseId: idOf(message.toolCallId ?? ''),
    content: content.length === 0 ? [{ text: '(no output)' }] : content,
    ...(message.isError === true && knowsStatus ? { status: 'error' } : {}),
  }
  return [{ toolResult: result }, ...blocks.filter(isPoint).slice(-1)]
}

/**
 * Ids of calls as the wire takes them: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html
 * Mistral's models want exactly nine letters and digits. Others than these are numbered, the same id always alike.
 */
function openIds(family: Family): (id: string) => string {
  const allowed = family.maker === 'mistral' ? /^[a-zA-Z0-9]{9}$/ : /^[a-zA-Z0-9_.:-]{1,64}$/
  const given = new Map<string, string>()
  return (id) => {
    if (allowed.test(id)) return id
    const known = given.get(id) ?? `call${String(given.size + 1).padStart(5, '0')}`
    given.set(id, known)
    return known
  }
}

/** A document needs words beside it, and words to be continued must not end in white space. */
function completed(turn: Turn, index: number, turns: readonly Turn[]): Turn {
  const { role, content } = turn
  if (role === 'user') {
    const lacksWords =
      content.some((block) => 'document' in block) && !content.some((block) => 'text' in block)
    return lacksWords ? { role, content: [...content, { text: 'The document is attached.' }] } : turn
  }
  const last = content.at(-1)
  if (index < turns.length - 1 || last === undefined || typeof last['text'] !== 'string') return turn
  return { role, content: [...content.slice(0, -1), { text: last['text'].trimEnd() }] }
}
