// What goes wrong on a vendor's wire, the same on every wire, through the whole Worker: the endings of a stream, odd
// bytes, errors before and inside an answer, and the bill.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Behaviour } from '../lab/behaviour.ts'
import { pick } from '../lab/client.ts'
import { SIXTY, SPARE } from '../lab/pairs.ts'
import { freshId, withId } from '../lab/scene.ts'
import { micro, openStage, type Stage, type Wire, WIRES, workersAi } from '../lab/stage.ts'

const VENDORS = WIRES.filter((wire) => wire !== micro)

const FAULTS = ['early', 'late', 'empty', 'inside', 'busy', 'down', 'wrong'] as const

/** The model of a wire that a fault befalls, and the route that has a healthy spare behind it. */
const faulty = (wire: Wire, fault: string): string => wire.publicModel(fault)
const routeOf = (wire: Wire, fault: string): string =>
  `${wire.publicModel('route').replaceAll(/\W/g, '-')}-${fault}`

let stage: Stage

beforeAll(async () => {
  const routes = VENDORS.flatMap((wire) =>
    FAULTS.map((fault) => [routeOf(wire, fault), { order: [faulty(wire, fault), 'chat/spare'] }]),
  )
  stage = await openStage({ routes: Object.fromEntries(routes), timeouts: { idleMs: 4_000 } })
  stage.scene.lab.always('spare', { text: SPARE })
})
afterAll(() => stage.stop())

const script = (wire: Wire, name: string, ...behaviours: Behaviour[]): void =>
  wire.lab?.(stage).script(wire.vendorModel(name), ...behaviours)

/** The same error as each vendor says it inside a 200. */
const INSIDE: Readonly<Record<string, unknown>> = {
  'openai-chat': { error: { message: 'Overloaded.', type: 'server_error', code: null } },
  'openai-responses': { error: { message: 'Overloaded.', type: 'server_error', code: null } },
  'anthropic (4.5)': { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded.' } },
  'anthropic (5.5)': { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded.' } },
  gemini: { error: { code: 503, message: 'Overloaded.', status: 'UNAVAILABLE' } },
  'workers-ai': {
    success: false,
    errors: [{ code: 3040, message: 'Capacity temporarily exceeded.' }],
    result: {},
  },
}

for (const wire of VENDORS) {
  const ask = (name: string, behaviour: Behaviour) => {
    script(wire, name, behaviour)
    return stage.scene.client.stream({ model: wire.publicModel(name) })
  }

  describe.concurrent(wire.id, () => {
    test.each<{ what: string; row: string; behaviour: Behaviour }>([
      { what: 'dies', row: 'row 14', behaviour: { cutAfter: 12 } },
      { what: 'is reset', row: 'row 14', behaviour: { cutAfter: 12, cut: 'reset' } },
      { what: 'ends before its end', row: 'row 14', behaviour: { cutAfter: 12, cut: 'end' } },
      { what: 'falls silent', row: 'row 17', behaviour: { stallAfter: 12 } },
      { what: 'says an error', row: 'row 22', behaviour: { failAt: 12 } },
    ])(
      '$row: a stream that $what in the middle ends in one error, behind what came',
      async ({ what, behaviour }) => {
        const id = freshId()
        const name = what.replaceAll(' ', '-')
        script(wire, name, { text: SIXTY, ...behaviour })
        const reply = await stage.scene.client.stream({ model: wire.publicModel(name) }, withId(id))
        expect(reply.status).toBe(200)
        expect(reply.said.length).toBeGreaterThan(0)
        expect(SIXTY.startsWith(reply.said)).toBe(true)
        expect(reply.isDone).toBe(false)
        expect(reply.chunks.at(-1)?.['error']).toMatchObject({ type: 'upstream_error' })
        expect(await stage.scene.rowOf(id)).toMatchObject({ end: 'error' })
      },
    )

    // On some wires the last event is the only one that tells an end; on the others an earlier one has said why it ended.
    const saysEarlier = wire === workersAi || wire.id === 'openai-chat' || wire.id.startsWith('anthropic')
    test(`rows 14, 15: a stream without its last event ${saysEarlier ? 'has ended all the same' : 'is an error'}`, async () => {
      const reply = await ask('unfinished', { text: 'one two', done: false })
      expect(reply.said).toBe('one two')
      expect(reply.isDone).toBe(saysEarlier)
      if (!saysEarlier) expect(reply.chunks.at(-1)?.['error']).toMatchObject({ type: 'upstream_error' })
    })

    test.each<{ what: string; behaviour: Behaviour }>([
      { what: 'every byte by itself', behaviour: { everyByte: true } },
      { what: 'CRLF, a BOM and comments', behaviour: { lineEnd: '\r\n', bom: true, comments: true } },
      { what: 'no space behind the colon, CR', behaviour: { lineEnd: '\r', tight: true } },
      { what: 'gzip', behaviour: { gzip: true } },
      { what: 'a broken line', behaviour: { insert: [{ at: 4, text: 'data: {"broken\n\n' }] } },
    ])('rows 16, 44, 45: $what', async ({ what, behaviour }) => {
      if (wire.id === 'bedrock' && behaviour.everyByte === undefined && behaviour.gzip === undefined) return // no lines there
      const text = 'Grüße, 世界 🌍 and then some more words'
      const reply = await ask(what.replaceAll(/\W/g, '-'), { text, ...behaviour })
      expect(reply.said).toBe(text)
      expect(reply.isDone).toBe(true)
    })

    test('rows 5, 6, 9: what the vendor counted is what is billed and told', async () => {
      const id = freshId()
      const usage = { prompt: 100, cached: 40, completion: 20, reasoning: 5 }
      script(wire, 'counted', { text: 'one two', usage })
      const asked = { model: wire.publicModel('counted'), stream_options: { include_usage: true } }
      const reply = await stage.scene.client.stream(asked, withId(id))
      expect(reply.usage).toMatchObject({
        prompt_tokens: 100,
        completion_tokens: 20,
        total_tokens: 120,
        prompt_tokens_details: { cached_tokens: 40 },
      })
      // Amazon does not tell thoughts from words.
      const [output, reasoning] = wire.id === 'bedrock' ? [20, 0] : [15, 5]
      expect(await stage.scene.rowOf(id)).toMatchObject({
        end: 'finish',
        tokens: { input: 60, cache_read: 40, cache_write: 0, output, reasoning, source: 'reported' },
      })
    })

    test.each<{ fault: (typeof FAULTS)[number]; row: string; behaviour: Behaviour; status?: number }>([
      { fault: 'early', row: 'row 20', behaviour: { failAt: 1 } },
      { fault: 'empty', row: 'row 21', behaviour: { body: '' } },
      { fault: 'inside', row: 'row 22', behaviour: { body: INSIDE[wire.id] } },
      { fault: 'busy', row: 'row 25', behaviour: { status: 429, headers: { 'retry-after': '60' } } },
      { fault: 'down', row: 'row 28', behaviour: { status: 503 } },
    ])('$row: $fault before the first word, and the next target answers', async ({ fault, behaviour }) => {
      if (fault === 'inside' && INSIDE[wire.id] === undefined) return // Amazon has a status for every error
      // Gemini and Workers AI begin with a word.
      const isWord = fault === 'early' && (wire.id === 'gemini' || wire === workersAi)
      const first = isWord ? { failAt: 0 } : behaviour
      script(wire, fault, first, first)
      const model = routeOf(wire, fault)
      const streamed = await stage.scene.client.stream({ model })
      expect([streamed.status, streamed.said]).toEqual([200, SPARE])
      expect(streamed.headers.get('x-minnow-attempts')).toBe('2')
      if (fault === 'early') return
      const whole = await stage.scene.client.ask({ model })
      expect(pick(whole.json, 'choices', 0, 'message', 'content')).toBe(SPARE)
    })

    test('row 24: a request that the vendor calls wrong is not asked of another', async () => {
      script(wire, 'wrong', { status: 400 })
      const reply = await stage.scene.client.ask({ model: routeOf(wire, 'wrong') })
      expect(reply.status).toBe(400)
      expect(reply.headers.get('x-should-retry')).toBe('false')
    })
  })
}
