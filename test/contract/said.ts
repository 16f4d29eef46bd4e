// What a sequence of events says: the answer put together, choice by choice, and the rules every sequence keeps.
import { expect } from 'vitest'
import type { ModelEvent } from '../../shared/event.ts'

export interface Said {
  readonly text?: string
  readonly reasoning?: string
  readonly refusal?: string
  readonly calls?: readonly { readonly id: string; readonly name: string; readonly json: string }[]
  readonly reason: string
}

interface Draft {
  text: string
  reasoning: string
  refusal: string
  calls: { id: string; name: string; json: string }[]
  reason: string
}

/** The answer that the events spell, in the order of choices; what a choice has nothing of is left out. */
export function saidBy(events: readonly ModelEvent[]): Said[] {
  const drafts: Draft[] = []
  const at = (index: number): Draft =>
    (drafts[index] ??= { text: '', reasoning: '', refusal: '', calls: [], reason: '' })
  for (const event of events) {
    if (event.type === 'text-delta') at(event.index).text += event.text
    else if (event.type === 'reasoning-delta') at(event.index).reasoning += event.text
    else if (event.type === 'refusal-delta') at(event.index).refusal += event.text
    else if (event.type === 'choice-end') at(event.index).reason = event.reason
    else if (event.type === 'tool-start')
      at(event.index).calls[event.call] = { id: event.id, name: event.name, json: '' }
    else if (event.type === 'tool-delta') {
      const call = at(event.index).calls[event.call]
      expect(call, 'a tool-delta comes after its tool-start').toBeDefined()
      if (call !== undefined) call.json += event.json
    }
  }
  return drafts.map(({ text, reasoning, refusal, calls, reason }) => ({
    ...(text === '' ? {} : { text }),
    ...(reasoning === '' ? {} : { reasoning }),
    ...(refusal === '' ? {} : { refusal }),
    ...(calls.length === 0 ? {} : { calls }),
    reason,
  }))
}

export const isTerminal = (event: ModelEvent): boolean => event.type === 'finish' || event.type === 'error'

/** Exactly one `finish` or one `error`, and it is last; a finish only after every choice that began has ended. */
export function expectWellFormed(events: readonly ModelEvent[]): void {
  const ends = events.filter(isTerminal)
  expect(ends.map((event) => event.type)).toHaveLength(1)
  expect(events.at(-1)).toBe(ends[0])
  if (ends[0]?.type !== 'finish') return
  const begun = new Set(events.flatMap((event) => ('index' in event ? [event.index] : [])))
  const ended = new Set(events.flatMap((event) => (event.type === 'choice-end' ? [event.index] : [])))
  expect(ended).toEqual(begun)
}

export const finishOf = (
  events: readonly ModelEvent[],
): Extract<ModelEvent, { type: 'finish' }> | undefined => events.find((event) => event.type === 'finish')

/** The texts of an answer that broke off are beginnings of what had been said; a wire may hold back a part, never add one. */
export function expectPrefix(heard: readonly Said[], said: readonly Said[]): void {
  for (const [index, one] of heard.entries()) {
    if (!(index in heard)) continue // a choice of which nothing was heard, before one that spoke
    const full = said[index]
    for (const key of ['text', 'reasoning', 'refusal'] as const) {
      expect((full?.[key] ?? '').startsWith(one[key] ?? ''), `${key} of choice ${index}`).toBe(true)
    }
    for (const [at, call] of (one.calls ?? []).entries()) {
      expect(full?.calls?.[at]?.name).toBe(call.name)
      expect((full?.calls?.[at]?.json ?? '').startsWith(call.json)).toBe(true)
    }
  }
}
