// Models in the running gateway: which requests pass them by because of what they lack, and how they are listed.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCatalogue } from '../../shared/catalogue.ts'
import { pick, user } from '../lab/client.ts'
import { openScene, type Scene } from '../lab/scene.ts'

const shipped = openCatalogue(
  readFileSync(resolve(import.meta.dirname, '../../shared/catalogue.jsonl'), 'utf8'),
)

let scene: Scene

beforeAll(async () => {
  scene = await openScene((labUrl) => ({
    providers: {
      openai: { baseUrl: labUrl, apiKey: '$LAB_KEY' },
      second: { vendor: 'openai', baseUrl: labUrl, apiKey: '$LAB_KEY' },
      anthropic: { baseUrl: labUrl, apiKey: '$LAB_KEY' },
    },
    models: {
      nano: { provider: 'openai', model: 'gpt-4.1-nano' },
      corrected: { provider: 'openai', model: 'gpt-4', images: true },
      blind: { provider: 'lab', model: 'blind-1', images: false, audio: false, files: false },
      mute: { provider: 'lab', model: 'mute-1', tools: false },
      small: { provider: 'lab', model: 'small-1', contextWindow: 500 },
      loose: { provider: 'lab', model: 'loose-1', jsonSchema: false },
      vectors: { provider: 'lab', model: 'vectors-1', embedding: true },
      able: { provider: 'lab', model: 'able-1' },
    },
    routes: {
      careful: { order: ['blind', 'mute', 'small', 'loose', 'able'] },
      poor: { order: ['blind', 'mute'] },
    },
    retries: { sameTarget: 0 },
  }))
})
afterAll(() => scene.stop())

describe('a request that a model cannot serve', () => {
  const image = {
    role: 'user',
    content: [
      { type: 'text', text: 'What is it?' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
    ],
  }
  const tools = [
    { type: 'function', function: { name: 'clock', parameters: { type: 'object', properties: {} } } },
  ]
  const schema = {
    type: 'json_schema',
    json_schema: { name: 'x', schema: { type: 'object', properties: {}, additionalProperties: false } },
  }

  test.each([
    { what: 'a picture', body: { messages: [image] }, skipped: ['blind-1'], by: 'mute', reason: 'images' },
    { what: 'tools', body: { tools }, skipped: ['mute-1'], by: 'blind', reason: 'order' },
    {
      what: 'both',
      body: { messages: [image], tools },
      skipped: ['blind-1', 'mute-1'],
      by: 'small',
      reason: 'images',
    },
    {
      what: 'both in a long prompt',
      body: { messages: [user('word '.repeat(2_000)), image], tools },
      skipped: ['blind-1', 'mute-1', 'small-1'],
      by: 'loose',
      reason: 'images',
    },
  ])('$what goes past those in an order that lack it', async ({ body, skipped, by, reason }) => {
    const seen = (): number[] => skipped.map((model) => scene.lab.seen(model).length)
    const before = seen()
    const reply = await scene.client.ask({ model: 'careful', ...body })
    expect(reply.status, reply.text).toBe(200)
    expect(reply.headers.get('x-minnow-model')).toBe(`lab/${by}-1`)
    expect(reply.headers.get('x-minnow-route')).toContain(`reason=${reason}`)
    expect(seen()).toEqual(before)
  })

  test('a JSON Schema goes first to those that follow one, and last to the others', async () => {
    const messages = [user('word '.repeat(2_000)), image]
    const reply = await scene.client.ask({ model: 'careful', messages, tools, response_format: schema })
    expect(reply.headers.get('x-minnow-model')).toBe('lab/able-1')
    scene.lab.script('able-1', { status: 503 })
    const second = await scene.client.ask({ model: 'careful', messages, tools, response_format: schema })
    expect(second.headers.get('x-minnow-model')).toBe('lab/loose-1')
  })

  test('is refused with 400 where nobody is left, naming what is missing and who lacks it; nothing is sent', async () => {
    const before = scene.lab.requests.length
    const reply = await scene.client.ask({ model: 'poor', messages: [image], tools })
    expect(reply.status).toBe(400)
    expect(pick(reply.json, 'error', 'message')).toMatch(
      /'poor' cannot serve this request: blind reads no images; mute calls no tools/,
    )
    const text = await scene.client.ask({ model: 'openai/o3-mini', messages: [image] })
    expect(text.status).toBe(400)
    expect(pick(text.json, 'error', 'message')).toContain('openai/o3-mini reads no images')
    expect(scene.lab.requests).toHaveLength(before)
  })

  test('is served where the configuration knows better than the catalogue', async () => {
    expect((await scene.client.ask({ model: 'corrected', messages: [image] })).status).toBe(200)
  })

  test('is refused in the words of context_length_exceeded where the prompt is too long for all', async () => {
    const before = scene.lab.requests.length
    const reply = await scene.client.ask({ model: 'small', messages: [user('word '.repeat(2_000))] })
    expect(reply.status).toBe(400)
    expect(pick(reply.json, 'error', 'code')).toBe('context_length_exceeded')
    expect(scene.lab.requests).toHaveLength(before)
  })

  test('of vectors reaches no chat model, and of an answer no embedding model', async () => {
    const embed = await scene.client.ask({ model: 'openai/gpt-4.1', input: 'Hi' }, { path: '/v1/embeddings' })
    expect(embed.status).toBe(400)
    expect(pick(embed.json, 'error', 'message')).toContain('makes no embeddings')
    const answer = await scene.client.ask({ model: 'vectors' })
    expect(answer.status).toBe(400)
    expect(pick(answer.json, 'error', 'message')).toContain('vectors makes embeddings only')
  })
})

describe('the list of models', () => {
  const listed = async (
    path: string,
    headers: Record<string, string> = {},
    client = scene.client,
  ): Promise<unknown> => {
    const reply = await client.send(path, { headers })
    expect(reply.status, reply.text).toBe(200)
    return reply.json
  }
  const idsIn = (json: unknown): string[] => (pick(json, 'data') as { id: string }[]).map(({ id }) => id) // the list was answered with 200

  test('has routes, configured models and what the catalogue knows of every provider', async () => {
    const list = await listed('/v1/models')
    const ids = idsIn(list)
    expect(ids).toEqual(
      expect.arrayContaining(['auto', 'careful', 'micro', 'nano', 'openai/gpt-4.1', 'second/gpt-4.1']),
    )
    expect(ids.filter((id) => id.startsWith('openai/'))).toHaveLength(shipped.names('openai').length)
    expect(ids.some((id) => id.startsWith('mistral/'))).toBe(false)
    expect(new Set(ids).size).toBe(ids.length)
    expect((pick(list, 'data') as object[])[ids.indexOf('openai/gpt-4.1')]).toMatchObject({
      object: 'model',
      owned_by: 'openai',
      context_window: 1_047_576,
      max_output_tokens: 32_768,
      capabilities: { tools: true, images: true, json_schema: true, embedding: false },
      pricing: { input: 2, output: 8, cache_read: 0.5, classes: { flex: { input: 1 } } },
    })
    expect(await listed('/v1/models/openai/gpt-4.1')).toMatchObject({ context_window: 1_047_576 })
  })

  test('has for each key what that key may use', async () => {
    const key = await scene.makeKey({ models: ['nano', 'openai/gpt-4.1', 'careful'] })
    const only = ['careful', 'nano', 'openai/gpt-4.1']
    expect(idsIn(await listed('/v1/models', {}, key.client))).toEqual(only)
    expect((await key.client.send('/v1/models/openai/gpt-4o')).status).toBe(404)
    const version = { 'anthropic-version': '2023-06-01' }
    expect(idsIn(await listed('/v1/models', version, key.client))).toEqual(only)
    expect(await listed('/v1beta/models', {}, key.client)).toEqual({
      models: only.map((id) => expect.objectContaining({ name: `models/${id}` }) as unknown),
    })
  })

  test("has Anthropic's shape, pages and errors for Anthropic's clients", async () => {
    const headers = { 'anthropic-version': '2023-06-01' }
    const all = idsIn(await listed('/v1/models'))
    const walked: string[] = []
    for (let after = ''; ;) {
      const page = await listed(
        `/v1/models?limit=50${after === '' ? '' : `&after_id=${encodeURIComponent(after)}`}`,
        headers,
      )
      walked.push(...idsIn(page))
      if (pick(page, 'has_more') !== true) break
      after = String(pick(page, 'last_id'))
    }
    expect(walked).toEqual(all)
    expect(await listed('/v1/models/anthropic/claude-haiku-4-5', headers)).toMatchObject({
      type: 'model',
      display_name: 'anthropic/claude-haiku-4-5',
      max_input_tokens: 200_000,
    })
    const missing = await scene.client.send('/v1/models/nothing-such', { headers })
    expect(missing.status).toBe(404)
    expect(missing.json).toMatchObject({ type: 'error', error: { type: 'not_found_error' } })
  })

  test("has Gemini's shape at Gemini's address", async () => {
    expect(await listed('/v1beta/models/openai/gpt-4.1')).toMatchObject({
      name: 'models/openai/gpt-4.1',
      inputTokenLimit: 1_047_576,
      outputTokenLimit: 32_768,
    })
    const page = await listed('/v1beta/models?pageSize=2')
    expect(pick(page, 'models')).toHaveLength(2)
    const next = await listed(
      `/v1beta/models?pageSize=2&pageToken=${encodeURIComponent(String(pick(page, 'nextPageToken')))}`,
    )
    expect(pick(next, 'models', 0, 'name')).not.toBe(pick(page, 'models', 1, 'name'))
    const missing = await scene.client.send('/v1beta/models/nothing-such')
    expect(missing.status).toBe(404)
    expect(pick(missing.json, 'error', 'status')).toBe('NOT_FOUND')
  })
})
