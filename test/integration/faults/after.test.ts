// Faults in the middle of an answer, through the whole gateway with shortened clocks: another model goes on with the same
// stream, and the client has every token once.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pick } from '../../lab/client.ts'
import { faultsAfter } from '../../lab/faults/after.ts'
import { fastClock } from '../../lab/faults/clock.ts'
import { firstTokens } from '../../lab/faults/answers.ts'
import type { LabRequest } from '../../lab/wire.ts'
import { openRoom, PASS, type Room, tableOf } from './room.ts'

const SCENARIOS = faultsAfter(fastClock)

let room: Room

beforeAll(async () => {
  room = await openRoom(SCENARIOS, fastClock)
})
afterAll(() => room.close())

const messagesOf = (request: LabRequest | undefined): readonly unknown[] => {
  const messages = request?.body['messages']
  return Array.isArray(messages) ? messages : []
}

describe.concurrent('a fault in the middle of an answer', () => {
  test.each(tableOf(SCENARIOS))('%s %s passes: %s', async (id, name) => {
    expect((await room.seen(id, name)).verdict).toEqual(PASS)
  })
})

describe.concurrent('how an answer went on:', () => {
  test.each([
    ['prefilled', 'prefill'],
    ['asked to go on', 'asked'],
    ['starts over', 'asked'],
    ['starts over though prefilled', 'prefill'],
  ])('S08 %s: one stream under one id, and the row says who said what', async (name, resumed) => {
    const { call, row, attempts } = await room.seen('S08', name)
    expect(attempts).toEqual([1, 1])
    expect(call.ids).toHaveLength(1)
    expect(call.raw.match(/"role":"assistant"/g)).toHaveLength(1)
    expect(row).toMatchObject({
      end: 'finish',
      failure: null,
      attempts: [{ end: 'cut-unreachable' }, { end: 'answered', resumed }],
    })
    expect(row.attempts[0]?.target).toBe(row.attempts[1]?.target.replace(/-spare$/, ''))
  })

  test('S08 prefilled: the fallback was given the beginning as its own, and nothing behind it', async () => {
    const { seen } = await room.seen('S08', 'prefilled')
    expect(messagesOf(seen.spare[0]).at(-1)).toMatchObject({ role: 'assistant', content: firstTokens(40) })
  })

  test('S08 asked: the fallback was given the beginning and the wish that it goes on', async () => {
    const { seen } = await room.seen('S08', 'asked to go on')
    expect(messagesOf(seen.spare[0]).slice(-2)).toMatchObject([
      { role: 'assistant', content: firstTokens(40) },
      { role: 'user' },
    ])
  })

  test('S08 the receipt says where the seam is, and the usage and the cost are of one answer', async () => {
    const { call, row } = await room.seen('S08', 'asked to go on')
    const { json } = await room.scene.client.send(`/v1/receipts/${call.requestId}`)
    expect(json).toMatchObject({
      end: 'finish',
      seams: [{ at_char: firstTokens(40).length, why: 'cut-unreachable', how: 'asked' }],
      cost_micros: row.cost_micros,
    })
    expect(pick(call.usage, 'cost')).toBe(row.cost_micros / 1e6)
    expect(Number(pick(call.usage, 'completion_tokens'))).toBeGreaterThanOrEqual(60)
  })

  test('S09 silence: cut off at the idle limit, and another goes on', async () => {
    const { row, seen } = await room.seen('S09', 'asked to go on')
    expect(row.attempts).toMatchObject([{ end: 'cut-timeout-idle' }, { end: 'answered', resumed: 'asked' }])
    expect(seen.primary[0]?.leftAt).toBeGreaterThan(0)
    expect((await room.scene.client.send('/health')).status).toBe(200)
  })

  test('S10 an event that is no JSON: skipped, and billed as if nothing had been', async () => {
    const { row, attempts } = await room.seen('S10')
    expect(attempts).toEqual([1, 0])
    expect(row).toMatchObject({ end: 'finish', tokens: { source: 'reported' } })
  })

  test.each(['', 'left open'])(
    'S11 a stream without its end (%s): finished, with [DONE], at once',
    async (name) => {
      const { call, row, attempts } = await room.seen('S11', name)
      expect(call.isDone).toBe(true)
      expect(attempts).toEqual([1, 0])
      expect(row).toMatchObject({ end: 'finish', tokens: { source: 'reported' } })
    },
  )

  test('S14 a fallback that takes no prefill: it was never sent one', async () => {
    const { seen } = await room.seen('S14', 'asked to go on')
    expect(seen.spare.map(({ refused }) => refused)).toEqual([undefined])
  })

  test('S14 a fallback that is said to take it and does not: asked in another way', async () => {
    const { seen, row } = await room.seen('S14', 'said to take it')
    expect(seen.spare[0]?.refused).toMatch(/prefill/)
    expect(row.attempts.at(-1)).toMatchObject({ end: 'answered' })
  })

  test.each(['behind its name', 'in its arguments', 'before its last characters', 'before the finish'])(
    'M05 a tool call cut %s: the client was told one call, whole',
    async (name) => {
      const { call } = await room.seen('M05', name)
      expect(call.calls).toHaveLength(1)
      expect(call.finishes).toEqual(['tool_calls'])
    },
  )

  test('M06 a cut in a character: no replacement character is left behind', async () => {
    const { call, row } = await room.seen('M06', 'cut in a character')
    expect(call.raw).not.toContain('\uFFFD')
    expect(row.attempts[0]?.end).toMatch(/^cut-/)
  })

  test('M09 a trickle: given up on for its pace, long before the total limit', async () => {
    const { row, seen } = await room.seen('M09', 'asked to go on')
    expect(row.attempts).toMatchObject([{ end: 'cut-timeout-floor' }, { end: 'answered' }])
    expect(seen.primary[0]?.leftAt).toBeGreaterThan(0)
  })
})
