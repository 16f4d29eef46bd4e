// Streams of generateContent, written for clients: server-sent events, or one JSON array where the address asks for no
// events. Pure. Source: https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
import type { ReplyContext } from '../../dialect.ts'
import type { Batch, ModelEvent, Native, Piece } from '../../event.ts'
import { isFields } from '../../fields.ts'
import {
  type OpenCall,
  writeCall,
  writeCandidate,
  writeEnding,
  writeProof,
  type WrittenPart,
} from './candidates.ts'
import { DIALECT } from './names.ts'
import { writeFailure } from './refusal.ts'
import { writeUsage } from './usage.ts'

type Finish = Extract<ModelEvent, { type: 'finish' }>

/**
 * Stateful, one per stream. Calls go out whole, as Google's do, and usage with the finish reasons, which are held back
 * until everything is known. A provider's own chunks pass as they came, but for the last, which is told its cost.
 */
export function writeEvents(context: ReplyContext): (batch: Batch) => string {
  const { native: asked } = context.request
  const isArray = asked.dialect === DIALECT && asked.framing === 'array'
  let responseId = context.requestId
  let modelVersion = context.model
  let isFirst = true
  const calls = new Map<number, OpenCall[]>()
  const logprobs = new Map<number, unknown>()
  const endings = new Map<number, Record<string, unknown>>()
  const begun = new Set<number>()
  const ended = new Set<number>()
  const held: Native[] = []

  const emit = (json: string): string => {
    if (!isArray) return `data: ${json.replaceAll(/[\r\n]/g, '')}\n\n` // JSON has line ends between its words only
    const before = isFirst ? '[' : ',\n'
    isFirst = false
    return before + json
  }

  const close = (): string => (isArray ? (isFirst ? '[]' : ']') : '')

  const chunk = (candidates: readonly unknown[], usageMetadata?: Record<string, unknown>): string =>
    emit(
      JSON.stringify({
        candidates,
        ...(usageMetadata === undefined ? {} : { usageMetadata }),
        modelVersion,
        responseId,
      }),
    )

  const part = (index: number, ...parts: WrittenPart[]): string => chunk([writeCandidate(index, parts)])

  const endChoice = ({ index, reason }: Extract<ModelEvent, { type: 'choice-end' }>): string => {
    const written = (calls.get(index) ?? []).map((call) => ({ call, part: writeCall(call) }))
    const malformed = written.flatMap(({ call, part }) => (part === undefined ? [call] : []))
    endings.set(index, writeEnding({ reason, malformed, logprobs: logprobs.get(index) }))
    const parts = written.flatMap(({ part }) => (part === undefined ? [] : [part]))
    return parts.length === 0 ? '' : part(index, ...parts)
  }

  const finish = ({ usage, costMicros }: Finish): string => {
    if (held.length > 0) return release({ usage, costMicros })
    const candidates = [...endings].map(([index, ending]) => writeCandidate(index, [], ending))
    return chunk(candidates, writeUsage(usage, costMicros, undefined))
  }

  const release = ({
    usage,
    costMicros,
  }: {
    usage: Finish['usage']
    costMicros: number | undefined
  }): string => {
    const withUsage = held.findLastIndex(({ value }) => isFields(value['usageMetadata']))
    const last = withUsage < 0 ? held.length - 1 : withUsage
    const isTold = costMicros !== undefined || (withUsage < 0 && usage !== undefined)
    const out = held.map((native, at) => {
      if (at !== last || !isTold) return pass(native)
      const usageMetadata = writeUsage(usage, costMicros, native.value['usageMetadata'])
      return emit(JSON.stringify({ ...native.value, usageMetadata }))
    })
    held.length = 0
    return out.join('')
  }

  const pass = ({ text, value }: Native): string => emit(text ?? JSON.stringify(value))

  const writeEvent = (event: ModelEvent): string => {
    switch (event.type) {
      case 'text-delta':
      case 'refusal-delta':
        return part(event.index, { text: event.text })
      case 'reasoning-delta':
        return part(event.index, { text: event.text, thought: true })
      case 'reasoning-signature':
        return part(event.index, writeProof(event.signature))
      case 'tool-start': {
        const { index, call, id, name, signature } = event
        const list = calls.get(index) ?? []
        list[call] = { id, name, json: '', ...(signature === undefined ? {} : { signature }) }
        calls.set(index, list)
        return ''
      }
      case 'tool-delta': {
        const call = calls.get(event.index)?.[event.call]
        if (call !== undefined) call.json += event.json
        return ''
      }
      case 'logprobs':
        logprobs.set(event.index, event.value)
        return ''
      case 'choice-end':
        return endChoice(event)
      case 'finish':
        return finish(event) + close()
      case 'error': {
        const rest = held.splice(0).map(pass).join('')
        return rest + emit(JSON.stringify(writeFailure(event.failure, context.requestId).body)) + close()
      }
      case 'start':
      case 'embedding':
      case 'other-delta':
        return ''
    }
  }

  /** The chunk that ends the last candidate waits for the cost, and so does all that follows it. */
  const writeNative = (native: Native, events: readonly ModelEvent[]): string => {
    for (const event of events) {
      if ('index' in event) begun.add(event.index)
      if (event.type === 'choice-end') ended.add(event.index)
    }
    if (held.length === 0 && (ended.size === 0 || ended.size < begun.size)) return pass(native)
    held.push(native)
    return ''
  }

  const writePiece = ({ events, native }: Piece): string => {
    const start = events.find((event) => event.type === 'start')
    responseId = start?.id || responseId
    modelVersion = start?.model || modelVersion
    const own = native?.dialect === DIALECT ? native : undefined
    let out = own === undefined || events.some(({ type }) => type === 'error') ? '' : writeNative(own, events)
    for (const event of events) {
      if (own === undefined || event.type === 'finish' || event.type === 'error') out += writeEvent(event)
    }
    return out
  }

  return (batch) => batch.map(writePiece).join('')
}
