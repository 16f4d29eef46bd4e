// Turns of tools with thoughts in them: what a vendor has sealed comes back to it as it was, through every client, each
// of which sends back what it was given as its own libraries do.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Behaviour } from '../../lab/behaviour.ts'
import { type Fields, pick } from '../../lab/client.ts'
import { openScene, type Scene } from '../../lab/scene.ts'
import { ask, type Heard, type Tongue, TONGUES } from './clients.ts'
import { behind, env, providers, type Wire } from './vendors.ts'

let scene: Scene
beforeAll(async () => {
  scene = await openScene(
    (_, origin) => ({
      providers: {
        ...providers(origin),
        openai: { dialect: 'openai-chat', vendor: 'openai', baseUrl: `${origin}/v1`, apiKey: '$LAB_KEY' },
      },
      retries: { sameTarget: 0 },
    }),
    { env },
  )
})
afterAll(() => scene.stop())

const TOOLS = { city: { type: 'string' } }
const PARAMETERS = { type: 'object', properties: TOOLS, required: ['city'] }

/** What a client asks with, and how it goes on with an answer and the results of its calls. */
interface Talk {
  readonly first: Fields
  readonly next: (body: Fields, heard: Heard, results: readonly string[]) => Fields
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const TALKS: Readonly<Record<string, Talk>> = {
  chat: {
    first: {
      messages: [{ role: 'user', content: 'Weather?' }],
      reasoning_effort: 'high',
      tools: [{ type: 'function', function: { name: 'weather', parameters: PARAMETERS } }],
    },
    next: (body, { json, calls }, results) => ({
      ...body,
      messages: [
        ...list(body['messages']),
        pick(json, 'choices', 0, 'message'),
        ...results.map((content, at) => ({ role: 'tool', tool_call_id: calls[at]?.id, content })),
      ],
    }),
  },
  anthropic: {
    first: {
      max_tokens: 4_000,
      thinking: { type: 'enabled', budget_tokens: 2_000 },
      messages: [{ role: 'user', content: 'Weather?' }],
      tools: [{ name: 'weather', input_schema: PARAMETERS }],
    },
    next: (body, { json, calls }, results) => ({
      ...body,
      messages: [
        ...list(body['messages']),
        { role: 'assistant', content: pick(json, 'content') },
        {
          role: 'user',
          content: results.map((content, at) => ({
            type: 'tool_result',
            tool_use_id: calls[at]?.id,
            content,
          })),
        },
      ],
    }),
  },
  gemini: {
    first: {
      contents: [{ role: 'user', parts: [{ text: 'Weather?' }] }],
      generationConfig: { thinkingConfig: { includeThoughts: true, thinkingBudget: 2_000 } },
      tools: [{ functionDeclarations: [{ name: 'weather', parametersJsonSchema: PARAMETERS }] }],
    },
    next: (body, { json, calls }, results) => ({
      ...body,
      contents: [
        ...list(body['contents']),
        pick(json, 'candidates', 0, 'content'),
        {
          role: 'user',
          parts: results.map((output, at) => ({
            functionResponse: {
              ...(calls[at]?.id === undefined ? {} : { id: calls[at].id }),
              name: 'weather',
              response: { output },
            },
          })),
        },
      ],
    }),
  },
  responses: {
    first: {
      input: [{ role: 'user', content: 'Weather?' }],
      store: false,
      include: ['reasoning.encrypted_content'],
      reasoning: { effort: 'high', summary: 'auto' },
      tools: [{ type: 'function', name: 'weather', parameters: PARAMETERS, strict: false }],
    },
    next: (body, { json, calls }, results) => ({
      ...body,
      input: [
        ...list(body['input']),
        ...list(pick(json, 'output')),
        ...results.map((output, at) => ({ type: 'function_call_output', call_id: calls[at]?.id, output })),
      ],
    }),
  },
}

const call = (...cities: readonly string[]): Behaviour => ({
  toolCalls: cities.map((city) => ({ name: 'weather', arguments: { city } })),
})

/** Two rounds of calls, thoughts before each, then the answer. */
const ROUNDS: readonly Behaviour[] = [
  { ...call('Oslo', 'Rome'), reasoning: 'First both at once.', text: 'I look.' },
  { ...call('Bergen'), reasoning: 'Then a third.' },
  { text: 'Rain everywhere.', reasoning: 'So it rains.' },
]

/** All rounds, each of which sends back everything before it. The vendor checks every seal. */
async function converse(tongue: Tongue, wire: Wire, name: string, rounds: readonly Behaviour[]) {
  const model = behind(scene, wire, `${name}-${tongue.id}`)
  const talk = TALKS[tongue.id]
  if (talk === undefined) throw new Error(`nobody wrote how ${tongue.id} goes on`)
  model.script(...rounds)
  let body = talk.first
  let heard: Heard | undefined
  for (const { toolCalls } of rounds) {
    const plain: Tongue = {
      ...tongue,
      body: () => (tongue.id === 'gemini' ? body : { model: model.model, ...body }),
    }
    heard = await ask(scene.gateway.url, plain, { model: model.model })
    const { refused } = model.seen().at(-1) ?? {}
    expect({ status: heard.status, refused, raw: heard.raw }).toMatchObject({
      status: 200,
      refused: undefined,
    })
    if (toolCalls !== undefined)
      body = talk.next(
        body,
        heard,
        toolCalls.map((_, at) => `rain ${at}`),
      )
  }
  expect(heard?.said).toBe('Rain everywhere.')
  return model.seen().map(({ text }) => text)
}

const wireOf = (id: string, provider: string, generation: string): Wire => ({
  id,
  provider,
  model: (name) => generation + name,
})

const count = (text: string | undefined, part: RegExp): number => [...(text ?? '').matchAll(part)].length

describe.concurrent.each(TONGUES)('a client of $id', (tongue) => {
  test.each(['gemini-3-pro-', 'gemini-2.5-flash-'])(
    'row 37: brings every thought signature of %s back on its call',
    async (generation) => {
      const sent = await converse(tongue, wireOf('gemini', 'gem', generation), 'proofs', ROUNDS)
      const seals = /"thoughtSignature":"(?!skip_thought)[\w+/=-]{20,}"/g
      expect(sent.map((text) => count(text, seals))).toEqual([0, 1, 2])
      // On the call itself, in the part that has it.
      expect(sent[2]).toMatch(
        /"functionCall":\{[^}]*"args":\{"city":"Oslo"\}[^}]*\},"thoughtSignature"|"thoughtSignature":"[^"]+","functionCall":\{[^}]*"args":\{"city":"Oslo"\}/,
      )
    },
  )

  test.each(['claude-sonnet-4-5-', 'claude-opus-5-5-'])(
    'row 38: brings every signed thought of %s back, in its order',
    async (generation) => {
      const sent = await converse(tongue, wireOf('anthropic', 'claude', generation), 'proofs', ROUNDS)
      const signed = /"type":"thinking"[^}]*"signature":"[^"]+"|"signature":"[^"]+"[^}]*"type":"thinking"/g
      expect(sent.map((text) => count(text, signed))).toEqual([0, 1, 2])
      const order = [...(sent[2] ?? '').matchAll(/"type":"(thinking|text|tool_use|tool_result)"/g)].map(
        ([, type]) => type,
      )
      const kinds = order.filter(
        (type) => type === 'thinking' || type === 'tool_use' || type === 'tool_result',
      )
      expect(kinds).toEqual([
        'thinking',
        'tool_use',
        'tool_use',
        'tool_result',
        'tool_result',
        'thinking',
        'tool_use',
        'tool_result',
      ])
    },
  )

  test('row 38: brings thoughts that nobody may read back as they were', async () => {
    const hidden = ROUNDS.map((round) => ({ ...round, redacted: true }))
    const sent = await converse(tongue, wireOf('anthropic', 'claude', 'claude-sonnet-4-5-'), 'hidden', hidden)
    expect(sent.map((text) => count(text, /"type":"redacted_thinking"/g))).toEqual([0, 1, 2])
  })

  test('row 38: brings the encrypted thoughts of responses back, in their order', async () => {
    const sent = await converse(tongue, wireOf('openai-responses', 'responses', 'gpt-5.2-'), 'proofs', ROUNDS)
    expect(sent.map((text) => count(text, /"encrypted_content":"[^"]+"/g))).toEqual([0, 1, 2])
  })

  test('row 37: and what one vendor has sealed, no other is sent', async () => {
    const talk = TALKS[tongue.id]
    if (talk === undefined) throw new Error('no talk')
    const first = behind(scene, wireOf('anthropic', 'claude', 'claude-sonnet-4-5-'), `mixed-${tongue.id}`)
    first.script(ROUNDS[0] ?? {})
    const asking = (model: string, body: Fields): Tongue => ({
      ...tongue,
      body: () => (tongue.id === 'gemini' ? body : { model, ...body }),
    })
    const heard = await ask(scene.gateway.url, asking(first.model, talk.first), { model: first.model })
    const body = talk.next(talk.first, heard, ['rain', 'sun'])
    for (const wire of [
      wireOf('openai-chat', 'openai', 'gpt-5.2-'),
      wireOf('gemini', 'gem', 'gemini-3-pro-'),
      wireOf('openai-responses', 'responses', 'gpt-5.2-'),
    ]) {
      const other = behind(scene, wire, `mixed-${tongue.id}`)
      const went = await ask(scene.gateway.url, asking(other.model, body), { model: other.model })
      const request = other.seen()[0]
      expect({ status: went.status, refused: request?.refused, raw: went.raw }).toMatchObject({
        status: 200,
        refused: undefined,
      })
      expect(request?.text).not.toMatch(/"signature"|encrypted_content":"|redacted_thinking/)
      expect(request?.text).toContain('Oslo')
    }
  })
})
