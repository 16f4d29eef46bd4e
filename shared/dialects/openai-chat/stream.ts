// Chat completion streams, written for clients. Pure.
import type { ReplyContext } from '../../dialect.ts'
import type { Batch, ModelEvent, Native, Piece } from '../../event.ts'
import { noUsage } from '../../usage.ts'
import { writeFailure } from './failure.ts'
import { writeReason } from './reply.ts'
import { DIALECT } from './request.ts'
import { writeUsage } from './usage.ts'

const DONE = 'data: [DONE]\n\n'

const frame = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`

/** Stateful, one per stream. A provider's own chunks pass as they came; usage goes only to who asked for it. */
export function writeEvents(context: ReplyContext): (batch: Batch) => string {
  let id = `chatcmpl-${context.requestId}`
  let model = context.model
  let created = Math.floor(context.createdAt / 1000)
  let nativeUsage: unknown // the usage that came in a chunk, kept for the one chunk that may carry it
  let usageChunk: Native['value'] | undefined

  const chunk = (choices: unknown[]): Record<string, unknown> => ({
    id,
    object: 'chat.completion.chunk',
    created,
    model,
    choices,
    ...(context.streamUsage ? { usage: null } : {}),
  })

  const writeNative = (native: Native): string => {
    const { value } = native
    const choices = value['choices']
    if (value['usage'] !== undefined && value['usage'] !== null) {
      nativeUsage = value['usage']
      if (!Array.isArray(choices) || choices.length === 0) {
        usageChunk = value
        return ''
      }
      const { usage: _, ...rest } = value
      return frame(context.streamUsage ? { ...rest, usage: null } : rest)
    }
    if (value['usage'] === null && !context.streamUsage) {
      const { usage: _, ...rest } = value
      return frame(rest)
    }
    return native.text === undefined ? frame(value) : `data: ${native.text.replaceAll('\n', '')}\n\n`
  }

  const writeEnd = (event: Extract<ModelEvent, { type: 'finish' }>): string => {
    if (!context.streamUsage) return DONE
    const usage = writeUsage(event.usage ?? noUsage, event.costMicros, nativeUsage)
    return frame({ ...(usageChunk ?? chunk([])), choices: [], usage }) + DONE
  }

  const writeEvent = (event: ModelEvent): string => {
    switch (event.type) {
      case 'start':
        return frame(chunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]))
      case 'text-delta':
        return frame(chunk([{ index: event.index, delta: { content: event.text }, finish_reason: null }]))
      case 'reasoning-delta':
        return frame(
          chunk([{ index: event.index, delta: { reasoning_content: event.text }, finish_reason: null }]),
        )
      case 'refusal-delta':
        return frame(chunk([{ index: event.index, delta: { refusal: event.text }, finish_reason: null }]))
      case 'tool-start':
        return frame(
          chunk([
            toolDelta(event.index, {
              index: event.call,
              id: event.id,
              type: 'function',
              function: { name: event.name, arguments: '' },
            }),
          ]),
        )
      case 'tool-delta':
        return frame(
          chunk([toolDelta(event.index, { index: event.call, function: { arguments: event.json } })]),
        )
      case 'choice-end':
        return frame(chunk([{ index: event.index, delta: {}, finish_reason: writeReason(event.reason) }]))
      case 'logprobs':
      case 'reasoning-signature':
      case 'embedding':
      case 'other-delta':
        return '' // only a provider of this dialect has these, and its chunks pass as they came
      case 'finish':
        return writeEnd(event)
      case 'error':
        return frame(writeFailure(event.failure, context.requestId).body)
    }
  }

  const writePiece = (piece: Piece): string => {
    const start = piece.events.find((event) => event.type === 'start')
    if (start !== undefined) {
      id = start.id || id
      model = start.model || model
      created = start.createdAt > 0 ? Math.floor(start.createdAt / 1000) : created
    }
    let out = ''
    const passes = piece.native?.dialect === DIALECT
    if (passes && piece.native !== undefined && !piece.events.some((event) => event.type === 'error'))
      out = writeNative(piece.native)
    for (const event of piece.events) {
      if (!passes || event.type === 'finish' || event.type === 'error') out += writeEvent(event)
    }
    return out
  }

  return (batch) => batch.map(writePiece).join('')
}

const toolDelta = (index: number, call: unknown): unknown => ({
  index,
  delta: { tool_calls: [call] },
  finish_reason: null,
})
