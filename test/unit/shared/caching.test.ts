// What of a prompt is worth a mark in a vendor's cache.
import { describe, expect, it } from 'vitest'
import { turnsToMark, wantedFor } from '../../../shared/caching.ts'
import type { Message } from '../../../shared/request.ts'
import { message, requestFor } from '../samples.ts'

const LEAST = 1_024
const LONG = 'x'.repeat(3 * LEAST)
const NOTHING = { instructions: false, turns: false }
const said: readonly Message[] = [message('Hi'), message('Hello!', 'assistant'), message('And now?')]
const asking = (messages: readonly Message[], conversation?: string) =>
  requestFor('', { messages, ...(conversation === undefined ? {} : { conversation }) })

describe('a mark', () => {
  it('is for conversations: those with a name, and those under way', () => {
    const first = [message(LONG, 'system'), message('Hi')]
    expect(wantedFor(asking(first, 'tea'), LEAST, undefined)).toEqual({ instructions: true, turns: true })
    expect(wantedFor(asking([message(LONG, 'system'), ...said]), LEAST, undefined)).toEqual({
      instructions: true,
      turns: true,
    })
    expect(wantedFor(asking(first), LEAST, undefined)).toEqual(NOTHING)
  })

  it('is for what others begin with too, as far as they do', () => {
    const alone = asking([message(LONG, 'system'), message('Hi')])
    expect(wantedFor(alone, LEAST, 'repeats')).toEqual({ instructions: true, turns: false })
    expect(wantedFor(asking([message(LONG)]), LEAST, 'repeats')).toEqual(NOTHING)
  })

  it('is not set where the vendor would not keep so little, or keeps nothing by marks', () => {
    expect(wantedFor(asking(said, 'tea'), LEAST, 'repeats')).toEqual(NOTHING)
    expect(wantedFor(asking([...said, message(LONG)], 'tea'), undefined, 'repeats')).toEqual(NOTHING)
    expect(wantedFor(asking([...said, message(LONG)], 'tea'), LEAST, 'none')).toEqual(NOTHING)
  })

  it('counts turns and instructions together, tools and what they answered too', () => {
    const half = 'x'.repeat(1.5 * LEAST)
    expect(wantedFor(asking([message(half, 'system'), ...said, message(half)]), LEAST, undefined)).toEqual({
      instructions: false,
      turns: true,
    })
    const call = { id: 'c', name: 'f', json: LONG }
    const called: Message = { role: 'assistant', parts: [], toolCalls: [call] }
    expect(wantedFor(asking([message('a'), called, message('b')]), LEAST, undefined).turns).toBe(true)
    const tools = [{ name: 'f', parameters: { description: LONG } }]
    expect(wantedFor({ ...asking(said), tools }, LEAST, undefined)).toEqual({
      instructions: true,
      turns: true,
    })
  })
})

describe('the turns to mark', () => {
  it.each([
    [['user'], [0]],
    [
      ['user', 'assistant', 'user'],
      [0, 2],
    ],
    [
      ['user', 'assistant', 'user', 'assistant', 'user'],
      [2, 4],
    ],
    [
      ['user', 'user', 'assistant', 'user', 'user'],
      [1, 4],
    ],
    [['user', 'assistant'], [0]],
    [
      ['user', 'assistant', 'user', 'system'],
      [0, 2],
    ],
    [[], []],
  ])('of %j are %j: the newest, and where the last answer was asked for', (roles, places) => {
    expect(turnsToMark(roles)).toEqual(places)
  })
})
