// A client's contents as messages: who said what, which result answers which call, whose proof is whose. Pure.
// Source: https://ai.google.dev/api/caching#Content, https://ai.google.dev/gemini-api/docs/function-calling
import type { Message, Part, Role, ToolCall } from '../../request.ts'
import { readBlob, readFile } from './media.ts'
import { DIALECT } from './names.ts'
import type { GeminiContent, GeminiPart } from './schema.ts'
import { readSignature } from './seal.ts'

/** Who takes a turn, with everything said in it. */
interface Turn {
  readonly role: 'user' | 'model'
  readonly parts: GeminiPart[]
  readonly fields: Partial<GeminiContent>
}

interface Draft {
  readonly role: Role
  readonly parts: Part[]
  readonly toolCalls: ToolCall[]
  readonly toolCallId?: string
  readonly name?: string
  readonly isError?: true
  /** What the client sent for it; null where that stands with another message. */
  native: GeminiContent | null
}

/** A call that nobody has answered yet. */
interface Waiting {
  readonly id: string
  readonly name: string
}

/** A turn with several results becomes as many messages. Calls came without ids for years: they get one by their place. */
export function readContents(contents: readonly GeminiContent[]): Message[] {
  const drafts: Draft[] = []
  let waiting: Waiting[] = []
  for (const [place, turn] of turnsOf(contents).entries()) {
    const begun = drafts.length
    if (turn.role === 'model') {
      const draft = emptyDraft('assistant')
      for (const part of turn.parts) {
        const call = readSaid(part, draft, `call_${place}_${draft.toolCalls.length}`)
        if (call !== undefined) waiting.push(call)
      }
      drafts.push(draft)
    }
    for (const part of turn.role === 'user' ? turn.parts : []) {
      const answered = readAnswer(part, waiting, `call_${place}`)
      const last = drafts.length > begun ? drafts.at(-1) : undefined
      if (answered !== undefined) {
        waiting = waiting.filter(({ id }) => id !== answered.toolCallId)
        drafts.push(answered)
      } else if (last?.role === 'user') last.parts.push(...readGiven(part))
      else drafts.push({ ...emptyDraft('user'), parts: readGiven(part) })
    }
    if (drafts.length === begun) drafts.push(emptyDraft('user'))
    const first = drafts[begun]
    if (first !== undefined) first.native = { ...turn.fields, role: turn.role, parts: turn.parts }
  }
  return drafts.map(toMessage)
}

const emptyDraft = (role: Role): Draft => ({ role, parts: [], toolCalls: [], native: null })

/**
 * Google's clients keep a streamed answer as one content for each chunk; what the model said in a row is one turn, so
 * that a call follows the user at once. Parts without a word go: Google sends them, and refuses them.
 */
function turnsOf(contents: readonly GeminiContent[]): Turn[] {
  const turns: Turn[] = []
  for (const { role: said, parts, ...fields } of contents) {
    const role = said === 'model' ? 'model' : 'user'
    const worded = (parts ?? []).filter((part) => !isWordless(part))
    const last = turns.at(-1)
    if (role === 'model' && last?.role === 'model') last.parts.push(...worded)
    else turns.push({ role, parts: worded, fields })
  }
  return turns
}

const isWordless = ({ text, thought: _, ...rest }: GeminiPart): boolean =>
  text === '' && Object.keys(rest).length === 0

/** The instructions; their role means nothing. */
export function readInstruction(instruction: Pick<GeminiContent, 'parts'>): Message {
  const parts = (instruction.parts ?? []).flatMap(readGiven)
  return { role: 'system', parts, native: { dialect: DIALECT, value: instruction } }
}

function toMessage({ role, parts, toolCalls, toolCallId, name, isError, native }: Draft): Message {
  return {
    role,
    parts,
    ...(toolCalls.length === 0 ? {} : { toolCalls }),
    ...(toolCallId === undefined ? {} : { toolCallId }),
    ...(isError === undefined ? {} : { isError }),
    ...(name === undefined ? {} : { name }),
    native: { dialect: DIALECT, value: native },
  }
}

/** What the client gives: everything but a function's result. */
function readGiven(part: GeminiPart): Part[] {
  if (typeof part.text === 'string') return part.text === '' ? [] : [{ type: 'text', text: part.text }]
  if (part.inlineData) return [readBlob(part.inlineData)]
  if (part.fileData) return [readFile(part.fileData)]
  return [{ type: 'other', name: nameOf(part) }]
}

const nameOf = (part: GeminiPart): string =>
  Object.keys(part).find((key) => part[key] !== null && key !== 'thoughtSignature' && key !== 'thought') ??
  'part'

/** What the model said: added to the draft, so that a text or a thought cut into chunks is whole again. */
function readSaid(part: GeminiPart, draft: Draft, freeId: string): Waiting | undefined {
  const signature = part.thoughtSignature ? readSignature(part.thoughtSignature) : undefined
  const { parts } = draft
  const last = parts.at(-1)
  if (part.functionCall) {
    const { name, args } = part.functionCall
    const id = part.functionCall.id || freeId
    const json = JSON.stringify(args ?? {})
    draft.toolCalls.push({ id, name, json, ...(signature === undefined ? {} : { signature }) })
    return { id, name }
  }
  if (part.thought === true) {
    const isOpen =
      last?.type === 'reasoning' && last.signature === undefined && signature?.kind !== 'redacted'
    const text = (isOpen ? last.text : '') + (part.text ?? '')
    if (isOpen) parts.pop()
    if (text !== '' || signature !== undefined) {
      parts.push({ type: 'reasoning', text, ...(signature === undefined ? {} : { signature }) })
    }
    return undefined
  }
  if (typeof part.text === 'string' && last?.type === 'text') {
    parts[parts.length - 1] = { type: 'text', text: last.text + part.text }
  } else parts.push(...readGiven(part))
  if (signature !== undefined) parts.push({ type: 'reasoning', text: '', signature })
  return undefined
}

/** A function's result as the tool's message, answering the call of its id, or the first open one of its name. */
function readAnswer(part: GeminiPart, waiting: readonly Waiting[], freeId: string): Draft | undefined {
  const answer = part.functionResponse
  if (!answer) return undefined
  const open = waiting.find(({ id, name }) => (answer.id ? id === answer.id : name === answer.name))
  const response = answer.response ?? {}
  const isError = (response['error'] ?? undefined) !== undefined
  // `output` and `error` are Google's words for what the function gave; without them the whole response is it.
  const isWrapped = Object.keys(response).length === 1
  const given = isWrapped ? (response['output'] ?? response['error'] ?? response) : response
  const text = typeof given === 'string' ? given : JSON.stringify(given)
  const media = (answer.parts ?? []).flatMap(({ inlineData }) => (inlineData ? [readBlob(inlineData)] : []))
  return {
    role: 'tool',
    parts: [{ type: 'text', text }, ...media],
    toolCalls: [],
    toolCallId: answer.id || (open?.id ?? freeId),
    name: answer.name || (open?.name ?? ''),
    ...(isError ? { isError: true } : {}),
    native: null,
  }
}
