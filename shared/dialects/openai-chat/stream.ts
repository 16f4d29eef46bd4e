// Chat completion streams, written for clients. Pure.
import type { ReplyContext } from '../../dialect.ts'
import type { Batch, ModelEvent, Native, Piece } from '../../event.ts'
import { type Fields, fieldsOf, isFields, listOf } from '../../fields.ts'
import type { Signature } from '../../request.ts'
import { noUsage } from '../../usage.ts'
import { writeFailure } from './failure.ts'
import { replyName } from './ids.ts'
import { writeReason } from './reasons.ts'
import { DIALECT } from './schema.ts'
import { writeDetails, writeSeal } from './thoughts.ts'
import { writeTier } from './tier.ts'
import { openTold, type Told } from './told.ts'
import { writeUsage } from './usage.ts'

const DONE = 'data: [DONE]\n\n'

const frame = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`

/**
 * Stateful, one per stream. A provider's own chunks pass as they came; usage goes only to who asked for it. What follows
 * a seam is told under the head of what came before.
 */
export function writeEvents(context: ReplyContext): (batch: Batch) => string {
  let id = replyName(context.requestId)
  let model = context.model
  let created = Math.floor(context.createdAt / 1000)
  let nativeUsage: unknown // the usage that came in a chunk, kept for the one chunk that may carry it
  let usageChunk: Native['value'] | undefined
  let told: Told | undefined // by the provider's own chunks; absent where it has none
  let head: Fields = {} // what its chunks said of it, once others go on
  let callsAbove = 0
  const thoughts = new Map<number, { text: string; signed: number }>() // of each choice: what no signature has ended yet

  const chunk = (choices: unknown[]): Record<string, unknown> => ({
    id,
    object: 'chat.completion.chunk',
    created,
    model,
    ...head,
    choices,
    ...(context.streamUsage ? { usage: null } : {}),
  })

  const say = (index: number, delta: Fields, more: Fields = {}): string =>
    frame(chunk([{ index, delta, ...more, finish_reason: null }]))

  /** The first chunk of each choice says who speaks. */
  const begin = (): string => {
    let out = ''
    for (let index = 0; index < Math.max(1, context.request.choices); index += 1) {
      out += say(index, { role: 'assistant', content: '' })
    }
    return out
  }

  const think = (index: number, text: string): string => {
    const open = thoughts.get(index)
    if (open === undefined) thoughts.set(index, { text, signed: 0 })
    else open.text += text
    return say(index, { reasoning_content: text })
  }

  /** A signature comes with all the words that it seals, so that a client can send both back as they are. */
  const sign = (index: number, signature: Signature): string => {
    const { text, signed } = thoughts.get(index) ?? { text: '', signed: 0 }
    thoughts.set(index, { text: '', signed: signed + 1 })
    return say(index, { reasoning_details: writeDetails([{ type: 'reasoning', text, signature }], signed) })
  }

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
    if (!context.streamUsage && hasUsage(value)) return frame(withoutUsage(value))
    return native.text === undefined ? frame(value) : `data: ${native.text.replaceAll('\n', '')}\n\n`
  }

  const writeEnd = (event: Extract<ModelEvent, { type: 'finish' }>): string => {
    if (!context.streamUsage) return DONE
    const usage = writeUsage(event.usage ?? noUsage, event.costMicros, nativeUsage)
    return frame({ ...(usageChunk ?? chunk([])), choices: [], usage, ...writeTier(event.serviceTier) }) + DONE
  }

  const writeEvent = (event: ModelEvent): string => {
    switch (event.type) {
      case 'start':
        return begin()
      case 'text-delta':
        return say(event.index, { content: event.text })
      case 'reasoning-delta':
        return think(event.index, event.text)
      case 'reasoning-signature':
        return sign(event.index, event.signature)
      case 'refusal-delta':
        return say(event.index, { refusal: event.text })
      case 'tool-start':
        return say(event.index, {
          tool_calls: [
            {
              index: event.call + callsAbove,
              id: event.id,
              type: 'function',
              function: { name: event.name, arguments: '' },
              ...writeSeal(event.signature),
            },
          ],
        })
      case 'tool-delta':
        return say(event.index, {
          tool_calls: [{ index: event.call + callsAbove, function: { arguments: event.json } }],
        })
      case 'logprobs':
        return say(event.index, {}, { logprobs: event.value })
      case 'choice-end':
        return frame(chunk([{ index: event.index, delta: {}, finish_reason: writeReason(event.reason) }]))
      case 'embedding':
      case 'other-delta':
        return '' // only a provider of this dialect has these, and its chunks pass as they came
      case 'finish':
        return writeEnd(event)
      case 'error':
        return frame(writeFailure(event.failure, context.requestId).body)
    }
  }

  /** Another target goes on: the bill is for the whole then, and a thought that was not signed never will be. */
  const resume = (): string => {
    nativeUsage = undefined
    usageChunk = undefined
    for (const [index, { signed }] of thoughts) thoughts.set(index, { text: '', signed })
    if (told === undefined) return ''
    head = told.head()
    callsAbove = told.callsAbove()
    thoughts.set(0, { text: '', signed: told.details() })
    told = undefined
    return ''
  }

  const writePiece = (piece: Piece): string => {
    if (piece.seam !== undefined) return resume()
    const start = piece.events.find((event) => event.type === 'start')
    const passes = piece.native?.dialect === DIALECT
    if (start !== undefined) {
      if (start.id !== '') id = passes ? start.id : replyName(start.id)
      model = start.model || model
      created = start.createdAt > 0 ? Math.floor(start.createdAt / 1000) : created
    }
    let out = ''
    if (passes && piece.native !== undefined && !piece.events.some((event) => event.type === 'error')) {
      told ??= openTold()
      told.see(piece.native.value, piece.events)
      out = writeNative(piece.native)
    }
    for (const event of piece.events) {
      if (!passes || event.type === 'finish' || event.type === 'error') out += writeEvent(event)
    }
    return out
  }

  return (batch) => batch.map(writePiece).join('')
}

/** Some vendors put usage elsewhere too; see the reader. */
const hasUsage = (chunk: Fields): boolean =>
  chunk['usage'] !== undefined ||
  (chunk['x_groq'] !== undefined && fieldsOf(chunk['x_groq'])['usage'] !== undefined) ||
  listOf(chunk['choices']).some((choice) => isFields(choice) && choice['usage'] !== undefined)

function withoutUsage(chunk: Fields): Fields {
  const { usage: _, choices, x_groq: groq, ...rest } = chunk
  return {
    ...rest,
    ...(groq === undefined ? {} : { x_groq: bare(groq) }),
    ...(choices === undefined ? {} : { choices: Array.isArray(choices) ? choices.map(bare) : choices }),
  }
}

function bare(value: unknown): unknown {
  if (!isFields(value) || value['usage'] === undefined) return value
  const { usage: _, ...rest } = value
  return rest
}
