// What a client asks beside its words, at the vendor: one limit in the model's own field, instructions in their order,
// empty texts left out, and whatever cannot be said named to the client or refused.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type WorkersAi, inputsOf, startWorkersAi } from '../../lab/ai.ts'
import { type Fields, pick } from '../../lab/client.ts'
import { openScene, type Scene } from '../../lab/scene.ts'
import { anthropic, ask, chat, gemini, responses, type Tongue, TONGUES } from './clients.ts'
import { behind, env, providers, type Wire, WIRES, WORKERS_AI } from './vendors.ts'

let ai: WorkersAi
let scene: Scene
beforeAll(async () => {
  ai = await startWorkersAi()
  scene = await openScene(
    (_, origin) => ({
      providers: {
        ...providers(origin),
        openai: { vendor: 'openai', dialect: 'openai-chat', baseUrl: `${origin}/v1`, apiKey: '$LAB_KEY' },
      },
      routes: { picky: { order: ['claude/claude-sonnet-4-5-picky', 'lab/picky'] } },
      retries: { sameTarget: 0 },
    }),
    { ai: ai.url, env },
  )
})
afterAll(async () => {
  await scene.stop()
  await ai.stop()
})

const at = (id: string, provider: string, generation: string): Wire => ({
  id,
  provider,
  model: (name) => generation + name,
})
const OPENAI = at('openai', 'openai', 'gpt-5.2-')
const ALL: readonly Wire[] = [...WIRES, OPENAI, WORKERS_AI]

/** What the vendor was sent, wherever the wire puts it; it understood all of it. */
async function sent(tongue: Tongue, wire: Wire, name: string, more: Fields, text?: string) {
  const model = behind(scene, wire, `${name}-${wire.id}-${tongue.id}`, ai)
  const heard = await ask(scene.gateway.url, tongue, {
    model: model.model,
    more,
    ...(text === undefined ? {} : { text }),
  })
  const request = model.seen().at(-1)
  expect({ status: heard.status, refused: request?.refused, raw: heard.raw }).toMatchObject({
    status: 200,
    refused: undefined,
  })
  const body = request === undefined ? {} : wire.isBound === true ? inputsOf(request) : request.body
  return { heard, body, text: JSON.stringify(body), dropped: heard.headers.get('x-minnow-dropped') }
}

describe.concurrent('the output limit', () => {
  const ASKED: Readonly<Record<string, Fields>> = {
    chat: { max_tokens: 50 },
    anthropic: { max_tokens: 50 },
    gemini: { generationConfig: { maxOutputTokens: 50 } },
    responses: { max_output_tokens: 50 },
  }
  const FIELDS: readonly (readonly [name: string, wire: Wire, field: readonly string[]])[] = [
    ['a compatible server', at('a', 'lab', 'llama-'), ['max_tokens']],
    ['gpt-4.1 there', at('b', 'lab', 'gpt-4.1-'), ['max_tokens']],
    ['gpt-5 there', at('c', 'lab', 'gpt-5-'), ['max_completion_tokens']],
    ['an o-model there', at('d', 'lab', 'o3-mini-'), ['max_completion_tokens']],
    ['an o-model behind a proxy', at('e', 'lab', 'openai/o4-mini-'), ['max_completion_tokens']],
    ['OpenAI', OPENAI, ['max_completion_tokens']],
    ['responses', at('f', 'responses', 'gpt-5.2-'), ['max_output_tokens']],
    ['Claude', at('g', 'claude', 'claude-sonnet-4-5-'), ['max_tokens']],
    ['Gemini', at('h', 'gem', 'gemini-3-pro-'), ['generationConfig', 'maxOutputTokens']],
    ['Workers AI', WORKERS_AI, ['max_tokens', 'max_completion_tokens']],
  ]
  const LIMITS = /"(?:max_tokens|max_completion_tokens|max_output_tokens|maxOutputTokens)":(\d+)/g
  test.each(FIELDS)(
    'row 40: is one, in the field that %s knows, from every client',
    async (name, wire, field) => {
      for (const tongue of TONGUES) {
        const { body, text } = await sent(tongue, wire, 'limit', ASKED[tongue.id] ?? {})
        expect([...text.matchAll(LIMITS)].map(([, limit]) => limit)).toEqual(['50'])
        if (wire.isBound === true) expect(field.map((one) => body[one])).toContain(50)
        else expect(pick(body, ...field), name).toBe(50)
      }
    },
  )
  test.each(FIELDS)('row 40: is one at %s when a client sends both', async (_, wire) => {
    const { text } = await sent(chat, wire, 'both', { max_tokens: 50, max_completion_tokens: 40 })
    expect([...text.matchAll(LIMITS)]).toHaveLength(1)
  })
})

describe.concurrent.each(ALL)('what $id is told', (wire) => {
  test('row 41: instructions in their order, under a role that it knows, from every client', async () => {
    const marks = ['Be brief.', 'Be kind.', 'Ask back.']
    const bodies: readonly (readonly [Tongue, Fields])[] = [
      [
        chat,
        {
          messages: [
            { role: 'developer', content: marks[0] },
            { role: 'system', content: marks[1] },
            { role: 'user', content: 'Hello' },
            { role: 'assistant', content: 'Hi.' },
            { role: 'developer', content: marks[2] },
            { role: 'user', content: 'How are you?' },
          ],
        },
      ],
      [
        responses,
        {
          instructions: marks[0],
          input: [
            { role: 'developer', content: marks[1] },
            { role: 'user', content: 'Hello' },
            { role: 'assistant', content: 'Hi.' },
            { role: 'system', content: marks[2] },
            { role: 'user', content: 'How are you?' },
          ],
        },
      ],
      [anthropic, { system: marks.map((text) => ({ type: 'text', text })) }],
      [gemini, { systemInstruction: { parts: marks.map((text) => ({ text })) } }],
    ]
    for (const [tongue, body] of bodies) {
      const { text, dropped } = await sent(tongue, wire, 'system', body)
      // A field of their own may stand behind the messages in a body, but its parts stand in order.
      const places = marks.map((mark) => text.indexOf(mark))
      expect(
        places.every((place) => place >= 0),
        text,
      ).toBe(true)
      expect(marks.map((mark) => text.split(mark).length - 1)).toEqual([1, 1, 1])
      if (!/"(?:system|instructions|systemInstruction)":/.test(text))
        expect(places).toEqual(places.toSorted((one, two) => one - two))
      if (!['openai', 'openai-responses'].includes(wire.id)) expect(text).not.toContain('"developer"')
      expect(dropped).toBeNull()
    }
  })

  test('row 42: nothing empty where that is wrong, and calls without words', async () => {
    const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"city":"Oslo"}' } }
    const tools = [
      { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } },
    ]
    for (const [at, content] of [null, '', [], undefined].entries()) {
      const messages = [
        { role: 'system', content: '' },
        { role: 'user', content: 'Hello' },
        { role: 'assistant', ...(content === undefined ? {} : { content }), tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_1', content: '' },
        { role: 'assistant', content: 'Rain.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: '' },
            { type: 'text', text: 'And tomorrow?' },
          ],
        },
      ]
      const { text } = await sent(chat, wire, `empty-${at}`, { messages, tools })
      expect(text).toMatch(/Oslo/)
      expect(text).toContain('And tomorrow?')
      if (wire.id === 'anthropic') expect(text).not.toContain('"text":""')
    }
    const blocks = [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1' }] },
    ]
    const { text } = await sent(anthropic, wire, 'result', {
      messages: blocks,
      tools: [{ name: 'f', input_schema: { type: 'object', properties: {} } }],
    })
    expect(text).toContain('toolu_1'.slice(wire.id === 'gemini' ? 7 : 0))
  })
})

describe.concurrent('parameters', () => {
  const own: readonly (readonly [Tongue, Wire])[] = [
    [chat, WIRES[0] ?? OPENAI],
    [responses, WIRES[1] ?? OPENAI],
    [anthropic, WIRES[2] ?? OPENAI],
    [gemini, WIRES[3] ?? OPENAI],
  ]
  test.each(own.map(([tongue, wire]) => ({ tongue, wire, id: tongue.id })))(
    'row 43: that nobody knows pass from $id to who speaks it, and nothing is called dropped',
    async ({ tongue, wire }) => {
      const model = behind(scene, wire, `own-${tongue.id}`)
      const value = { of: [1, null, 'ü'] }
      const heard = await ask(scene.gateway.url, tongue, { model: model.model, more: { x_unheard: value } })
      expect(model.seen()[0]?.body['x_unheard']).toEqual(value)
      expect(heard.headers.get('x-minnow-dropped')).toBeNull()
      // Anthropic and Google refuse what they do not know, and that is theirs to say.
      if (heard.status !== 200) expect(heard.error).toContain('x_unheard')
      expect(heard.status).toBe(['anthropic', 'gemini'].includes(tongue.id) ? 400 : 200)
    },
  )

  const foreign = TONGUES.flatMap((tongue) =>
    ALL.filter(
      (wire) =>
        !own.some(([one, two]) => one === tongue && two.id === wire.id) &&
        !(tongue === chat && wire === OPENAI),
    ).map((wire) => ({ tongue, wire, client: tongue.id, vendor: wire.id })),
  )
  test.each(foreign)(
    'row 43: that $vendor cannot be told are named to $client, and only they',
    async ({ tongue, wire }) => {
      const plain = await sent(tongue, wire, 'plain', {})
      expect(plain.dropped).toBeNull()
      const odd = await sent(tongue, wire, 'odd', { x_unheard: 1 })
      expect(odd.dropped).toBe('x_unheard')
      expect(odd.text).not.toContain('x_unheard')
    },
  )

  test.each(foreign)(
    'row 43: are required: $client over $vendor is told 400 and which',
    async ({ tongue, wire, client }) => {
      const model = behind(scene, wire, `must-${client}`, ai)
      const more = { x_unheard: 1, require_parameters: true }
      const heard = await ask(scene.gateway.url, tongue, { model: model.model, more })
      expect(heard.status).toBe(400)
      expect(heard.error).toContain("'x_unheard'")
      expect(tongue.isError(heard.json)).toBe(true)
      expect(model.seen()).toHaveLength(0)
    },
  )

  const WORDS: readonly (readonly [Tongue, Wire, Fields, readonly string[]])[] = [
    [
      chat,
      at('x', 'claude', 'claude-sonnet-4-5-'),
      { logit_bias: { 1: 2 }, seed: 7, presence_penalty: 1 },
      ['logit_bias', 'presence_penalty', 'seed'],
    ],
    [chat, at('x', 'gem', 'gemini-3-pro-'), { logit_bias: { 1: 2 } }, ['logit_bias']],
    [chat, at('x', 'responses', 'gpt-5.2-'), { stop: ['x'], seed: 1 }, ['seed', 'stop']],
    [anthropic, OPENAI, { top_k: 5 }, ['top_k']],
    [
      anthropic,
      at('x', 'responses', 'gpt-5.2-'),
      { top_k: 5, stop_sequences: ['x'] },
      ['stop_sequences', 'top_k'],
    ],
    [gemini, OPENAI, { generationConfig: { topK: 5 } }, ['topK']],
    [
      gemini,
      at('x', 'responses', 'gpt-5.2-'),
      { generationConfig: { stopSequences: ['x'], seed: 1 } },
      ['seed', 'stopSequences'],
    ],
    [responses, at('x', 'claude', 'claude-sonnet-4-5-'), { max_tool_calls: 3 }, ['max_tool_calls']],
  ]
  test.each(
    WORDS.map(([tongue, wire, more, names]) => ({
      tongue,
      wire,
      more,
      names,
      client: tongue.id,
      words: names.join(),
    })),
  )('row 43: are named in the words of $client: $words', async ({ tongue, wire, more, names, words }) => {
    const { dropped } = await sent(tongue, wire, `words-${words.replaceAll(',', '-')}`, more)
    expect(dropped?.split(', ').toSorted()).toEqual(names)
  })

  test('row 43: that are required lead to the next target that can be told them', async () => {
    const more = { logit_bias: { 1: 2 }, require_parameters: true }
    const heard = await ask(scene.gateway.url, chat, { model: 'picky', more })
    expect(heard.status, heard.raw).toBe(200)
    expect(heard.headers.get('x-minnow-model')).toBe('lab/picky')
    expect(scene.lab.seen('claude-sonnet-4-5-picky')).toHaveLength(0)
    const body = scene.lab.seen('picky')[0]?.body ?? {}
    expect(body['logit_bias']).toEqual({ 1: 2 })
    expect(body).not.toHaveProperty('require_parameters')
  })
})
