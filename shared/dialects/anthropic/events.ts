// Message streams: a provider's events read into ours. Pure.
// Source: https://platform.claude.com/docs/en/build-with-claude/streaming
import type { EventReader } from '../../dialect.ts'
import type { FinishReason, ModelEvent, Piece } from '../../event.ts'
import { count, type Fields, fieldsOf, isFields, parse, text } from '../../fields.ts'
import type { Signature } from '../../request.ts'
import type { Frame } from '../../sse.ts'
import { readInlineFailure } from './failure.ts'
import { DIALECT } from './schema.ts'
import { unseal } from './seal.ts'
import { mergeUsage, readTier, readUsage } from './usage.ts'

// https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons; a paused turn is not over, but ours is.
const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool-calls'],
  ['refusal', 'content-filter'],
  ['pause_turn', 'other'],
])

export const readReason = (raw: string): FinishReason => REASONS.get(raw) ?? 'other'

/** True for a word that this dialect ends a message with. */
export const isStopReason = (word: string): boolean => REASONS.has(word)

/** A block that has begun and not ended. */
interface Open {
  readonly type: string
  readonly call?: number
  /** What the block began with: some servers send everything at once. */
  readonly input: unknown
  json: boolean
  signature: string
}

export interface Turn {
  /** What one event of the stream means. */
  take(event: Fields): ModelEvent[]
  /** The events have ended. */
  close(): ModelEvent[]
  fail(failure: unknown): ModelEvent[]
  readonly complete: boolean
  readonly over: boolean
}

/** Reads one message, event by event; a whole reply is read through the same. */
export function openTurn(): Turn {
  const blocks = new Map<number, Open>()
  const proofs = new Map<string, Signature>() // of tool calls, sent ahead of them
  let id = ''
  let calls = 0
  let started = false
  let over = false
  let ended: FinishReason | undefined
  let usage: Fields = {}

  const begin = (message: Fields): ModelEvent[] => {
    if (started) return []
    started = true
    id = text(message['id'])
    return [{ type: 'start', id, model: text(message['model']), createdAt: 0 }]
  }

  const startTool = (block: Fields): ModelEvent => {
    const call = calls
    calls += 1
    const callId = text(block['id']) || `toolu_${id}_${call}`
    const signature = proofs.get(callId)
    const name = text(block['name'])
    return {
      type: 'tool-start',
      index: 0,
      call,
      id: callId,
      name,
      ...(signature === undefined ? {} : { signature }),
    }
  }

  const startBlock = (at: number, block: Fields): ModelEvent[] => {
    const type = text(block['type'])
    const call = type === 'tool_use' ? { call: calls } : {}
    blocks.set(at, { type, ...call, input: block['input'], json: false, signature: text(block['signature']) })
    if (type === 'text') return say('text-delta', block['text'])
    if (type === 'thinking') return say('reasoning-delta', block['thinking'])
    if (type === 'tool_use') return [startTool(block)]
    if (type !== 'redacted_thinking') return [{ type: 'other-delta', index: 0 }]
    const proof = unseal(text(block['data']), 'redacted')
    if (proof.signature === undefined) return []
    if (proof.call === undefined)
      return [{ type: 'reasoning-signature', index: 0, signature: proof.signature }]
    proofs.set(proof.call, proof.signature)
    return []
  }

  const readDelta = (at: number, delta: Fields): ModelEvent[] => {
    const open = blocks.get(at)
    switch (text(delta['type'])) {
      case 'text_delta':
        return say('text-delta', delta['text'])
      case 'thinking_delta':
        return say('reasoning-delta', delta['thinking'])
      case 'signature_delta':
        if (open !== undefined) open.signature = text(delta['signature'])
        return []
      case 'input_json_delta': {
        const json = text(delta['partial_json'])
        if (open?.call === undefined || json === '') return open === undefined ? [] : aside(open)
        open.json = true
        return [{ type: 'tool-delta', index: 0, call: open.call, json }]
      }
      default:
        return open === undefined ? [] : aside(open)
    }
  }

  const stopBlock = (at: number): ModelEvent[] => {
    const open = blocks.get(at)
    blocks.delete(at)
    // Arguments that came with the block, or none at all, which is an object too.
    if (open?.call !== undefined && !open.json)
      return [{ type: 'tool-delta', index: 0, call: open.call, json: JSON.stringify(open.input ?? {}) }]
    const signature = open?.type === 'thinking' ? unseal(open.signature, 'signature').signature : undefined
    return signature === undefined ? [] : [{ type: 'reasoning-signature', index: 0, signature }]
  }

  const end = (reason: FinishReason, raw?: string): ModelEvent[] => {
    if (ended !== undefined) return []
    ended = reason
    const left = [...blocks.keys()].flatMap(stopBlock)
    return [...left, { type: 'choice-end', index: 0, reason, ...(raw === undefined ? {} : { raw }) }]
  }

  const finish = (): ModelEvent => {
    over = true
    const counted = readUsage(usage)
    return {
      type: 'finish',
      reason: ended ?? 'other',
      ...(counted === undefined ? {} : { usage: counted }),
      ...readTier(usage),
    }
  }

  const malformed = (reason: string): ModelEvent[] => {
    over = true
    return [{ type: 'error', failure: { kind: 'malformed', reason } }]
  }

  const fail = (error: unknown): ModelEvent[] => {
    over = true
    return [{ type: 'error', failure: readInlineFailure(error) }]
  }

  const take = (event: Fields): ModelEvent[] => {
    const at = count(event['index'])
    switch (text(event['type'])) {
      case 'message_start': {
        const message = fieldsOf(event['message'])
        usage = mergeUsage(usage, message['usage'])
        return begin(message)
      }
      case 'content_block_start':
        return [...begin({}), ...startBlock(at, fieldsOf(event['content_block']))]
      case 'content_block_delta':
        return [...begin({}), ...readDelta(at, fieldsOf(event['delta']))]
      case 'content_block_stop':
        return stopBlock(at)
      case 'message_delta': {
        usage = mergeUsage(usage, event['usage'])
        const raw = text(fieldsOf(event['delta'])['stop_reason'])
        return raw === '' ? [] : [...begin({}), ...end(readReason(raw), raw)]
      }
      case 'message_stop':
        if (!started) return malformed('the stream held no answer')
        return [...end('stop'), finish()]
      case 'error':
        return fail(event['error'] ?? event)
      default:
        return event['error'] === undefined || event['error'] === null ? [] : fail(event['error'])
    }
  }

  return {
    take: (event) => (over ? [] : take(event)),
    close() {
      if (over) return []
      if (ended !== undefined) return [finish()]
      return malformed(started ? 'the stream ended without a stop reason' : 'the stream held no answer')
    },
    fail: (error) => (over ? [] : fail(error)),
    get complete() {
      return ended !== undefined
    },
    get over() {
      return over
    },
  }
}

const say = (type: 'text-delta' | 'reasoning-delta', value: unknown): ModelEvent[] =>
  typeof value === 'string' && value !== '' ? [{ type, index: 0, text: value }] : []

/** What is said in a block that only this dialect knows; citations of a text are no content of their own. */
const aside = ({ type }: Open): ModelEvent[] =>
  type === 'text' || type === 'thinking' || type === 'tool_use' ? [] : [{ type: 'other-delta', index: 0 }]

export function readEvents(): EventReader {
  const turn = openTurn()
  return {
    get complete() {
      return turn.complete
    },
    read(frame: Frame): Piece {
      if (turn.over) return { events: [] }
      const value = parse(frame.data)
      if (isFields(value)) {
        const isError = frame.event === 'error' && value['type'] !== 'error'
        const events = isError ? turn.fail(value['error'] ?? value) : turn.take(value)
        return { events, native: { dialect: DIALECT, text: frame.data, value } }
      }
      // One unreadable event among good ones is skipped: the text around it is still the answer.
      return { events: frame.event === 'error' ? turn.fail(frame.data) : [] }
    },
    close: () => ({ events: turn.close() }),
  }
}
