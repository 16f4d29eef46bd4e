// The events of ConverseStream, read. Pure.
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html
import type { EventReader } from '../../dialect.ts'
import type { FinishReason, ModelEvent, Piece } from '../../event.ts'
import type { Failure } from '../../failure.ts'
import { count, type Fields, fieldsOf, isFields, parse, text } from '../../fields.ts'
import type { Frame } from '../../sse.ts'
import type { Usage } from '../../usage.ts'
import { readException } from './failure.ts'
import { type Family, familyOf } from './family.ts'
import { proofOf } from './signature.ts'
import { readUsage } from './usage.ts'

export const DIALECT = 'bedrock'

const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['tool_use', 'tool-calls'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['content_filtered', 'content-filter'],
  ['guardrail_intervened', 'content-filter'],
])

/** A block that has begun and not ended. */
interface Open {
  /** The number of its tool call; absent for words and thoughts. */
  readonly call?: number
  json: boolean
  signature: string
  redacted: string
}

export function readEvents(_choices?: number, model = ''): EventReader {
  const family = familyOf(model)
  const blocks = new Map<number, Open>()
  let calls = 0
  let started = false
  let reason: FinishReason | undefined
  let usage: Usage | undefined
  let serviceTier: string | undefined
  let over = false

  const fail = (failure: Failure): ModelEvent => {
    over = true
    return { type: 'error', failure }
  }

  const finish = (): ModelEvent => {
    over = true
    return {
      type: 'finish',
      reason: reason ?? 'other',
      ...(usage === undefined ? {} : { usage }),
      ...(serviceTier === undefined ? {} : { serviceTier }),
    }
  }

  const begin = (events: ModelEvent[]): void => {
    if (started) return
    started = true
    events.push({ type: 'start', id: '', model: '', createdAt: 0 }) // the wire says none of these
  }

  const open = (index: number, call?: number): Open => {
    const block: Open = { json: false, signature: '', redacted: '', ...(call === undefined ? {} : { call }) }
    blocks.set(index, block)
    return block
  }

  const startBlock = (fields: Fields, events: ModelEvent[]): void => {
    const start = fieldsOf(fields['start'])
    const tool = start['toolUse']
    // A tool that the service runs itself is not the client's to call.
    if (!isFields(tool) || tool['type'] === 'server_tool_use') {
      if (Object.keys(start).length > 0) events.push({ type: 'other-delta', index: 0 })
      return
    }
    const call = calls++
    open(count(fields['contentBlockIndex']), call)
    const id = text(tool['toolUseId']) || `call_${call}`
    events.push({ type: 'tool-start', index: 0, call, id, name: text(tool['name']) })
  }

  const readDelta = (fields: Fields, events: ModelEvent[]): void => {
    const at = count(fields['contentBlockIndex'])
    const delta = fieldsOf(fields['delta'])
    const said = text(delta['text'])
    if (said !== '') events.push({ type: 'text-delta', index: 0, text: said })
    if (isFields(delta['reasoningContent']))
      readThought(blocks.get(at) ?? open(at), delta['reasoningContent'], events)
    if (isFields(delta['toolUse'])) {
      const block = blocks.get(at)
      const json = text(delta['toolUse']['input'])
      if (block?.call === undefined || json === '') return
      block.json = true
      events.push({ type: 'tool-delta', index: 0, call: block.call, json })
    }
    if (isOther(delta)) events.push({ type: 'other-delta', index: 0 })
  }

  const stopBlock = (at: number, events: ModelEvent[]): void => {
    const block = blocks.get(at)
    if (block === undefined) return
    blocks.delete(at)
    events.push(...closing(block, family))
  }

  const stop = (fields: Fields, events: ModelEvent[]): void => {
    for (const at of blocks.keys()) stopBlock(at, events)
    const raw = text(fields['stopReason'])
    if (raw.startsWith('malformed_')) {
      events.push(fail({ kind: 'malformed', reason: 'the model wrote what its host could not read' }))
      return
    }
    reason = REASONS.get(raw) ?? 'other'
    events.push({ type: 'choice-end', index: 0, reason, raw })
    if (usage !== undefined) events.push(finish())
  }

  const readMetadata = (fields: Fields, events: ModelEvent[]): void => {
    usage = readUsage(fields['usage']) ?? usage
    serviceTier = text(fieldsOf(fields['serviceTier'])['type']) || serviceTier
    if (reason !== undefined) events.push(finish())
  }

  const readEvent = (name: string, fields: Fields): ModelEvent[] => {
    const events: ModelEvent[] = []
    if (name === 'metadata') readMetadata(fields, events)
    else if (reason !== undefined) return events // after the end only metadata is read
    else if (name === 'messageStart') begin(events)
    else if (name === 'contentBlockStart' || name === 'contentBlockDelta') {
      begin(events)
      if (name === 'contentBlockStart') startBlock(fields, events)
      else readDelta(fields, events)
    } else if (name === 'contentBlockStop') stopBlock(count(fields['contentBlockIndex']), events)
    else if (name === 'messageStop') {
      begin(events)
      stop(fields, events)
    }
    return events
  }

  return {
    get complete() {
      return reason !== undefined
    },
    read({ event, data }: Frame): Piece {
      if (over) return { events: [] }
      const [, exception] = /^(?:exception|error):(.*)$/.exec(event) ?? []
      if (exception !== undefined) return { events: [fail(readException(exception, data))] }
      const fields = parse(data)
      // One unreadable event among good ones is skipped: the text around it is still the answer.
      if (!isFields(fields)) return { events: [] }
      const events = readEvent(event, fields)
      return { events, native: { dialect: DIALECT, text: data, value: fields } }
    },
    close(): Piece {
      if (over) return { events: [] }
      if (reason !== undefined) return { events: [finish()] }
      const missing = started ? 'the stream ended without a stop reason' : 'the stream held no answer'
      return { events: [fail({ kind: 'malformed', reason: missing })] }
    },
  }
}

/** Text is said as it comes; what proves it is kept until the block ends, because it may come in pieces too. */
function readThought(block: Open, content: Fields, events: ModelEvent[]): void {
  const thought = text(content['text'])
  if (thought !== '') events.push({ type: 'reasoning-delta', index: 0, text: thought })
  block.signature += text(content['signature'])
  block.redacted += text(content['redactedContent'])
}

function closing(block: Open, family: Family): ModelEvent[] {
  const proof = (kind: 'signature' | 'redacted', data: string): ModelEvent[] =>
    data === ''
      ? []
      : [{ type: 'reasoning-signature', index: 0, signature: { dialect: proofOf(family, kind), kind, data } }]
  const events = [...proof('signature', block.signature), ...proof('redacted', block.redacted)]
  // A tool without arguments is called with none, and nothing at all would be no JSON.
  if (block.call !== undefined && !block.json) {
    events.push({ type: 'tool-delta', index: 0, call: block.call, json: '{}' })
  }
  return events
}

/** Citations, pictures, results of the service's own tools: an answer, though not in words. */
const isOther = (delta: Fields): boolean =>
  delta['citation'] !== undefined || delta['image'] !== undefined || delta['toolResult'] !== undefined
