// Any model's answer as the events of a Responses stream, in their documented order and numbering. Pure.
// Source: https://developers.openai.com/api/reference/resources/responses/streaming-events and
// https://www.openresponses.org/specification#items-are-streamable
import type { ReplyContext } from '../../dialect.ts'
import type { FinishReason, ModelEvent } from '../../event.ts'
import { type Fields, fieldsOf, isFields, listOf, parse, text } from '../../fields.ts'
import type { Failure } from '../../failure.ts'
import type { Signature } from '../../request.ts'
import {
  type CallDraft,
  type Draft,
  type MessageDraft,
  type PartDraft,
  type Status,
  type ThoughtDraft,
  writeItem,
  writePart,
  writeSummary,
} from './drafts.ts'
import { writeError } from './failure.ts'
import { itemId, seedOf } from './ids.ts'
import { type Finish, lasting, type ResponseState, writeResponse } from './response.ts'
import { seal } from './seal.ts'
import type { Left } from './told.ts'

const INCOMPLETE: Readonly<Partial<Record<FinishReason, string>>> = {
  length: 'max_output_tokens',
  'content-filter': 'content_filter',
}

export interface Answer {
  /** What a client is sent for an event. There is one choice only: events of others say nothing. */
  write(event: ModelEvent): Fields[]
  /** Another target goes on: of all that is open only a message can grow any more. */
  resume(): Fields[]
  /** The Response as it stands. */
  response(): Record<string, unknown>
}

/** What a vendor of this dialect has told of the answer itself. */
export interface Before extends Left {
  readonly response: Fields
  /** The number of the next event. */
  readonly sequence: number
}

export function openAnswer(context: ReplyContext, before?: Before): Answer {
  const seed = seedOf(context)
  const drafts: Draft[] = [...(before?.drafts ?? [])]
  const calls = new Map<number, CallDraft>() // those that may still grow
  let message = before?.message
  let thought: ThoughtDraft | undefined
  let sent: Fields[] = []
  let sequence = before?.sequence ?? 0
  let begun = before !== undefined
  let closed = false
  let model = context.model
  let { createdAt } = context
  const ends = [...(before?.ends ?? [])]
  const kept = before === undefined ? {} : lasting(before.response)
  let state: Pick<ResponseState, 'status' | 'incompleteReason' | 'error' | 'finish'> = {
    status: 'in_progress',
  }

  const send = (type: string, fields: Fields): void => {
    sent.push({ type, sequence_number: sequence, ...fields })
    sequence += 1
  }

  const response = (): Record<string, unknown> => ({
    ...writeResponse(context, { ...state, model, createdAt, output: drafts.map(writeItem) }),
    ...kept,
  })

  const nextIndex = (): number => (drafts.at(-1)?.index ?? -1) + 1

  const begin = (): void => {
    if (begun) return
    begun = true
    send('response.created', { response: response() })
    send('response.in_progress', { response: response() })
  }

  const add = (draft: Draft): void => {
    begin()
    drafts.push(draft)
    send('response.output_item.added', { output_index: draft.index, item: writeItem(draft) })
  }

  const done = (draft: Draft): void =>
    send('response.output_item.done', { output_index: draft.index, item: writeItem(draft) })

  const placeOf = (draft: MessageDraft, part: number): Fields => ({
    item_id: draft.id,
    output_index: draft.index,
    content_index: part,
  })

  const closePart = (draft: MessageDraft): void => {
    const part = draft.parts.at(-1)
    if (part === undefined || part.isDone === true) return
    const place = placeOf(draft, draft.parts.length - 1)
    if (part.type === 'refusal') send('response.refusal.done', { ...place, refusal: part.text })
    else send('response.output_text.done', { ...place, text: part.text, logprobs: [...part.logprobs] })
    send('response.content_part.done', { ...place, part: writePart(part) })
  }

  const closeMessage = (status: Status = 'completed'): void => {
    if (message === undefined) return
    closePart(message)
    message.status = status
    done(message)
    message = undefined
  }

  const closeThought = (): void => {
    if (thought === undefined) return
    if (thought.text !== undefined) {
      const place = { item_id: thought.id, output_index: thought.index, summary_index: 0 }
      send('response.reasoning_summary_text.done', { ...place, text: thought.text })
      send('response.reasoning_summary_part.done', { ...place, part: writeSummary(thought.text) })
    }
    done(thought)
    thought = undefined
  }

  const closeCall = (key: number, draft: CallDraft, status: Status): void => {
    draft.status = status
    const place = { item_id: draft.id, output_index: draft.index }
    send('response.function_call_arguments.done', { ...place, arguments: draft.json })
    done(draft)
    calls.delete(key)
  }

  /** Ends the calls whose arguments are whole. Others stay open, since the pieces of several may take turns. */
  const closeWholeCalls = (): void => {
    for (const [key, draft] of calls) if (isFields(parse(draft.json))) closeCall(key, draft, 'completed')
  }

  const closeAll = (status: Status): void => {
    closeThought()
    const last = drafts.at(-1)
    closeMessage(status)
    for (const [key, draft] of calls) closeCall(key, draft, draft === last ? status : 'completed')
    closed = true
  }

  const openPart = (type: PartDraft['type']): { draft: MessageDraft; part: PartDraft } => {
    closeThought()
    if (message === undefined) {
      closeWholeCalls()
      message = { kind: 'message', id: nextId('msg'), index: nextIndex(), parts: [], status: 'in_progress' }
      add(message)
    }
    const open = message.parts.at(-1)
    if (open?.type === type && open.isDone !== true) return { draft: message, part: open }
    closePart(message)
    const part: PartDraft = { type, text: '', logprobs: [] }
    message.parts.push(part)
    send('response.content_part.added', {
      ...placeOf(message, message.parts.length - 1),
      part: writePart(part),
    })
    return { draft: message, part }
  }

  const nextId = (prefix: string): string => itemId(prefix, seed, nextIndex())

  const say = (type: PartDraft['type'], delta: string): void => {
    if (delta === '') return
    const { draft, part } = openPart(type)
    part.text += delta
    const place = placeOf(draft, draft.parts.length - 1)
    if (type === 'refusal') send('response.refusal.delta', { ...place, delta })
    else send('response.output_text.delta', { ...place, delta, logprobs: [] })
  }

  const openThought = (): ThoughtDraft => {
    closeMessage()
    if (thought !== undefined) return thought
    closeWholeCalls()
    thought = {
      kind: 'reasoning',
      id: nextId('rs'),
      index: nextIndex(),
      text: undefined,
      encrypted: undefined,
    }
    add(thought)
    return thought
  }

  const think = (delta: string): void => {
    if (delta === '') return
    const draft = openThought()
    const place = { item_id: draft.id, output_index: draft.index, summary_index: 0 }
    if (draft.text === undefined) {
      send('response.reasoning_summary_part.added', { ...place, part: writeSummary('') })
    }
    draft.text = (draft.text ?? '') + delta
    send('response.reasoning_summary_text.delta', { ...place, delta })
  }

  const prove = (signature: Signature, callId?: string): void => {
    openThought().encrypted = seal({ signature, ...(callId === undefined ? {} : { callId }) })
    closeThought()
  }

  const call = (event: Extract<ModelEvent, { type: 'tool-start' }>): void => {
    closeThought()
    closeMessage()
    closeWholeCalls()
    const callId = event.id === '' ? itemId('call', seed, event.call) : event.id
    // The proof of a call stands in an item of its own before it: fields that nobody knows would not come back.
    if (event.signature !== undefined) prove(event.signature, callId)
    const draft: CallDraft = {
      kind: 'call',
      id: nextId('fc'),
      index: nextIndex(),
      callId,
      name: event.name,
      json: '',
      status: 'in_progress',
    }
    calls.set(event.call, draft)
    add(draft)
  }

  const argue = (key: number, delta: string): void => {
    const draft = calls.get(key)
    if (draft === undefined || delta === '') return
    draft.json += delta
    send('response.function_call_arguments.delta', { item_id: draft.id, output_index: draft.index, delta })
  }

  const finish = (event: Finish): void => {
    begin()
    const incompleteReason = INCOMPLETE[event.reason]
    const status = incompleteReason === undefined ? 'completed' : 'incomplete'
    if (!closed) closeAll(status)
    state = { status, finish: event, ...(incompleteReason === undefined ? {} : { incompleteReason }) }
    send(`response.${status}`, { response: response() })
  }

  const fail = (failure: Failure): void => {
    const { event, error } = writeError(failure, context.requestId)
    state = { status: 'failed', error }
    for (const draft of drafts) if (draft.kind === 'message' || draft.kind === 'call') stop(draft)
    send('error', event)
    send('response.failed', { response: response() })
  }

  const writeEvent = (event: ModelEvent): void => {
    if ('index' in event && event.index !== 0) return
    switch (event.type) {
      case 'start':
        model = event.model || model
        createdAt = event.createdAt > 0 ? event.createdAt : createdAt
        return begin()
      case 'text-delta':
        return say('output_text', event.text)
      case 'refusal-delta':
        return say('refusal', event.text)
      case 'reasoning-delta':
        return think(event.text)
      case 'reasoning-signature':
        return prove(event.signature)
      case 'tool-start':
        return call(event)
      case 'tool-delta':
        return argue(event.call, event.json)
      case 'logprobs':
        message?.parts.at(-1)?.logprobs.push(...logprobsIn(event.value))
        return
      case 'choice-end':
        if (!closed) closeAll(INCOMPLETE[event.reason] === undefined ? 'completed' : 'incomplete')
        return
      case 'finish':
        return finish(event)
      case 'error':
        return fail(event.failure)
      case 'other-delta':
      case 'embedding':
        return // only a vendor of this dialect has the one, and its events pass as they came; nobody asks here for the other
    }
  }

  return {
    response,
    resume() {
      sent = []
      for (const { type, ...fields } of ends.splice(0)) send(text(type), fields)
      closeThought()
      for (const [key, draft] of calls) closeCall(key, draft, 'completed')
      return sent
    },
    write(event) {
      sent = []
      writeEvent(event)
      return sent
    },
  }
}

/** What was not done when the answer failed will never be. */
function stop(draft: MessageDraft | CallDraft): void {
  if (draft.status === 'in_progress') draft.status = 'incomplete'
}

/** Events carry them as chat completions have them, where the bytes may be missing. */
const logprobsIn = (value: unknown): Fields[] =>
  listOf(fieldsOf(value)['content'])
    .filter(isFields)
    .map((one) => ({
      ...withBytes(one),
      top_logprobs: listOf(one['top_logprobs']).map((top) => withBytes(fieldsOf(top))),
    }))

const withBytes = (one: Fields): Fields => ({ ...one, bytes: one['bytes'] ?? [] })
