// What the scenarios need of the lab beyond its usual manners: each shown on the wire, without a gateway.
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, openClient, user } from '../client.ts'
import { restOf } from '../resume.ts'
import { startVendor, type Vendor } from '../vendor.ts'
import { ANSWER, BLANK_BEHIND, firstTokens, tokensIn } from './answers.ts'
import { realClock } from './clock.ts'
import { type Case, namesOf } from './scenario.ts'
import { scenarios } from './scenarios.ts'

let lab: Vendor
let client: Client

beforeAll(async () => {
  lab = await startVendor()
  client = openClient(lab.origin, 'sk-live')
})
afterAll(() => lab.stop())

const assistant = (content: string): object => ({ role: 'assistant', content })

describe('a model that continues', () => {
  test.each([
    ['nothing', [user('Go.')], ANSWER],
    [
      'its beginning as the last message',
      [user('Go.'), assistant(firstTokens(40))],
      ANSWER.slice(firstTokens(40).length),
    ],
    [
      'its beginning and the wish to go on',
      [user('Go.'), assistant(firstTokens(40)), user('Go on.')],
      ANSWER.slice(firstTokens(40).length),
    ],
    ['another answer', [user('Go.'), assistant('Nothing of mine.')], ANSWER],
  ])('shown %s says the rest', async (_, messages, rest) => {
    lab.always('continues', { text: ANSWER, continues: true })
    const reply = await client.stream({ model: 'continues', messages })
    expect(reply.said).toBe(rest)
  })

  test('shown beginnings of any wire finds its own words', () => {
    const content = [{ type: 'text', text: 'one two' }]
    expect(restOf('one two three', [{ role: 'assistant', content }])).toBe(' three')
    expect(restOf('one two three', [undefined, [{ role: 'model', parts: [{ text: 'one two ' }] }]])).toBe(
      ' three',
    )
    expect(restOf('one two three', undefined)).toBe('one two three')
  })
})

test('a behaviour that holds for a time holds for every request of it, and is over then', async () => {
  lab.script('flaps', { status: 503, forMs: 300 })
  const status = async (): Promise<number> => (await client.ask({ model: 'flaps' })).status
  expect([await status(), await status()]).toEqual([503, 503])
  await wait(320)
  expect(await status()).toBe(200)
})

test('a dead key gets its status, another one its answer', async () => {
  lab.always('keys', { deadKeys: { keys: ['sk-dead'], status: 403 } })
  expect((await openClient(lab.origin, 'sk-dead').ask({ model: 'keys' })).status).toBe(403)
  expect((await client.ask({ model: 'keys' })).status).toBe(200)
})

test('a stream is cut in the middle of a character', async () => {
  lab.always('inside', { text: 'aa 東京 bb', cutAfter: 2, cutInside: true, cut: 'end' })
  const body = JSON.stringify({ model: 'inside', stream: true, messages: [user('Go.')] })
  const response = await fetch(`${lab.url}/chat/completions`, { method: 'POST', body })
  const bytes = new Uint8Array(await response.arrayBuffer())
  expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow()
  expect(new TextDecoder().decode(bytes.subarray(0, -1))).toMatch(/"content":" $/)
})

const all = scenarios(realClock)

describe('the scenarios', () => {
  test('are those of the scorecard, in order', () => {
    const numbered = (letter: string, count: number): readonly string[] =>
      Array.from({ length: count }, (_, at) => `${letter}${String(at + 1).padStart(2, '0')}`)
    expect(all.map(({ id }) => id)).toEqual([...numbered('S', 16), ...numbered('M', 12)])
    expect(all.every(({ cases }) => cases.length > 0)).toBe(true)
  })

  test('have a healthy answer of sixty tokens', () => {
    expect(tokensIn(ANSWER)).toBe(60)
    expect(BLANK_BEHIND.join('')).toBe(ANSWER)
  })

  test('keep their models apart', () => {
    const names = all.flatMap((each) => each.cases.map((of) => namesOf('p', each, of).primary))
    expect(new Set(names).size).toBe(names.length)
  })

  test('say of every case what is right and how that is measured', () => {
    const loose = all.flatMap(({ id, cases }) =>
      cases.filter(({ rules }) => rules.length === 0).map(() => id),
    )
    expect(loose).toEqual([])
  })
})

test('the long faults are as long as they are described', () => {
  const first = (id: string): Case | undefined => all.find((each) => each.id === id)?.cases[0]
  expect(first('S06')?.primary.always.headAfterMs).toBe(120_000)
  expect(first('S07')?.primary.always.firstAfterMs).toBe(20_000)
  expect(first('S09')?.primary.always).toMatchObject({ stallAfter: 21, stallMs: 30_000, cutAfter: 21 })
  expect(first('S15')?.primary.first).toEqual([{ status: 503, forMs: 60_000 }])
  expect(first('S15')?.repeat).toEqual({ count: 20, everyMs: 4_000 })
  expect(first('M09')?.primary.always.everyMs).toBe(5_000)
})
