// Faults of keys, of clients, of everybody at once and of the gateway's own parts, through the whole gateway.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pick } from '../../lab/client.ts'
import { fastClock } from '../../lab/faults/clock.ts'
import { playOrgans } from '../../lab/faults/organs.ts'
import { DEAD_KEY } from '../../lab/faults/models.ts'
import { faultsOfOurs, ORGANS_ID } from '../../lab/faults/own.ts'
import { scenario } from '../../lab/faults/scenarios.ts'
import type { Played } from '../../lab/faults/score.ts'
import { ADMIN_KEY } from '../../lab/scene.ts'
import { openRoom, PASS, type Room, tableOf } from './room.ts'
import { alone } from '../../lab/slowdown.ts'

const SCENARIOS = faultsOfOurs(fastClock)

let room: Room

beforeAll(async () => {
  room = await openRoom(SCENARIOS, fastClock)
})
afterAll(() => room.close())

describe.concurrent('a fault of ours', () => {
  test.each(tableOf(SCENARIOS))('%s %s passes: %s', async (id, name) => {
    expect((await room.seen(id, name)).verdict).toEqual(PASS)
  })
})

describe.concurrent('what the gateway did about', () => {
  test.each([401, 403])(
    'M07 a %d from one of two keys: it was tried once, and the other one at once',
    async (status) => {
      const { seen } = await room.seen('M07', `${status} from one of two`)
      const keys = seen.primary.map(({ headers }) => headers.authorization?.includes(DEAD_KEY))
      expect(keys.filter((isDead) => isDead)).toHaveLength(1)
      expect(seen.spare).toHaveLength(0)
    },
  )

  test.each([401, 403])(
    'M07 a %d from every key: the client is not blamed, and is told no key',
    async (status) => {
      const { call } = await room.seen('M07', `${status} from all`)
      expect(call.status).toBe(502)
      expect(call.error).toMatchObject({ code: 'upstream_credentials', attempts: [{ status }] })
      expect(call.raw).not.toContain('sk-lab')
    },
  )

  test('M10 a client that left, where the vendor stops billing: cancelled, and billed by estimate', async () => {
    const { row, seen, call } = await room.seen('M10', 'billing stops')
    expect(alone((seen.primary[0]?.leftAt ?? 0) - call.endedAt, 1_000)).toBeLessThan(1_000)
    expect(row).toMatchObject({ end: 'cancelled', failure: 'cancelled', tokens: { source: 'estimated' } })
    expect(pick(row, 'tokens', 'output')).toBeGreaterThanOrEqual(6)
    expect(pick(row, 'tokens', 'output')).toBeLessThan(60)
  })

  test('M10 a client that left, where the vendor bills on: read to its end, and billed as reported', async () => {
    const { row, seen } = await room.seen('M10', 'billing goes on')
    expect(seen.primary[0]?.leftAt).toBeUndefined()
    expect(row).toMatchObject({ end: 'cancelled', tokens: { output: 60, source: 'reported' } })
  })

  test('M11 everybody being down: one error names every attempt, without bodies', async () => {
    const { call, row } = await room.seen('M11', 'chat')
    expect(call.status).toBe(503)
    expect(call.headers['x-should-retry']).toBe('false')
    expect(call.error).toMatchObject({
      type: 'upstream_error',
      attempts: [{ status: 500 }, { status: 500 }, { status: 503 }, { status: 503 }],
    })
    expect(call.raw).not.toContain('secret')
    expect(row).toMatchObject({ end: 'error', model: null, cost_micros: 0, status: 503 })
  })

  test('M11 everybody being down: the error has the shape of the client’s own dialect', async () => {
    const { call } = await room.seen('M11', 'Anthropic')
    expect(JSON.parse(call.raw)).toMatchObject({
      type: 'error',
      error: { type: expect.any(String) as unknown },
    })
    expect(call.headers['x-should-retry']).toBe('false')
  })
})

describe('a part of the gateway that is away:', () => {
  const organs = scenario(fastClock, ORGANS_ID)
  let ward: Room
  let played: readonly Played[]

  beforeAll(async () => {
    ward = await openRoom([organs], fastClock, 'untouched')
    const patient = { door: ward.door, state: ward.scene.gateway.state, adminKey: ADMIN_KEY }
    played = await playOrgans({ lab: ward.scene.lab, patient, clock: fastClock })
  })
  afterAll(() => ward.close())

  test.each(organs.cases.map(({ name }) => name))('M12 %s', (name) => {
    expect(played.find((one) => one.name === name)?.verdict).toEqual(PASS)
  })
})
