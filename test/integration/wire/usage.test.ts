// What an answer used, as every vendor counts it, as every client adds it up, and as it is billed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type WorkersAi, startWorkersAi } from '../../lab/ai.ts'
import type { Behaviour } from '../../lab/behaviour.ts'
import { type Fields, pick } from '../../lab/client.ts'
import { freshId, openScene, type Scene } from '../../lab/scene.ts'
import { anthropic, ask, chat, type Heard, TONGUES } from './clients.ts'
import { env, providers, type Wire, WIRES, WORKERS_AI } from './vendors.ts'

const ALL: readonly Wire[] = [...WIRES, WORKERS_AI]
/** Dollars for a million tokens, so that one token of a class costs so many micro-dollars. */
const PRICE = { input: 1, cacheRead: 10, cacheWrite: 100, output: 1_000 }

const NAMES = ['asked', 'unasked', 'none', 'zero', 'parts', 'odd', 'beside', 'start'] as const
const models = Object.fromEntries(
  ALL.flatMap((wire) =>
    NAMES.map((name) => [
      `${wire.id}-${name}`,
      { provider: wire.provider, model: wire.model(name), price: PRICE },
    ]),
  ),
)

let ai: WorkersAi
let scene: Scene
beforeAll(async () => {
  ai = await startWorkersAi()
  scene = await openScene((_, origin) => ({ providers: providers(origin), models }), { ai: ai.url, env })
  for (const wire of ALL)
    for (const [name, behaviour] of Object.entries(BEHAVIOURS)) always(wire, name, behaviour)
})
afterAll(async () => {
  await scene.stop()
  await ai.stop()
})

const labOf = (wire: Wire) => (wire.isBound === true ? ai : scene.lab)
const always = (wire: Wire, name: string, behaviour: Behaviour): void =>
  labOf(wire).always(wire.model(name), behaviour)

const COUNTED = { prompt: 100, completion: 20 }
const BEHAVIOURS: Readonly<Record<(typeof NAMES)[number], Behaviour>> = {
  asked: { usage: COUNTED },
  unasked: { usage: COUNTED },
  none: { text: 'Nobody counted this.', usage: null },
  zero: { usage: { prompt: 0, completion: 0 } },
  parts: { usage: { prompt: 100, cached: 40, completion: 20, reasoning: 5 } },
  odd: {
    text: 'One two three',
    usage: COUNTED,
    insert: [
      {
        at: 2,
        text: 'data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[]}\n\n',
      },
      { at: 3, text: 'data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m"}\n\n' },
      { at: 4, text: 'data: {"id":"x","object":"chat.completion.chunk","choices":null}\n\n' },
    ],
  },
  beside: { usage: COUNTED, usageAt: 'finish' },
  start: { text: 'A word.', usage: { prompt: 1_234, completion: 7 } },
}

/** Asks every client's question, streamed and whole, and looks at the answer and at its row. */
async function each(
  wire: Wire,
  name: (typeof NAMES)[number],
  look: (heard: Heard, client: string, stream: boolean) => void,
  row?: (row: Fields) => void,
): Promise<void> {
  await Promise.all(
    TONGUES.flatMap((tongue) =>
      [true, false].map(async (stream) => {
        const id = freshId()
        const headers = { 'x-request-id': id }
        const heard = await ask(scene.gateway.url, tongue, { model: `${wire.id}-${name}`, stream, headers })
        expect(heard.status, heard.raw).toBe(200)
        look(heard, tongue.id, stream)
        if (row !== undefined && tongue.id === 'chat') row(await scene.rowOf(id))
      }),
    ),
  )
}

describe.concurrent.each(ALL)('usage that $id counts', (wire) => {
  test('row 1: reaches every client at the end; chat completions in one chunk of its own', async () => {
    await each(wire, 'asked', (heard, client, stream) => {
      expect(heard.usage).toEqual([100, 20])
      if (client !== 'chat' || !stream) return
      const chunks = heard.events.map(({ value }) => value)
      const withUsage = chunks.filter((chunk) => chunk['usage'] !== null && chunk['usage'] !== undefined)
      expect(withUsage).toEqual([chunks.at(-1)])
      expect(withUsage[0]?.['choices']).toEqual([])
      expect(chunks.slice(0, -1).every((chunk) => chunk['usage'] === null)).toBe(true)
      const last = chunks.findLastIndex((chunk) => pick(chunk, 'choices', 0, 'finish_reason') !== null)
      expect(last).toBe(chunks.length - 1)
      expect(heard.raw.endsWith('data: [DONE]\n\n')).toBe(true)
    })
  })

  test('row 2: is asked for, billed, and not shown to a client that did not ask', async () => {
    const id = freshId()
    const heard = await ask(scene.gateway.url, chat, {
      model: `${wire.id}-unasked`,
      stream: true,
      more: { stream_options: undefined },
      headers: { 'x-request-id': id },
    })
    expect(heard.events.every(({ value }) => value['usage'] === undefined)).toBe(true)
    expect(heard.events.every(({ value }) => (value['choices'] as unknown[]).length > 0)).toBe(true)
    expect(heard.isComplete).toBe(true)
    if (wire.id === 'openai-chat')
      expect(labOf(wire).seen(wire.model('unasked'))[0]?.body['stream_options']).toEqual({
        include_usage: true,
      })
    const row = await scene.rowOf(id)
    expect(row.cost_micros).toBe(100 * PRICE.input + 20 * PRICE.output)
  })

  test('row 4: is estimated where there is none, and the estimate is called one', async () => {
    await each(
      wire,
      'none',
      (heard) => {
        const [prompt, completion] = heard.usage.map(Number)
        expect(prompt).toBeGreaterThan(0)
        expect(completion).toBeGreaterThan(2)
        expect(completion).toBeLessThan(12)
      },
      (row) => {
        expect(pick(row, 'tokens', 'source')).toBe('estimated')
        expect(row['cost_micros']).toBeGreaterThan(0)
      },
    )
  })

  test('row 5: of zero is zero, and costs nothing', async () => {
    await each(
      wire,
      'zero',
      (heard) => expect(heard.usage).toEqual([0, 0]),
      (row) => expect(row).toMatchObject({ tokens: { source: 'reported' }, cost_micros: 0 }),
    )
  })

  test('rows 6 and 9: adds up for every client, with its cached and its reasoning parts itemised', async () => {
    const thinks = wire.isBound !== true && wire.id !== 'bedrock' // these do not itemise it
    await each(
      wire,
      'parts',
      (heard, client, stream) => {
        expect(heard.usage).toEqual([100, 20])
        const usage = lastUsage(heard, client, stream)
        const [cached, reasoning] = partsIn(usage, client)
        expect(cached).toBe(40)
        if (thinks) expect(reasoning).toBe(5)
        const total = pick(usage, client === 'gemini' ? 'totalTokenCount' : 'total_tokens')
        if (client !== 'anthropic') expect(total).toBe(120)
      },
      (row) => expect(row['cost_micros']).toBe(60 * PRICE.input + 40 * PRICE.cacheRead + 20 * PRICE.output),
    )
  })

  test('row 10: stands in the first event of Anthropic’s clients, counted before, and in the last, as the vendor has it', async () => {
    const long = 'word '.repeat(300)
    const question = { model: `${wire.id}-start`, text: long, stream: true }
    const heard = await ask(scene.gateway.url, anthropic, question)
    const first = heard.events.find(({ event }) => event === 'message_start')?.value
    const counted = Number(pick(first, 'message', 'usage', 'input_tokens'))
    // Our own count of 300 words, or the vendor's, where it speaks the dialect itself.
    if (wire.id === 'anthropic') expect(counted).toBe(1_234)
    else {
      expect(counted).toBeGreaterThan(290)
      expect(counted).toBeLessThan(330)
    }
    expect(heard.usage).toEqual([1_234, 7])
  })
})

describe.concurrent('usage of chat completions', () => {
  const [wire = WORKERS_AI] = ALL
  test('row 3: survives chunks without choices, with none and with null', async () => {
    await each(wire, 'odd', (heard) => {
      expect(heard.said).toBe('One two three')
      expect(heard.usage).toEqual([100, 20])
      expect(heard.isComplete).toBe(true)
    })
  })

  test('row 4: is merged from the chunk that has it', async () => {
    await each(
      wire,
      'beside',
      (heard) => expect(heard.usage).toEqual([100, 20]),
      (row) => expect(pick(row, 'tokens', 'source')).toBe('reported'),
    )
  })
})

test('row 7: what is written to a cache is billed as such, once, and told to every client', async () => {
  const wire = WIRES[2] ?? WORKERS_AI
  scene.lab.always(wire.model('parts'), {
    usage: { prompt: 100, cached: 40, cacheWrite: 30, completion: 20 },
  })
  await each(
    wire,
    'parts',
    (heard) => expect(heard.usage).toEqual([100, 20]),
    (row) =>
      expect(row['cost_micros']).toBe(
        30 * PRICE.input + 40 * PRICE.cacheRead + 30 * PRICE.cacheWrite + 20 * PRICE.output,
      ),
  )
})

function lastUsage(heard: Heard, client: string, stream: boolean): unknown {
  const key = client === 'gemini' ? 'usageMetadata' : 'usage'
  if (!stream) return pick(heard.json, key)
  const values = heard.events.map(({ value }) => pick(value, 'response', key) ?? value[key])
  return values.findLast((value) => value !== undefined && value !== null)
}

function partsIn(usage: unknown, client: string): readonly [cached: unknown, reasoning: unknown] {
  switch (client) {
    case 'chat':
      return [
        pick(usage, 'prompt_tokens_details', 'cached_tokens'),
        pick(usage, 'completion_tokens_details', 'reasoning_tokens'),
      ]
    case 'responses':
      return [
        pick(usage, 'input_tokens_details', 'cached_tokens'),
        pick(usage, 'output_tokens_details', 'reasoning_tokens'),
      ]
    case 'gemini':
      return [pick(usage, 'cachedContentTokenCount'), pick(usage, 'thoughtsTokenCount')]
    default:
      return [pick(usage, 'cache_read_input_tokens'), pick(usage, 'output_tokens_details', 'thinking_tokens')]
  }
}
