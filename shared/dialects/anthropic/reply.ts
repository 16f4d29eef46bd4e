// Whole messages, read and written. Pure.
// Source: https://platform.claude.com/docs/en/api/messages
import type { ReplyContext } from '../../dialect.ts'
import type { FinishReason, ModelEvent, Piece } from '../../event.ts'
import { type Fields, fieldsOf, isFields, parse } from '../../fields.ts'
import { noUsage } from '../../usage.ts'
import { type Block, type Content, openContent } from './content.ts'
import { isStopReason, openTurn } from './events.ts'
import { inputOf } from './input.ts'
import { DIALECT } from './schema.ts'
import { seal } from './seal.ts'
import { readUsage, writeCost, writeWholeUsage } from './usage.ts'

/** A whole reply is read as the stream it would have been. */
export function readReply(json: string): Piece[] {
  const value = parse(json)
  const turn = openTurn()
  if (!isFields(value)) {
    const reason = json.trim() === '' ? 'an empty body' : 'a body that is not JSON'
    return [{ events: [{ type: 'error', failure: { kind: 'malformed', reason } }] }]
  }
  if (!Array.isArray(value['content'])) {
    const error = value['error'] ?? (value['type'] === 'error' ? value : undefined)
    return [{ events: error === undefined ? turn.close() : turn.fail(error) }]
  }
  const { stop_reason, usage } = value
  const content: readonly unknown[] = value['content']
  const frames: Fields[] = [
    { type: 'message_start', message: value },
    ...content.flatMap((block, index) => [
      { type: 'content_block_start', index, content_block: fieldsOf(block) },
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason }, usage },
    { type: 'message_stop' },
  ]
  return [
    { events: frames.flatMap((frame) => turn.take(frame)), native: { dialect: DIALECT, text: json, value } },
  ]
}

const NAMES: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
  other: 'end_turn',
}

/** A call must be answered before anything else, so a message with one does not just end, whatever its vendor called it. */
export function writeReason(reason: FinishReason, raw: string | undefined, content: Content): string {
  if (raw !== undefined && isStopReason(raw)) return raw
  if (content.refused && (reason === 'stop' || reason === 'other')) return 'refusal'
  if (content.calls > 0 && (reason === 'stop' || reason === 'other')) return 'tool_use'
  return NAMES[reason]
}

export const writeStop = (reason: string): Fields => ({
  stop_reason: reason,
  stop_sequence: null,
  stop_details: reason === 'refusal' ? { type: 'refusal', category: null, explanation: null } : null,
  container: null,
})

/** The fields that a message has before anything is said. */
export const writeHead = (start: { id: string; model: string }): Fields => ({
  id: start.id,
  type: 'message',
  role: 'assistant',
  model: start.model,
})

/** One body for a client: the provider's own where it spoke this dialect, else built from the events. */
export function writeReply(pieces: readonly Piece[], context: ReplyContext): Record<string, unknown> {
  const events = pieces.flatMap((piece) => piece.events)
  const finish = events.find((event) => event.type === 'finish')
  const native = pieces.length === 1 ? pieces[0]?.native : undefined
  if (native?.dialect === DIALECT) {
    const own = fieldsOf(native.value['usage'])
    const usage =
      readUsage(own) === undefined
        ? writeWholeUsage(finish?.usage ?? noUsage, finish?.costMicros)
        : { ...own, ...writeCost(finish?.costMicros) }
    return { ...native.value, usage }
  }
  const start = headOf(events, context)
  const content = openContent(start.id)
  for (const event of events) content.add(event)
  const end = events.find((event) => event.type === 'choice-end')
  const reason = writeReason(finish?.reason ?? 'other', end?.raw, content)
  return {
    ...writeHead(start),
    content: content.blocks.map(writeBlock),
    ...writeStop(reason),
    diagnostics: null,
    usage: writeWholeUsage(finish?.usage ?? noUsage, finish?.costMicros),
  }
}

/** Every message is called so here; the vendor's own name stays in it. */
const nameOf = (id: string): string => (id.startsWith('msg_') ? id : `msg_${id}`)

export function headOf(
  events: readonly ModelEvent[],
  context: ReplyContext,
): { readonly id: string; readonly model: string } {
  const start = events.find((event) => event.type === 'start')
  return { id: nameOf(start?.id || context.requestId), model: start?.model || context.model }
}

function writeBlock(block: Block): Fields {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text, citations: null }
    case 'thinking':
      return { type: 'thinking', thinking: block.text, signature: block.signature ?? seal(undefined) }
    case 'redacted_thinking':
      return { type: block.type, data: block.data }
    case 'tool_use':
      return {
        type: block.type,
        id: block.id,
        name: block.name,
        input: inputOf(block.text),
        caller: { type: 'direct' },
      }
  }
}
