// Log-probabilities that cascades ask for by themselves: an unsure answer is not given, the client is told of none that it has
// not asked for, and a vendor that refuses them is asked without.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pick, user } from '../lab/client.ts'
import { freshId, openScene, type Scene, withId } from '../lab/scene.ts'

const USED = { prompt: 100, completion: 10 }

let scene: Scene

beforeAll(async () => {
  const price = { input: 1, output: 2 }
  const models = (provider: string) => ({ provider, model: `${provider}-small`, price })
  scene = await openScene((baseUrl) => ({
    providers: {
      sure: { baseUrl, apiKey: '$LAB_KEY', logprobs: true },
      strict: { baseUrl, apiKey: '$LAB_KEY', vendor: 'vllm' }, // its record says that it gives them
      mute: { baseUrl, apiKey: '$LAB_KEY' },
    },
    models: {
      'sure-1': models('sure'),
      'strict-1': models('strict'),
      'mute-1': models('mute'),
      large: { provider: 'lab', model: 'large-1', price: { input: 10, output: 20 } },
    },
    routes: {
      auto: { mini: ['sure-1'], frontier: ['large'], cascade: { secondAnswer: false } },
      strict: { mini: ['strict-1'], frontier: ['large'], cascade: { secondAnswer: false } },
      mute: { mini: ['mute-1'], frontier: ['large'], cascade: { secondAnswer: false } },
    },
    retries: { sameTarget: 0 },
  }))
  for (const model of ['sure-small', 'strict-small', 'mute-small', 'large-1'])
    scene.lab.always(model, { usage: USED })
})
afterAll(() => scene.stop())

/** The lab's models are the less sure the longer they speak: on average one in two with twelve words. */
const SURE = 'The sky is blue.'
const UNSURE = 'It may be blue or grey or red or green or white or none of these at all.'

async function send(text: string, more: object = {}, way: 'ask' | 'stream' = 'ask', rejects = false) {
  const model = (more as { model?: string }).model ?? 'auto'
  const behaviour = { text, usage: USED, rejectLogprobs: rejects }
  scene.lab.script(`${model === 'auto' ? 'sure' : model}-small`, behaviour, ...(rejects ? [behaviour] : []))
  scene.lab.script('large-1', { text: 'Blue, by Rayleigh.', usage: USED })
  const id = freshId()
  const reply = await scene.client[way](
    { model, messages: [user('Tell me of the sky.')], ...more },
    withId(id),
  )
  const attempts = pick((await scene.client.send(`/v1/receipts/${id}`)).json, 'attempts')
  const said = way === 'ask' ? pick(reply.json, 'choices', 0, 'message', 'content') : pick(reply, 'said')
  return { reply, said, attempts: attempts as readonly unknown[] }
}

describe.each(['ask', 'stream'] as const)('%s', (way) => {
  test('a sure answer is given without the log-probabilities that the client has not asked for', async () => {
    const before = scene.lab.seen('sure-small').length
    const { reply, said, attempts } = await send(SURE, {}, way)
    expect(scene.lab.seen('sure-small')[before]?.body).toMatchObject({ logprobs: true })
    expect(said).toBe(SURE)
    expect(reply.text).not.toMatch(/"logprob"|"top_logprobs"/)
    expect(attempts).toMatchObject([{ end: 'answered', logprob: expect.any(Number) }])
    expect(reply.headers.get('x-minnow-dropped')).toBeNull()
  })

  test('an unsure one is not given', async () => {
    const { said, attempts } = await send(UNSURE, {}, way)
    expect(said).toBe('Blue, by Rayleigh.')
    expect(attempts).toMatchObject([
      { end: 'rejected-logprob', aside: true, cost_micros: 120 },
      { target: 'large', end: 'answered' },
    ])
  })

  test('who asks for them gets them', async () => {
    const { reply } = await send(SURE, { logprobs: true, top_logprobs: 1 }, way)
    expect(reply.text).toMatch(/"top_logprobs":\s*\[\{/)
  })

  test('a vendor that nobody says gives them is not asked', async () => {
    const before = scene.lab.seen('mute-small').length
    const { said } = await send(UNSURE, { model: 'mute' }, way)
    expect(said).toBe(UNSURE)
    expect(scene.lab.seen('mute-small')[before]?.body).not.toHaveProperty('logprobs')
  })
})

test('a vendor that refuses them is asked without at once, and not again', async () => {
  const first = await send(UNSURE, { model: 'strict' }, 'ask', true)
  expect([first.reply.status, first.said]).toEqual([200, UNSURE])
  expect(first.attempts).toMatchObject([{ target: 'strict-1', end: 'answered' }])
  expect(scene.lab.seen('strict-small').map(({ body }) => body['logprobs'])).toEqual([true, undefined])
  await send(SURE, { model: 'strict' })
  expect(scene.lab.seen('strict-small').map(({ body }) => body['logprobs'])).toEqual([
    true,
    undefined,
    undefined,
  ])
})

test("clients of other dialects get the answer without them; with tools they aren't asked for", async () => {
  for (const text of [SURE, UNSURE]) {
    scene.lab.script('sure-small', { text, usage: USED })
    scene.lab.script('large-1', { text: 'Blue, by Rayleigh.', usage: USED })
    const reply = await scene.client.send('/v1/messages', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'auto', max_tokens: 99, messages: [user('Tell me of the sky.')] }),
    })
    expect(pick(reply.json, 'content', 0, 'text')).toBe(text === SURE ? SURE : 'Blue, by Rayleigh.')
    expect(reply.text).not.toContain('logprob')
  }
  const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }]
  const before = scene.lab.seen('sure-small').length
  await send(SURE, { tools })
  expect(scene.lab.seen('sure-small')[before]?.body).not.toHaveProperty('logprobs')
})
