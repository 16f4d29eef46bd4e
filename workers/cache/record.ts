// An answer as it is kept: its events without what belongs to one call, cut small again when it is told. Pure.
import type { Batch, FinishReason, ModelEvent } from '../../shared/event.ts'
import { split } from '../../shared/split.ts'
import type { Usage } from '../../shared/usage.ts'

/** Who said an answer. */
export interface Origin {
  /** `<vendor>/<model>` that said it, and the public name of that model. */
  readonly provider: string
  readonly model: string
  readonly name: string
  /** What the client asked for and the model was not told. */
  readonly dropped: readonly string[]
}

/** What is known of a kept answer beside its events. */
export interface Head extends Origin {
  readonly usage: Usage
  /** What it cost when it was asked for; absent where nobody has said what the model costs. */
  readonly costMicros?: number
}

/** Ends that mean that nothing is missing. */
const WHOLE: ReadonlySet<FinishReason> = new Set(['stop', 'tool-calls'])

/** Is this all of a good answer, in words of ours? */
export function isWhole(events: readonly ModelEvent[]): boolean {
  let hasContent = false
  for (const event of events) {
    switch (event.type) {
      case 'error':
      case 'refusal-delta':
      case 'other-delta': // only the vendor's own frame says what it was
        return false
      case 'choice-end':
      case 'finish':
        if (!WHOLE.has(event.reason)) return false
        break
      case 'text-delta':
        hasContent ||= event.text !== ''
        break
      case 'tool-start':
      case 'embedding':
        hasContent = true
        break
      case 'start':
      case 'reasoning-delta':
      case 'reasoning-signature':
      case 'tool-delta':
      case 'logprobs':
        break
    }
  }
  return hasContent && events.at(-1)?.type === 'finish'
}

/** As few events as say the same: neighbours of one kind are joined, and ids and costs of the call are left out. */
export function compact(events: readonly ModelEvent[]): readonly ModelEvent[] {
  const kept: ModelEvent[] = []
  for (const event of events) {
    const last = kept.at(-1)
    const joined = last === undefined ? undefined : join(last, event)
    if (joined === undefined) kept.push(anonymous(event))
    else kept[kept.length - 1] = joined
  }
  return kept
}

function join(last: ModelEvent, event: ModelEvent): ModelEvent | undefined {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
      return last.type === event.type && last.index === event.index
        ? { ...last, text: last.text + event.text }
        : undefined
    case 'tool-delta':
      return last.type === 'tool-delta' && last.index === event.index && last.call === event.call
        ? { ...last, json: last.json + event.json }
        : undefined
    case 'start':
    case 'reasoning-signature':
    case 'refusal-delta':
    case 'tool-start':
    case 'logprobs':
    case 'other-delta':
    case 'embedding':
    case 'choice-end':
    case 'finish':
    case 'error':
      return undefined
  }
}

export function anonymous(event: ModelEvent): ModelEvent {
  if (event.type === 'start') return { ...event, id: '', createdAt: 0 }
  if (event.type !== 'finish') return event
  const { costMicros: _, ...rest } = event
  return rest
}

/** A stream that is told again comes in pieces of so many characters: a client draws it as it comes. */
const PIECE_CHARS = 64
const BATCH_PIECES = 16

/** The batches of a kept answer. One piece an event, so that no dialect has to know what came together. */
export function* batchesOf(events: readonly ModelEvent[]): Generator<Batch, void, undefined> {
  let batch: { events: readonly ModelEvent[] }[] = []
  for (const event of events)
    for (const small of cut(event)) {
      batch.push({ events: [small] })
      if (batch.length < BATCH_PIECES) continue
      yield batch
      batch = []
    }
  if (batch.length > 0) yield batch
}

function cut(event: ModelEvent): readonly ModelEvent[] {
  if (event.type === 'text-delta' || event.type === 'reasoning-delta')
    return split(event.text, PIECE_CHARS).map((text) => ({ ...event, text }))
  if (event.type === 'tool-delta') return split(event.json, PIECE_CHARS).map((json) => ({ ...event, json }))
  return [event]
}
