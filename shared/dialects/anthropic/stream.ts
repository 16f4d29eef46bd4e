// Message streams, written for clients: named events, blocks one after the other, usage at both ends. Pure.
// Source: https://platform.claude.com/docs/en/build-with-claude/streaming
import type { ReplyContext } from '../../dialect.ts'
import type { Batch, ModelEvent, Native, Piece } from '../../event.ts'
import { type Fields, fieldsOf, text } from '../../fields.ts'
import { writeFrame } from '../../sse.ts'
import { noUsage } from '../../usage.ts'
import { type Block, type Content, isDone, openContent } from './content.ts'
import { writeFailure } from './failure.ts'
import { headOf, writeHead, writeReason, writeStop } from './reply.ts'
import { DIALECT } from './schema.ts'
import { seal } from './seal.ts'
import { openTold, type Told } from './told.ts'
import { readUsage, writeCost, writeLives, writeUsage, writeWholeUsage } from './usage.ts'

type Finish = Extract<ModelEvent, { type: 'finish' }>

const frame = (value: Fields): string =>
  writeFrame({ event: text(value['type']), data: JSON.stringify(value) })

const pass = ({ value, text: data }: Native): string =>
  data === undefined
    ? frame(value)
    : writeFrame({ event: text(value['type']), data: data.replaceAll('\n', '') })

const stop = (index: number): string => frame({ type: 'content_block_stop', index })

/** Ends a thought; one that nobody has signed bears a mark that says so. */
function sign(index: number, signature: string | undefined): string {
  const delta = { type: 'signature_delta', signature: signature ?? seal(undefined) }
  return frame({ type: 'content_block_delta', index, delta })
}

/** What says in a silent stream that we live. */
export const HEARTBEAT = frame({ type: 'ping' })

/**
 * Stateful, one per stream. A provider's own events pass as they came; the last usage also says the cost. At a seam what
 * was open ends as it is, but for a text, which goes on in its block.
 */
export function writeEvents(context: ReplyContext): (batch: Batch) => string {
  let content: Content | undefined // absent until the message has begun
  let messageId = ''
  let raw: string | undefined
  let told: Told | undefined // of the blocks, by the provider's own events; absent where it has none
  let isResumed = false // behind events of a provider's own
  let first = 0 // the index of the first block that is written here
  let block = 0 // the one that is being sent; those behind it wait
  let isOpen = false
  let sent = 0
  let held: Native | undefined // the frame with the stop reason, which the cost is written into

  const begin = (events: readonly ModelEvent[]): string => {
    if (content !== undefined) return ''
    const head = headOf(events, context)
    messageId = head.id
    content = openContent(messageId)
    const usage = writeWholeUsage({ ...noUsage, input: context.promptTokens ?? 0 }, undefined)
    const message = { ...writeHead(head), content: [], ...EMPTY_STOP, diagnostics: null, usage }
    return frame({ type: 'message_start', message })
  }

  /** Sends as much of the blocks as can be sent in order. */
  const flush = (isEnd: boolean): string => {
    let out = ''
    for (;;) {
      const current = content?.blocks[block]
      if (current === undefined) return out
      if (!isOpen)
        out += frame({
          type: 'content_block_start',
          index: first + block,
          content_block: writeStart(current),
        })
      isOpen = true
      if ('text' in current && current.text.length > sent) {
        out += frame({
          type: 'content_block_delta',
          index: first + block,
          delta: writeDelta(current, current.text.slice(sent)),
        })
        sent = current.text.length
      }
      if (!isEnd && !isDone(current, block === (content?.blocks.length ?? 0) - 1)) return out
      if (current.type === 'thinking') out += sign(first + block, current.signature)
      out += stop(first + block)
      block += 1
      isOpen = false
      sent = 0
    }
  }

  const writeEnd = (finish: Finish): string => {
    const whole = finish.usage ?? noUsage
    // What another provider's first event said of the prompt no longer holds for the whole answer.
    const lives = isResumed ? { cache_creation: writeLives(whole) } : {}
    const usage = { ...writeUsage(whole, finish.costMicros), ...lives }
    const reason = writeReason(finish.reason, raw, content ?? openContent(''))
    return frame({ type: 'message_delta', delta: writeStop(reason), usage })
  }

  /** The provider's last words, with what only we know. */
  const writeHeld = (native: Native, finish: Finish): string => {
    const own = fieldsOf(native.value['usage'])
    const isCounted = readUsage(own) !== undefined
    if (isCounted && finish.costMicros === undefined) return pass(native)
    const usage = isCounted
      ? { ...own, ...writeCost(finish.costMicros) }
      : { ...own, ...writeUsage(finish.usage ?? noUsage, finish.costMicros) }
    return frame({ ...native.value, usage })
  }

  const writeEvent = (event: ModelEvent, events: readonly ModelEvent[]): string => {
    if (event.type === 'error') return frame(writeFailure(event.failure, context.requestId).body)
    const start = begin(events)
    if (event.type === 'finish')
      return `${start}${flush(true)}${writeEnd(event)}${frame({ type: 'message_stop' })}`
    if (event.type === 'choice-end') {
      if (event.index !== 0) return start
      raw = event.raw
      return start + flush(true)
    }
    return content?.add(event) === true ? start + flush(false) : start
  }

  const writeNative = (native: Native, { events }: Piece): string => {
    const end = events.find((event) => event.type === 'choice-end')
    const finish = events.find((event) => event.type === 'finish')
    if (told === undefined) {
      told = openTold()
      messageId = headOf(events, context).id
      content = openContent(messageId) // the provider has begun the message itself
    }
    told.see(native.value)
    raw ??= end?.raw
    if (native.value['type'] === 'message_delta' && end !== undefined) {
      held = native
      return ''
    }
    return (finish === undefined ? '' : writeLast(finish)) + pass(native)
  }

  /** Another target goes on. */
  const resume = (): string => {
    raw = undefined
    held = undefined
    if (told === undefined || content === undefined) {
      content?.cut()
      return flush(false)
    }
    const { open, next, calls } = told
    const goesOn = open?.type === 'text'
    told = undefined
    isResumed = true
    content = openContent(messageId, { calls, text: goesOn })
    first = goesOn ? open.index : next
    isOpen = goesOn
    if (open === undefined || goesOn) return ''
    return (open.type === 'thinking' && !open.isSigned ? sign(open.index, undefined) : '') + stop(open.index)
  }

  const writeLast = (finish: Finish): string =>
    held === undefined ? writeEnd(finish) : writeHeld(held, finish)

  const writePiece = (piece: Piece): string => {
    const { events, native, seam } = piece
    if (seam !== undefined) return resume()
    const isBroken = events.some((event) => event.type === 'error')
    if (native?.dialect === DIALECT && !isBroken) return writeNative(native, piece)
    const finish = events.find((event) => event.type === 'finish')
    // The provider forgot to end what it had finished.
    if (held !== undefined && finish !== undefined) return writeLast(finish) + frame({ type: 'message_stop' })
    return events
      .filter((event) => native?.dialect !== DIALECT || event.type === 'error')
      .map((event) => writeEvent(event, events))
      .join('')
  }

  return (batch) => batch.map(writePiece).join('')
}

const EMPTY_STOP: Fields = { stop_reason: null, stop_sequence: null, stop_details: null, container: null }

function writeStart(block: Block): Fields {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: '', citations: null }
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' }
    case 'redacted_thinking':
      return { type: block.type, data: block.data }
    case 'tool_use':
      return { type: block.type, id: block.id, name: block.name, input: {}, caller: { type: 'direct' } }
  }
}

function writeDelta(block: Extract<Block, { text: string }>, piece: string): Fields {
  switch (block.type) {
    case 'text':
      return { type: 'text_delta', text: piece }
    case 'thinking':
      return { type: 'thinking_delta', thinking: piece }
    case 'tool_use':
      return { type: 'input_json_delta', partial_json: piece }
  }
}
