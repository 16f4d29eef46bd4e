// Messages, written for a vendor: those of this dialect as they came, others put into its words. Pure.
import { type Fields, fieldsOf, isFields, listOf, text } from '../../fields.ts'
import type { Message, Part } from '../../request.ts'
import { fitId } from './ids.ts'
import { type Thought, writeDetails, writeSeal } from './thoughts.ts'
import type { ChatOptions } from './options.ts'
import { adaptContent, type Manner, writeContent, writePictures } from './parts.ts'
import { DIALECT } from './schema.ts'

export function writeMessages(messages: readonly Message[], manner: Manner): Fields[] {
  const out: Fields[] = []
  let pictures: Part[] = [] // of tools' answers, which may hold text only: they follow in a message of the user's
  const show = (): void => {
    const content = writePictures(pictures, manner)
    if (content !== undefined) out.push({ role: 'user', content })
    pictures = []
  }
  for (const message of messages) {
    const isOurs = message.native?.dialect === DIALECT
    if (isOurs && message.native.value === null) continue // said with the message before it
    if (message.role !== 'tool') show()
    out.push(isOurs ? adapt(message, fieldsOf(message.native.value), manner) : write(message, manner))
    if (message.role === 'tool' && !isOurs) {
      pictures.push(...message.parts.filter(({ type }) => type === 'image' || type === 'file'))
    }
  }
  show()
  return begin(out, manner.options)
}

/** A last message of the assistant's is to be continued; some vendors must be told so. */
export const isBegun = (last: Fields | undefined): last is Fields =>
  last?.['role'] === 'assistant' && !('tool_calls' in last)

function begin(messages: Fields[], { prefill }: ChatOptions): Fields[] {
  const last = messages.at(-1)
  if (typeof prefill !== 'string' || !isBegun(last)) return messages
  return [...messages.slice(0, -1), { [prefill]: true, ...last }]
}

const roleOf = (role: Message['role'], options: ChatOptions): Message['role'] =>
  role === 'developer' && options.systemRole === 'system' ? 'system' : role

function write(message: Message, manner: Manner): Fields {
  const { options, dropped } = manner
  const { toolCalls = [], toolCallId, name } = message
  const thoughts = message.parts.filter((part) => part.type === 'reasoning')
  const spoken = message.parts.filter(({ type }) => type !== 'reasoning')
  const content = writeContent(message.role, spoken, manner) ?? (toolCalls.length > 0 ? null : '')
  if (name !== undefined && options.noNames === true) dropped.add('name')
  return {
    role: roleOf(message.role, options),
    content: message.role === 'assistant' ? withThoughts(content, thoughts, options) : content,
    ...(name === undefined || options.noNames === true || message.role === 'tool' ? {} : { name }),
    ...(message.role === 'assistant' ? writeThoughts(message, thoughts, options) : {}),
    ...(toolCalls.length === 0
      ? {}
      : {
          tool_calls: toolCalls.map((call) => ({
            id: fitId(call.id, options.callIds),
            type: 'function',
            function: { name: call.name, arguments: call.json },
            ...(options.callSignatures === 'extra_content' ? writeSeal(call.signature) : {}),
          })),
        }),
    ...(toolCallId === undefined ? {} : { tool_call_id: fitId(toolCallId, options.callIds) }),
  }
}

/** The field in which the vendor wants earlier thoughts back. */
function writeThoughts(message: Message, thoughts: readonly Thought[], options: ChatOptions): Fields {
  const { thoughts: place = 'none' } = options
  if (place === 'none' || place === 'content') return {}
  const all = unsigned(thoughts)
  const calls = message.toolCalls ?? []
  if (place !== 'reasoning_details') {
    const needed = all !== '' || (options.thoughtsBesideCalls === true && calls.length > 0)
    return needed ? { [place]: all } : {}
  }
  const seals = calls.flatMap(({ id, signature }): Thought[] =>
    signature === undefined
      ? []
      : [{ type: 'reasoning', text: '', signature: { ...signature, kind: 'encrypted', id } }],
  )
  const details = writeDetails([...thoughts.filter(({ signature }) => signature !== undefined), ...seals])
  return {
    ...(all === '' ? {} : { reasoning: all }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
  }
}

/** What was thought without a seal; what another vendor has sealed is for that vendor. */
const unsigned = (thoughts: readonly Thought[]): string =>
  thoughts.map(({ text, signature }) => (signature === undefined ? text : '')).join('')

function withThoughts(content: unknown, thoughts: readonly Thought[], options: ChatOptions): unknown {
  const said = unsigned(thoughts)
  if (options.thoughts !== 'content' || said === '') return content
  const isText = typeof content === 'string'
  const parts = isText ? (content === '' ? [] : [{ type: 'text', text: content }]) : listOf(content)
  return [{ type: 'thinking', thinking: [{ type: 'text', text: said }] }, ...parts]
}

/** A message of this dialect: only what the record says the vendor refuses is changed. */
function adapt(message: Message, native: Fields, manner: Manner): Fields {
  const { options, dropped } = manner
  const value: Record<string, unknown> = { ...native }
  const role = roleOf(message.role, options)
  if (role !== message.role) value['role'] = role
  if (options.noNames === true && message.role !== 'tool' && text(native['name']) !== '') {
    delete value['name']
    dropped.add('name')
  }
  const content = adaptContent(native['content'], message, manner)
  if (content !== native['content']) value['content'] = content
  if (message.role === 'assistant') adaptThoughts(value, message, options)
  const bare = isBare(options)
  if (Array.isArray(native['tool_calls']) && (bare || options.callIds !== undefined)) {
    value['tool_calls'] = native['tool_calls'].map((call: unknown) => adaptCall(call, options, bare))
  }
  if (typeof native['tool_call_id'] === 'string' && options.callIds !== undefined) {
    value['tool_call_id'] = fitId(native['tool_call_id'], options.callIds)
  }
  return value
}

function adaptThoughts(value: Record<string, unknown>, message: Message, options: ChatOptions): void {
  const { thoughts: place } = options
  if (place === undefined) return
  const details = value['reasoning_details']
  for (const field of ['reasoning', 'reasoning_content', 'reasoning_details']) delete value[field]
  const thoughts = message.parts.filter((part) => part.type === 'reasoning')
  Object.assign(value, writeThoughts(message, thoughts, options))
  if (place === 'reasoning_details' && listOf(details).length > 0) value['reasoning_details'] = details
  // Thoughts that stand among the parts already are not put there twice.
  if (
    place === 'content' &&
    !listOf(value['content']).some((part) => fieldsOf(part)['type'] === 'thinking')
  ) {
    value['content'] = withThoughts(value['content'], thoughts, options)
  }
}

/** Must Google's seals come off the calls? We gave them to the client ourselves, and a closed schema refuses them. */
const isBare = ({ thoughts, callSignatures }: ChatOptions): boolean =>
  callSignatures === undefined ? thoughts !== undefined : callSignatures === 'none'

function adaptCall(call: unknown, options: ChatOptions, bare: boolean): unknown {
  if (!isFields(call)) return call
  const { extra_content: extra, ...rest } = call
  const id = typeof call['id'] === 'string' ? { id: fitId(call['id'], options.callIds) } : {}
  return { ...rest, ...id, ...(extra === undefined || bare ? {} : { extra_content: extra }) }
}
