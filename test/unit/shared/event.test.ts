// What counts as the first sign of an answer: everything before it may still fail over.
import { describe, expect, it } from 'vitest'
import { isContent, type ModelEvent } from '../../../shared/event.ts'

const CASES: readonly [ModelEvent, boolean][] = [
  [{ type: 'start', id: 'a', model: 'b', createdAt: 0 }, false],
  [{ type: 'text-delta', index: 0, text: '' }, false],
  [{ type: 'text-delta', index: 0, text: ' ' }, true],
  [{ type: 'reasoning-delta', index: 0, text: 'so' }, true],
  [{ type: 'refusal-delta', index: 0, text: 'no' }, true],
  [{ type: 'tool-start', index: 0, call: 0, id: 'c', name: 'f' }, true],
  [{ type: 'tool-delta', index: 0, call: 0, json: '{' }, true],
  [{ type: 'other-delta', index: 0 }, true],
  [{ type: 'logprobs', index: 0, value: {} }, false],
  [{ type: 'choice-end', index: 0, reason: 'stop' }, false],
  [{ type: 'finish', reason: 'stop' }, false],
  [{ type: 'error', failure: { kind: 'cancelled' } }, false],
]

describe('content', () => {
  for (const [event, is] of CASES) {
    it(`${is ? 'is' : 'is not'} ${JSON.stringify(event)}`, () => expect(isContent(event)).toBe(is))
  }
})
