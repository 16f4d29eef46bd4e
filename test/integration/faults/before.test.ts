// Faults before the first content, through the whole gateway with shortened clocks: everything is tried again or elsewhere.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pick } from '../../lab/client.ts'
import { faultsBefore } from '../../lab/faults/before.ts'
import { fastClock } from '../../lab/faults/clock.ts'
import { COST } from '../../lab/faults/models.ts'
import { openRoom, PASS, type Room, type Sight, tableOf } from './room.ts'

const SCENARIOS = faultsBefore(fastClock)

let room: Room

beforeAll(async () => {
  room = await openRoom(SCENARIOS, fastClock)
})
afterAll(() => room.close())

const endsOf = ({ row }: Sight): readonly string[] => row.attempts.map(({ end }) => end)

/** The targets by what is behind their case's name. */
const targetsOf = ({ row }: Sight): readonly string[] =>
  row.attempts.map(({ target }) => (target.endsWith('-spare') ? 'spare' : 'primary'))

describe.concurrent('a fault before the first content', () => {
  test.each(tableOf(SCENARIOS))('%s %s passes: %s', async (id, name) => {
    expect((await room.seen(id, name)).verdict).toEqual(PASS)
  })
})

describe.concurrent('what the gateway did about', () => {
  test('row 25: S01 a 429 whose Retry-After is longer than its patience: the next target', async () => {
    const sight = await room.seen('S01')
    expect(sight.attempts).toEqual([1, 1])
    expect(endsOf(sight)).toEqual(['rate-limited', 'answered'])
  })

  test('row 25: S01 a 429 with Retry-After and nothing to fall back to: it waited as long as it was told', async () => {
    const { seen, attempts } = await room.seen('S01', 'nothing to fall back to')
    const [first, second] = seen.primary
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_990)
    expect(attempts).toEqual([2, 0])
  })

  test('S02 a 429 on every attempt: the next target after few', async () => {
    const { attempts } = await room.seen('S02')
    expect(attempts[0]).toBeLessThanOrEqual(4)
    expect(attempts[1]).toBe(1)
  })

  test('S03 a 500 once: the same target again, once', async () => {
    const sight = await room.seen('S03')
    expect(sight.attempts).toEqual([2, 0])
    expect(endsOf(sight)).toEqual(['overloaded', 'answered'])
  })

  test('S04 a 503 on every attempt: the next target after one more try', async () => {
    expect((await room.seen('S04')).attempts).toEqual([2, 1])
  })

  test.each(['reset', 'closed'])(
    'S05 a connection %s before any byte: the same target again',
    async (name) => {
      expect((await room.seen('S05', name)).attempts).toEqual([2, 0])
    },
  )

  test('S06 a provider that says nothing: given up on after one timeout, and hung up on', async () => {
    const { attempts, row, seen } = await room.seen('S06')
    expect(attempts).toEqual([1, 1])
    expect(row.attempts[0]).toMatchObject({ end: 'timeout-head' })
    expect(seen.primary[0]?.leftAt).toBeGreaterThan(0)
  })

  test('S07 a head without a token: the next target at the first-token limit, which is not the idle limit', async () => {
    const { attempts, row, seen } = await room.seen('S07')
    expect(attempts).toEqual([1, 1])
    expect(row.attempts[0]).toMatchObject({ status: 200, end: 'timeout-first-token' })
    expect(seen.primary[0]?.leftAt).toBeGreaterThan(0)
  })

  test('S12 a context that is too long for the primary: the fallback, after exactly one attempt', async () => {
    expect((await room.seen('S12')).attempts).toEqual([1, 1])
  })

  test('S12 a context that is too long for everybody: a 400 that says so', async () => {
    const { call } = await room.seen('S12', 'nothing larger')
    expect(call.status).toBe(400)
    expect(call.error).toMatchObject({ code: 'context_length_exceeded' })
  })

  test('S13 a refusal on policy: handed over with its reason, not routed around, free', async () => {
    const { call, row, attempts } = await room.seen('S13')
    expect(call.error).toEqual({
      message: 'Your request was rejected by our safety system.',
      type: 'invalid_request_error',
      param: null,
      code: 'content_policy_violation',
    })
    expect(call.headers['x-should-retry']).toBe('false')
    expect(attempts).toEqual([1, 0])
    expect(row).toMatchObject({ end: 'refused', status: 400, failure: 'refused', cost_micros: 0 })
  })

  test('S15 an outage: the fallback answered all through, the primary was probed, and both are named', async () => {
    const { seen } = await room.seen('S15')
    const models = seen.calls.map(({ headers }) => headers['x-minnow-model'])
    const [spare, primary] = [models[0], models.at(-1)]
    expect(spare).toMatch(/-spare$/)
    expect(primary).toBe(spare?.replace(/-spare$/, ''))
    // While it is down, most requests do not ask it at all.
    const asked = seen.calls.filter(({ headers }) => headers['x-minnow-attempts'] !== '1')
    expect(asked.length).toBeLessThanOrEqual(8)
    expect(seen.calls.every(({ headers }) => headers['x-request-id'] !== undefined)).toBe(true)
  })

  test('S16 a primary that fails: the reply names the fallback and carries its usage; nothing else is billed', async () => {
    const { call, row } = await room.seen('S16')
    expect(call.headers['x-minnow-model']).toMatch(/^lab\/.*-spare$/)
    expect(call.headers['x-minnow-attempts']).toBe('3')
    expect(call.models).toHaveLength(1)
    expect(call.models[0]).toMatch(/-spare$/)
    expect(call.usage).toMatchObject({ prompt_tokens: 100, completion_tokens: 60, cost: COST / 1e6 })
    expect(row).toMatchObject({ model: call.headers['x-minnow-model'], cost_micros: COST })
  })

  test('M01 an error in the first event: tried again, then elsewhere, like any other', async () => {
    expect(targetsOf(await room.seen('M01', 'first event'))).toEqual(['primary', 'primary', 'spare'])
  })

  test('M02 a role and then an error: the client sees one role, of the model that answered', async () => {
    const { call } = await room.seen('M02')
    expect(call.raw.match(/"role":"assistant"/g)).toHaveLength(1)
    expect(call.models).toHaveLength(1)
  })

  test('M08 packed answers: read, not given up on', async () => {
    expect((await room.seen('M08', 'gzip')).attempts).toEqual([1, 0])
    expect((await room.seen('M08', 'gzip, not streamed')).attempts).toEqual([1, 0])
    expect(pick((await room.seen('M08', 'gzip')).row, 'tokens', 'source')).toBe('reported')
  })
})
