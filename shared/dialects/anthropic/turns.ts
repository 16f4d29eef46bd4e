// Messages of any dialect as this one's: instructions apart, turns that alternate, results of tools first. Pure.
// Sources: https://platform.claude.com/docs/en/build-with-claude/working-with-messages,
// /docs/en/agents-and-tools/tool-use/handle-tool-calls, /docs/en/build-with-claude/mid-conversation-system-messages
import { type Fields, fieldsOf, listOf, text } from '../../fields.ts'
import type { Message, Part } from '../../request.ts'
import { inputOf } from './input.ts'
import { type Drop, writePart, writeText } from './parts.ts'
import { DIALECT } from './schema.ts'
import { isSealed } from './seal.ts'

export interface Turns {
  /** As the client had it, or its texts as blocks; absent for none. */
  readonly system?: unknown
  readonly messages: readonly Fields[]
  readonly dropped: readonly string[]
}

interface Draft {
  readonly role: 'user' | 'assistant' | 'system'
  readonly results: Fields[]
  readonly content: Fields[]
  /** A message of this dialect, which is sent as it came. */
  readonly whole?: Fields
}

/** What the model takes, as far as messages are concerned. */
export interface Manners {
  /** Instructions may stand in mid-conversation; absent where nobody knows. */
  readonly inPlace: boolean | undefined
  /** Calls are named with letters, digits, `_` and `-` only. */
  readonly plainIds: boolean
}

/** A call and its result are named by the same rule, so they stay one pair. */
const namer =
  ({ plainIds }: Manners) =>
  (id: string): string =>
    plainIds ? id.replaceAll(/[^a-zA-Z0-9_-]/g, '_') : id

type NameOf = ReturnType<typeof namer>

const isInstruction = ({ role }: Message): boolean => role === 'system' || role === 'developer'

/**
 * Instructions in mid-conversation stay where they are on models that take them there (`inPlace`), and only where the
 * API takes them: behind a user's turn and before the assistant's or the end. Elsewhere they join the system field, in
 * their order: they keep their authority, which a place among the user's words would take from them.
 */
export function writeTurns(messages: readonly Message[], manners: Manners): Turns {
  const { inPlace } = manners
  const nameOf = namer(manners)
  const dropped = new Set<string>()
  const system: Fields[] = []
  const drafts: Draft[] = []
  const drop: Drop = (name) => void dropped.add(name)

  const last = (role: Draft['role']): Draft => {
    const before = drafts.at(-1)
    if (before?.role === role && before.whole === undefined) return before
    const fresh: Draft = { role, results: [], content: [] }
    drafts.push(fresh)
    return fresh
  }

  for (const [at, message] of messages.entries()) {
    const native = message.native?.dialect === DIALECT ? message.native : undefined
    if (native?.value === null) continue // said by the one before
    if (isInstruction(message)) {
      const isFirst = drafts.length === 0
      if (native !== undefined && !isFirst && inPlace !== false) {
        drafts.push({ role: 'system', results: [], content: [], whole: fieldsOf(native.value) })
        continue
      }
      const blocks =
        native === undefined
          ? message.parts.flatMap((part) => writeText(part, drop))
          : instructionsOf(native.value)
      if (!isFirst && inPlace === true && fits(messages, at, drafts)) last('system').content.push(...blocks)
      else system.push(...blocks)
    } else if (native !== undefined) {
      const whole = ownPart(fieldsOf(native.value), nameOf)
      const role = message.role === 'assistant' ? 'assistant' : 'user'
      if (whole !== undefined) drafts.push({ role, results: [], content: [], whole })
    } else if (message.role === 'tool') {
      last('user').results.push(writeResult(message, nameOf, drop))
    } else if (message.role === 'assistant') {
      last('assistant').content.push(...writeAssistant(message, nameOf, drop))
    } else {
      last('user').content.push(...message.parts.flatMap((part) => writePart(part, drop)))
    }
  }
  trimEnd(drafts.at(-1))
  const written = drafts.map(writeDraft).filter((one) => one !== undefined)
  const only = systemOf(messages, system)
  // A question that is all instructions is still a question; the API wants at least one message.
  if (written.length === 0 && system.length > 0)
    return { messages: [{ role: 'user', content: only }], dropped: [...dropped] }
  return { ...(system.length === 0 ? {} : { system: only }), messages: written, dropped: [...dropped] }
}

/** A single system field goes back as it came; what was joined is a list of blocks. */
function systemOf(messages: readonly Message[], blocks: readonly Fields[]): unknown {
  const instructions = messages.filter(isInstruction)
  const [first] = instructions
  if (instructions.length === 1 && first?.native?.dialect === DIALECT && blocks.length > 0)
    return fieldsOf(first.native.value)['content']
  return plain(blocks)
}

const instructionsOf = (value: unknown): Fields[] => {
  const { content } = fieldsOf(value)
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return listOf(content).map(fieldsOf)
}

/** One text needs no list around it. */
function plain(blocks: readonly Fields[]): unknown {
  const [only] = blocks
  const isPlain = blocks.length === 1 && only?.['type'] === 'text' && Object.keys(only).length === 2
  return isPlain ? only['text'] : blocks
}

function fits(messages: readonly Message[], at: number, drafts: readonly Draft[]): boolean {
  const before = drafts.at(-1)?.role
  const next = messages.slice(at + 1).find((message) => !isInstruction(message))
  return (before === 'user' || before === 'system') && (next === undefined || next.role === 'assistant')
}

function writeDraft({ role, results, content, whole }: Draft): Fields | undefined {
  if (whole !== undefined) return whole
  const blocks = [...results, ...content]
  return blocks.length === 0 ? undefined : { role, content: plain(blocks) }
}

/** The API refuses white space at the end of an answer that it is to continue. */
function trimEnd(draft: Draft | undefined): void {
  const block = draft?.role === 'assistant' ? draft.content.at(-1) : undefined
  if (draft === undefined || block?.['type'] !== 'text') return
  const trimmed = text(block['text']).trimEnd()
  draft.content.pop()
  if (trimmed !== '') draft.content.push({ ...block, text: trimmed })
}

/**
 * A message as its client wrote it, but for what came from another vendor: thoughts and proofs that are no use to this
 * one (a message of nothing else says nothing), names of calls that it would not take, and the empty text of an answer
 * that broke off before its first word and went on otherwise: the API refuses it.
 */
function ownPart(message: Fields, nameOf: NameOf): Fields | undefined {
  const { content, role } = message
  if (!Array.isArray(content)) return message
  const isSaid = (block: unknown): boolean => role !== 'assistant' || !isEmpty(block)
  const own = content
    .filter((block) => !isForeign(block) && isSaid(block))
    .map((block) => renamed(block, nameOf))
  if (own.length === content.length && own.every((block, at) => block === content[at])) return message
  return own.length === 0 ? undefined : { ...message, content: own }
}

function renamed(block: unknown, nameOf: NameOf): unknown {
  const fields = fieldsOf(block)
  const key = fields['type'] === 'tool_use' ? 'id' : 'tool_use_id'
  const id = fields[key]
  return typeof id !== 'string' || nameOf(id) === id ? block : { ...fields, [key]: nameOf(id) }
}

function isForeign(block: unknown): boolean {
  const { type, signature, data } = fieldsOf(block)
  return (
    (type === 'thinking' && isSealed(text(signature))) ||
    (type === 'redacted_thinking' && isSealed(text(data)))
  )
}

const isEmpty = (block: unknown): boolean =>
  fieldsOf(block)['type'] === 'text' && fieldsOf(block)['text'] === ''

function writeAssistant({ parts, toolCalls = [] }: Message, nameOf: NameOf, drop: Drop): Fields[] {
  const said = parts.flatMap((part): Fields[] => {
    if (part.type === 'reasoning') return writeThought(part)
    if (part.type === 'refusal') return part.text === '' ? [] : [{ type: 'text', text: part.text }]
    return writeText(part, drop)
  })
  const calls = toolCalls.map(({ id, name, json }) => ({
    type: 'tool_use',
    id: nameOf(id),
    name,
    input: inputOf(json),
  }))
  return [...said, ...calls]
}

function writeThought({ text: thinking, signature }: Extract<Part, { type: 'reasoning' }>): Fields[] {
  if (signature?.dialect !== DIALECT) return []
  if (signature.kind === 'redacted') return [{ type: 'redacted_thinking', data: signature.data }]
  return [{ type: 'thinking', thinking, signature: signature.data }]
}

function writeResult(message: Message, nameOf: NameOf, drop: Drop): Fields {
  const content = message.parts.flatMap((part) => writePart(part, drop))
  return {
    type: 'tool_result',
    tool_use_id: nameOf(message.toolCallId ?? ''),
    ...(content.length === 0 ? {} : { content: plain(content) }),
    ...(message.isError === true ? { is_error: true } : {}),
  }
}
