// A 200 is no answer yet: what a vendor says before its first content is held back, in every wire, and what turns out
// to be an error, nothing, or too slow goes to the next target, is not shown and not billed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type WorkersAi, startWorkersAi } from '../../lab/ai.ts'
import type { Behaviour } from '../../lab/behaviour.ts'
import type { Fields } from '../../lab/client.ts'
import { freshId, openScene, type Scene } from '../../lab/scene.ts'
import { ask, TONGUES } from './clients.ts'
import { env, providers, type Wire, WIRES, WORKERS_AI } from './vendors.ts'

interface Fault {
  readonly name: string
  readonly stream: boolean
  readonly behaviour: Behaviour
  /** On these wires only; on all unless given. */
  readonly on?: readonly string[]
}

const EVENTS = 'text/event-stream'
const stream = (name: string, behaviour: Behaviour, ...on: string[]): Fault => ({
  name,
  stream: true,
  behaviour,
  ...(on.length === 0 ? {} : { on }),
})
const whole = (name: string, behaviour: Behaviour, ...on: string[]): Fault => ({
  ...stream(name, behaviour, ...on),
  stream: false,
})

const AZURE =
  'data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}}]}\n\n'

const FAULTS: readonly Fault[] = [
  stream('row 20: an error as the first event', { failAt: 0 }),
  stream('row 20: a role chunk, then an error', { failAt: 1 }, 'openai-chat', 'workers-ai'),
  stream(
    'row 20: the filter results of Azure and a role chunk, then an error',
    { failAt: 1, insert: [{ at: 0, text: AZURE }] },
    'openai-chat',
  ),
  stream('row 20: response.created, then an error', { failAt: 1 }, 'openai-responses'),
  stream('row 20: created and in_progress, then an error', { failAt: 2 }, 'openai-responses'),
  stream('row 20: the item and its part, then an error', { failAt: 4 }, 'openai-responses'),
  stream('row 20: message_start, then an error', { failAt: 1 }, 'anthropic'),
  stream('row 20: message_start, the block and a ping, then an error', { failAt: 3 }, 'anthropic'),
  stream(
    'row 20: a chunk with usage alone, then an error',
    { failAt: 0, insert: [{ at: 0, text: 'data: {"usageMetadata":{"promptTokenCount":3}}\n\n' }] },
    'gemini',
  ),
  stream(
    'row 19: a first token that does not come',
    { firstAfterMs: 60_000 },
    'openai-chat',
    'openai-responses',
    'anthropic',
    'workers-ai',
  ),
  stream('row 19: a head that does not come', { headAfterMs: 60_000 }),
  stream(
    'row 19: nothing but keep-alive comments',
    {
      insert: Array.from({ length: 1 }, (_, at) => ({ at, text: ': wait\n\n' })),
      stallAfter: 0,
    },
    'openai-chat',
    'openai-responses',
    'anthropic',
    'gemini',
  ),
  stream('row 21: an empty body', { body: '', contentType: EVENTS }),
  stream('row 21: an empty body that is called JSON', { body: '' }),
  stream('row 21: no event at all', { cutAfter: 0, cut: 'end' }),
  stream('row 21: an end marker and nothing else', { body: 'data: [DONE]\n\n', contentType: EVENTS }),
  stream('row 21: comments and nothing else', { body: ': hello\n\n: bye\n\n', contentType: EVENTS }),
  stream(
    'row 21: an answer without a word',
    { text: '' },
    'openai-chat',
    'gemini',
    'anthropic',
    'openai-responses',
  ),
  stream('row 22: an error for a body', { body: { error: { message: 'Out of capacity.', code: 503 } } }),
  stream('row 22: an error for a body that is called a stream', {
    body: '{"error":{"message":"Out of capacity."}}',
    contentType: EVENTS,
  }),
  whole('row 21: an empty body', { body: '' }),
  whole('row 21: an empty object', { body: {} }),
  whole('row 21: null', { body: 'null' }),
  whole('row 21: a list', { body: [] }),
  whole('row 21: a page of HTML', { body: '<html><h1>It works!</h1></html>', contentType: 'text/html' }),
  whole(
    'row 21: an answer without a word',
    { text: '' },
    'openai-chat',
    'gemini',
    'anthropic',
    'openai-responses',
  ),
  whole('row 22: an error for a body', { body: { error: { message: 'Out of capacity.', code: 503 } } }),
  whole('row 22: an error that is a text', { body: { error: 'Out of capacity.' } }),
  whole('row 22: an error of Anthropic', {
    body: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
  }),
  whole('row 19: a reply that does not come', { headAfterMs: 60_000 }),
]

const SPARE = 'the spare speaks here'
const PRICE = { input: 1_000, output: 2_000 }

const cases = [...WIRES, WORKERS_AI].flatMap((wire) =>
  FAULTS.filter(({ on }) => on === undefined || on.includes(wire.id)).map((fault, at) => ({
    ...fault,
    wire,
    vendor: wire.id,
    id: `f${FAULTS.indexOf(fault)}-${at}-${wire.id}`,
  })),
)

/** A target that keeps us waiting is given up soon; one that does not may take its time on a busy machine. */
const SOON = { headMs: 1_000, firstTokenMs: 1_000, replyMs: 1_000 }

const entry = ({ wire, id, name }: { wire: Wire; id: string; name: string }): [string, Fields] => [
  id,
  {
    provider: wire.provider,
    model: wire.model(id),
    price: PRICE,
    ...(name.startsWith('row 19') ? { timeouts: SOON } : {}),
  },
]

let ai: WorkersAi
let scene: Scene
beforeAll(async () => {
  ai = await startWorkersAi()
  scene = await openScene(
    (_, origin) => ({
      providers: providers(origin),
      models: {
        ...Object.fromEntries(cases.map(entry)),
        spare: { provider: 'lab', model: 'gpt-4.1-spare', price: PRICE },
      },
      routes: Object.fromEntries(cases.map(({ id }) => [`${id}-route`, { order: [id, 'spare'] }])),
      retries: { sameTarget: 0 },
      health: { breaker: false }, // every language shall see every fault
    }),
    { ai: ai.url, env },
  )
  for (const { wire, id, behaviour } of cases)
    (wire.isBound === true ? ai : scene.lab).always(wire.model(id), behaviour)
  scene.lab.always('gpt-4.1-spare', { text: SPARE, usage: { prompt: 7, completion: 4 } })
})
afterAll(async () => {
  await scene.stop()
  await ai.stop()
})

describe.concurrent('fails over, shows nothing of it and bills nothing for it', () => {
  test.each(cases)('$name ($vendor, streamed: $stream)', async ({ wire, id, stream }) => {
    await Promise.all(
      TONGUES.map(async (tongue) => {
        const requestId = freshId()
        const heard = await ask(scene.gateway.url, tongue, {
          model: `${id}-route`,
          stream,
          headers: { 'x-request-id': requestId },
        })
        expect(heard.status, heard.raw).toBe(200)
        expect(heard.said).toBe(SPARE)
        expect(heard.isComplete).toBe(true)
        expect(heard.error).toBeUndefined()
        expect(heard.ids).toHaveLength(1)
        expect(heard.stop).toBe(tongue.stops.stop)
        expect(heard.usage).toEqual([7, 4])
        expect(heard.raw).not.toMatch(/capacity|prompt_filter|had an error/i)
        expect(heard.headers.get('x-minnow-attempts')).toBe('2')
        expect(heard.headers.get('x-minnow-model')).toBe('lab/gpt-4.1-spare')
        if (tongue.id !== 'chat') return
        const row = await scene.rowOf(requestId)
        expect(row.cost_micros).toBe(7 * PRICE.input + 4 * PRICE.output)
        expect(row.attempts).toHaveLength(2)
        const seen = (wire.isBound === true ? ai : scene.lab).seen(wire.model(id))
        expect(seen.map(({ refused }) => refused).filter(Boolean)).toEqual([])
      }),
    )
  })
})
