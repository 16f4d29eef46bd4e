// Whole answers of generateContent, read and written. Pure.
// Source: https://ai.google.dev/api/generate-content#GenerateContentResponse
import type { ReplyContext } from '../../dialect.ts'
import type { FinishReason, ModelEvent, Piece } from '../../event.ts'
import { isFields, parse } from '../../fields.ts'
import {
  type OpenCall,
  writeCall,
  writeCandidate,
  writeEnding,
  writeProof,
  type WrittenPart,
} from './candidates.ts'
import { readEvents } from './events.ts'
import { DIALECT } from './names.ts'
import { writeUsage } from './usage.ts'

/** A whole reply is read as a stream of one frame; the JSON array of a stream without events, as one of several. */
export function readReply(json: string): Piece[] {
  const value = parse(json)
  const frames = Array.isArray(value) ? value.filter(isFields) : isFields(value) ? [value] : []
  const reader = readEvents()
  const pieces = frames.map((frame) =>
    reader.read({ event: '', data: frames.length === 1 && frame === value ? json : JSON.stringify(frame) }),
  )
  const [only] = pieces
  if (pieces.length === 1 && only !== undefined)
    return [{ ...only, events: [...only.events, ...reader.close().events] }]
  if (pieces.length > 1) return [...pieces, reader.close()]
  const reason = json.trim() === '' ? 'an empty body' : 'a body that is no answer'
  return [{ events: [{ type: 'error', failure: { kind: 'malformed', reason } }] }]
}

type Said =
  | { readonly type: 'text'; text: string; readonly kind: { readonly thought?: true } }
  | { readonly type: 'part'; readonly part: WrittenPart }
  | { readonly type: 'call'; readonly call: OpenCall }

interface Choice {
  /** In the order in which they began. */
  readonly parts: Said[]
  readonly calls: OpenCall[]
  reason: FinishReason
  logprobs: unknown
}

/** One body for a client: the provider's own where it spoke this dialect, else built from the events. */
export function writeReply(pieces: readonly Piece[], context: ReplyContext): Record<string, unknown> {
  const events = pieces.flatMap((piece) => piece.events)
  const finish = events.find((event) => event.type === 'finish')
  const native = pieces.length === 1 ? pieces[0]?.native : undefined
  const value = native?.dialect === DIALECT ? native.value : undefined
  const usageMetadata = writeUsage(finish?.usage, finish?.costMicros, value?.['usageMetadata'])
  const told = usageMetadata === undefined ? {} : { usageMetadata }
  if (value !== undefined) return { ...value, ...told }
  const start = events.find((event) => event.type === 'start')
  return {
    candidates: [...fold(events)].map(([index, choice]) => writeChoice(index, choice)),
    ...told,
    modelVersion: start?.model || context.model,
    responseId: start?.id || context.requestId,
  }
}

function fold(events: readonly ModelEvent[]): Map<number, Choice> {
  const choices = new Map<number, Choice>()
  const at = (index: number): Choice => {
    const known = choices.get(index) ?? { parts: [], calls: [], reason: 'stop', logprobs: undefined }
    choices.set(index, known)
    return known
  }
  for (const event of events) {
    switch (event.type) {
      case 'text-delta':
      case 'refusal-delta':
        addText(at(event.index).parts, event.text, {})
        break
      case 'reasoning-delta':
        addText(at(event.index).parts, event.text, { thought: true })
        break
      case 'reasoning-signature':
        at(event.index).parts.push({ type: 'part', part: writeProof(event.signature) })
        break
      case 'tool-start': {
        const { index, call, id, name, signature } = event
        const begun: OpenCall = { id, name, json: '', ...(signature === undefined ? {} : { signature }) }
        at(index).calls[call] = begun
        at(index).parts.push({ type: 'call', call: begun })
        break
      }
      case 'tool-delta': {
        const call = at(event.index).calls[event.call]
        if (call !== undefined) call.json += event.json
        break
      }
      case 'logprobs':
        at(event.index).logprobs = event.value
        break
      case 'choice-end':
        at(event.index).reason = event.reason
        break
      case 'start':
      case 'embedding':
      case 'other-delta':
      case 'finish':
      case 'error':
        break
    }
  }
  return choices
}

/** Deltas of one kind in a row are one part. */
function addText(parts: Said[], text: string, kind: { readonly thought?: true }): void {
  const last = parts.at(-1)
  if (last?.type === 'text' && last.kind.thought === kind.thought) last.text += text
  else parts.push({ type: 'text', text, kind })
}

function writeChoice(index: number, choice: Choice): Record<string, unknown> {
  const { reason, logprobs } = choice
  const malformed: OpenCall[] = []
  const parts: WrittenPart[] = []
  for (const said of choice.parts) {
    if (said.type === 'text') parts.push({ text: said.text, ...said.kind })
    else if (said.type === 'part') parts.push(said.part)
    else {
      const part = writeCall(said.call)
      if (part === undefined) malformed.push(said.call)
      else parts.push(part)
    }
  }
  return writeCandidate(index, parts, writeEnding({ reason, malformed, logprobs }))
}
