// Messages as contents for Google: roles merged and taking turns, results beside the names of their calls, every proof
// in its place. Pure.
// Sources: https://ai.google.dev/api/caching#Content, https://ai.google.dev/gemini-api/docs/function-calling,
// https://ai.google.dev/gemini-api/docs/generate-content/thought-signatures
import { type Fields, isFields, listOf, parse } from '../../fields.ts'
import type { Message, Part, ToolCall } from '../../request.ts'
import { writeMedia } from './media.ts'
import { checksSignatures, readsMediaResponses } from './models.ts'
import { DIALECT } from './names.ts'
import { isForeign } from './seal.ts'

/**
 * What the documentation gives for a call whose signature nobody has, because another model made it or a client lost it:
 * with it Gemini 3 answers instead of refusing. https://ai.google.dev/gemini-api/docs/generate-content/thought-signatures
 */
const NO_SIGNATURE = 'skip_thought_signature_validator'

export interface Turns {
  readonly system: Fields | undefined
  readonly contents: readonly Fields[]
}

interface Turn {
  readonly role: 'user' | 'model'
  readonly parts: Fields[]
  /** With the fields that a client of Gemini put beside the parts. */
  readonly native?: Fields
}

export function writeTurns(messages: readonly Message[], model: string, dropped: Set<string>): Turns {
  const instructions: Message[] = []
  const turns: Turn[] = []
  const names = new Map<string, string>()
  for (const message of messages) {
    for (const { id, name } of message.toolCalls ?? []) names.set(id, name)
    if (message.role === 'system' || message.role === 'developer') instructions.push(message)
    else if (message.native?.dialect === DIALECT) turns.push(...nativeTurn(message.native.value, model))
    else add(turns, writeMessage(message, names, model, dropped))
  }
  const contents = turns.map(({ role, parts, native }) => native ?? { role, parts })
  const system = writeInstructions(instructions)
  // Instructions alone are refused; alone they are also the question.
  if (contents.length === 0 && system !== undefined) {
    return { system: undefined, contents: [{ role: 'user', parts: system['parts'] }] }
  }
  return { system, contents }
}

function add(turns: Turn[], turn: Turn): void {
  const last = turns.at(-1)
  if (turn.parts.length === 0) return // Google refuses a content without parts
  if (last?.role === turn.role && last.native === undefined) last.parts.push(...turn.parts)
  else turns.push(turn)
}

function writeInstructions(messages: readonly Message[]): Fields | undefined {
  const [only] = messages
  const native = messages.length === 1 && only?.native?.dialect === DIALECT ? only.native.value : undefined
  if (isFields(native)) return native
  const parts = messages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === 'text' && part.text !== '' ? [{ text: part.text }] : [])),
  )
  return parts.length === 0 ? undefined : { parts }
}

function writeMessage(
  message: Message,
  names: ReadonlyMap<string, string>,
  model: string,
  dropped: Set<string>,
): Turn {
  const written = message.parts.map((part) => [part, writePart(part, dropped)] as const)
  const parts = written.flatMap(([, some]) => some)
  if (message.role === 'assistant') {
    return { role: 'model', parts: signed([...parts, ...(message.toolCalls ?? []).map(writeCall)], model) }
  }
  if (message.role !== 'tool') return { role: 'user', parts }
  const media = written.flatMap(([part, some]) => (part.type === 'text' ? [] : some))
  const inside = readsMediaResponses(model) && media.every((part) => part['inlineData'] !== undefined)
  const id = message.toolCallId
  const answer = {
    ...(id === undefined ? {} : { id }),
    name: names.get(id ?? '') ?? message.name ?? id ?? 'function',
    response: writeResponse(message),
    ...(inside && media.length > 0 ? { parts: media } : {}),
  }
  return { role: 'user', parts: [{ functionResponse: answer }, ...(inside ? [] : media)] }
}

/** The result must be an object: one that says `output` or `error` itself, or is none, is put under the word for it. */
function writeResponse({ parts, isError }: Message): Fields {
  const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
  const value = parse(text)
  const given = typeof value === 'object' && value !== null ? value : text
  if (isError === true) return { error: given }
  return isFields(given) && given['output'] === undefined && given['error'] === undefined
    ? given
    : { output: given }
}

function writePart(part: Part, dropped: Set<string>): Fields[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ text: part.text }]
    case 'image':
    case 'file':
    case 'audio': {
      const written = writeMedia(part)
      if (written === undefined) dropped.add('files')
      return written === undefined ? [] : [written]
    }
    case 'reasoning': {
      // What another vendor has sealed, and what nobody has, would only be a text that the model never said.
      if (part.signature?.dialect !== DIALECT) return []
      const thought = part.text === '' ? {} : { thought: true }
      return [{ text: part.text, ...thought, thoughtSignature: part.signature.data }]
    }
    case 'other':
      dropped.add(part.name)
      return []
  }
}

function writeCall({ id, name, json, signature }: ToolCall): Fields {
  const value = parse(json)
  // Arguments that are no object cannot be said; what the model wrote is kept as one argument.
  const args = isFields(value) ? value : json.trim() === '' ? {} : { arguments: json }
  return {
    functionCall: { ...(id === '' ? {} : { id }), name, args },
    ...(signature?.dialect === DIALECT ? { thoughtSignature: signature.data } : {}),
  }
}

/** Only the first call of a step must be signed: parallel ones follow without. */
function signed(parts: readonly Fields[], model: string): Fields[] {
  if (!checksSignatures(model)) return [...parts]
  const first = parts.findIndex((part) => part['functionCall'] !== undefined)
  return parts.map((part, at) =>
    at === first && part['thoughtSignature'] === undefined
      ? { ...part, thoughtSignature: NO_SIGNATURE }
      : part,
  )
}

/** The turn as the client had it, but for proofs that are not Google's, and the one that is missing. */
function nativeTurn(value: unknown, model: string): Turn[] {
  if (!isFields(value)) return [] // said by the message before it
  const role = value['role'] === 'model' ? 'model' : 'user'
  const came = listOf(value['parts']).filter(isFields)
  // Thoughts of another vendor's model, which reached the client through us, go with their seal.
  const isMixed = came.some(({ thoughtSignature }) => isSealed(thoughtSignature))
  const own = isMixed ? came.flatMap(unsealed) : came
  const parts = role === 'model' ? signed(own, model) : own
  return parts.length === 0 ? [] : [{ role, parts, native: { ...value, parts } }]
}

const isSealed = (signature: unknown): boolean => typeof signature === 'string' && isForeign(signature)

function unsealed(part: Fields): Fields[] {
  const { thoughtSignature, ...rest } = part
  if (typeof thoughtSignature === 'string' && !isForeign(thoughtSignature)) return [part]
  return part['thought'] === true || part['text'] === '' ? [] : [rest]
}
