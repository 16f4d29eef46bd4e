// Items of an answer or a question as messages, and the items of a question in full: what is kept of a response joins
// the next one through here. Pure.
import { type Fields, fieldsOf, isFields, listOf, text } from '../../fields.ts'
import type { Message, ModelRequest, Part, Signature, ToolCall } from '../../request.ts'
import { isOurs, itemId } from './ids.ts'
import { type Content, readParts, textsOf } from './parts.ts'
import { contentSchema, DIALECT, type Item, kindOf } from './schema.ts'
import { unseal } from './seal.ts'

/**
 * The items as messages. What the model said between two things that others said is one message: its thoughts, its words
 * and its calls. Items that no one else understands stay in it natively.
 */
export function messagesOf(items: readonly Item[]): Message[] {
  const messages: Message[] = []
  let run: Item[] = []
  const endRun = (): void => {
    if (run.length > 0) messages.push(readRun(run))
    run = []
  }
  for (const item of items) {
    const message = readOthers(item)
    if (message === undefined) run.push(item)
    else {
      endRun()
      messages.push(message)
    }
  }
  endRun()
  return messages
}

const ROLES = ['user', 'system', 'developer'] as const

// Questions were checked at the door, and what a vendor said is taken as far as it is understood.
const contentOf = (value: unknown): Content => contentSchema.safeParse(value).data ?? []

/** What somebody other than the model said; undefined where it was the model. */
function readOthers(item: Item): Message | undefined {
  const kind = kindOf(item)
  const native = { dialect: DIALECT, value: [item] }
  if (kind === 'message') {
    const role = ROLES.find((one) => one === item['role'])
    return role === undefined ? undefined : { role, parts: readParts(contentOf(item['content'])), native }
  }
  if (kind === 'mcp_approval_response')
    return { role: 'user', parts: [{ type: 'other', name: kind }], native }
  if (!kind.endsWith('_output') || typeof item['call_id'] !== 'string') return undefined
  const output = contentSchema.safeParse(item['output'])
  const parts: Part[] = output.success ? readParts(output.data) : [{ type: 'other', name: kind }]
  return { role: 'tool', parts, toolCallId: item['call_id'], native }
}

function readRun(items: readonly Item[]): Message {
  const parts: Part[] = []
  const calls: ToolCall[] = []
  const proofs = new Map<string, Signature>()
  for (const item of items) readModel(item, parts, calls, proofs)
  const toolCalls = calls.map((call) => {
    const signature = proofs.get(call.id)
    return signature === undefined ? call : { ...call, signature }
  })
  // What was written here for another vendor's answer is nothing that a vendor of this dialect has ever seen.
  const foreign = items.some((item) => isOurs(item['id']))
  return {
    role: 'assistant',
    parts,
    ...(toolCalls.length === 0 ? {} : { toolCalls }),
    ...(foreign ? {} : { native: { dialect: DIALECT, value: items } }),
  }
}

function readModel(item: Item, parts: Part[], calls: ToolCall[], proofs: Map<string, Signature>): void {
  const kind = kindOf(item)
  if (kind === 'message') parts.push(...readParts(contentOf(item['content'])))
  else if (kind === 'function_call' || kind === 'custom_tool_call') {
    const json = text(item[kind === 'function_call' ? 'arguments' : 'input'])
    calls.push({ id: text(item['call_id']), name: text(item['name']), json })
  } else if (kind === 'reasoning') readReasoning(item, parts, proofs)
  else parts.push({ type: 'other', name: kind })
}

function readReasoning(item: Item, parts: Part[], proofs: Map<string, Signature>): void {
  const thought = textsOf(item['summary']).join('\n\n') || textsOf(item['content']).join('\n\n')
  const sealed = text(item['encrypted_content'])
  const seal = sealed === '' ? undefined : unseal(sealed, text(item['id']) || undefined)
  if (seal?.callId !== undefined) proofs.set(seal.callId, seal.signature)
  else if (seal !== undefined) parts.push({ type: 'reasoning', text: thought, signature: seal.signature })
  else if (thought !== '') parts.push({ type: 'reasoning', text: thought })
}

/** The prefixes of ids by kind of item, as OpenAI has them. */
const PREFIXES: ReadonlyMap<string, string> = new Map([
  ['message', 'msg'],
  ['reasoning', 'rs'],
  ['function_call', 'fc'],
  ['function_call_output', 'fco'],
  ['custom_tool_call', 'ctc'],
  ['custom_tool_call_output', 'ctco'],
])

/**
 * The items of a question as `input_items` lists them: with an id, a kind and, for messages, a list of parts. Instructions
 * are no item. `seed` makes the ids: the id of the response, or another text that nobody else uses.
 */
export function inputItemsOf(request: ModelRequest, seed: string): Item[] {
  if (request.native.dialect !== DIALECT) return []
  const { input } = request.native.body
  return normalised(typeof input === 'string' ? [{ role: 'user', content: input }] : listOf(input), seed)
}

/** The same for a list of items that came alone, as conversations take them. */
export function normalised(items: readonly unknown[], seed: string): Item[] {
  return items.filter(isFields).map((item, position) => {
    const type = kindOf(item)
    if (type === 'item_reference') return { ...item, type }
    const prefix = PREFIXES.get(type) ?? 'item'
    const id = text(item['id']) === '' ? itemId(prefix, seed, `i${position}`) : text(item['id'])
    if (type !== 'message') return { ...item, id, type }
    const { role, content } = item
    return { ...item, id, type, status: item['status'] ?? 'completed', role, content: partsOf(role, content) }
  })
}

function partsOf(role: unknown, content: unknown): readonly unknown[] {
  if (typeof content !== 'string') return listOf(content)
  if (role !== 'assistant') return [{ type: 'input_text', text: content }]
  return [{ type: 'output_text', text: content, annotations: [], logprobs: [] }]
}

/** Does the item only name another one, which is kept elsewhere? */
export const isReference = (item: Item): boolean => kindOf(item) === 'item_reference'

/** The question with these items for its input: what was kept before, references filled in, then what came. */
export function withItems(request: ModelRequest, items: readonly Item[]): ModelRequest {
  return { ...request, messages: [...instructionsOf(request.native.body), ...messagesOf(items)] }
}

/** The system message that `instructions` is; it holds for one question only and is no item. */
export function instructionsOf(body: Fields): Message[] {
  const { instructions } = fieldsOf(body)
  if (typeof instructions !== 'string' || instructions === '') return []
  // The same dialect has it in the body already.
  return [{ role: 'system', parts: readParts(instructions), native: { dialect: DIALECT, value: null } }]
}

/** Is it the message that stands for `instructions`, which its own dialect has in the body? */
export const isInstructions = ({ native }: Message): boolean =>
  native?.dialect === DIALECT && native.value === null
