// Errors as each client is told them: in its own shape whatever a vendor wrote, without a word that is nobody's
// business, and with the name of the request, which every answer bears.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type WorkersAi, startWorkersAi } from '../../lab/ai.ts'
import type { Behaviour } from '../../lab/behaviour.ts'
import { type Fields, pick } from '../../lab/client.ts'
import { freshId, LAB_KEY, openScene, type Scene } from '../../lab/scene.ts'
import { ask, chat, TONGUES } from './clients.ts'
import { tellAll } from './tell.ts'
import { behind, env, providers, type Wire, WIRES, WORKERS_AI } from './vendors.ts'

const ALL: readonly Wire[] = [...WIRES, WORKERS_AI]

const HTML =
  '<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1><hr>nginx/1.25 sk-live-abcdefghijklmnop</body></html>'

let ai: WorkersAi
let scene: Scene
beforeAll(async () => {
  ai = await startWorkersAi()
  scene = await openScene((_, origin) => ({ providers: providers(origin), retries: { sameTarget: 0 } }), {
    ai: ai.url,
    env,
  })
})
afterAll(async () => {
  await scene.stop()
  await ai.stop()
})

const tell = (
  wire: Wire,
  name: string,
  behaviour: Behaviour,
  look: Parameters<typeof tellAll>[1],
): Promise<void> => tellAll({ scene, ai, wire, name, behaviour }, look)

describe.concurrent('the shape', () => {
  const BODIES: readonly { what: string; behaviour: Behaviour }[] = [
    { what: 'a page of HTML', behaviour: { status: 502, body: HTML, contentType: 'text/html' } },
    { what: 'a page of HTML for a 400', behaviour: { status: 400, body: HTML, contentType: 'text/html' } },
    { what: 'nothing', behaviour: { status: 500, body: '' } },
    { what: 'nothing for a 400', behaviour: { status: 400, body: '' } },
    { what: 'null', behaviour: { status: 500, body: 'null' } },
    { what: 'null for a 400', behaviour: { status: 400, body: 'null' } },
    { what: 'an error that is null', behaviour: { status: 400, body: { error: null } } },
    { what: 'a text', behaviour: { status: 400, body: '"no"' } },
    { what: 'a number', behaviour: { status: 400, body: '7' } },
    { what: 'a list', behaviour: { status: 400, body: [{ error: { message: 'No.' } }] } },
    {
      what: 'a list of details',
      behaviour: { status: 400, body: { detail: [{ loc: ['body'], msg: 'no' }] } },
    },
    { what: 'cut JSON', behaviour: { status: 400, body: '{"error":{"mess' } },
    {
      what: 'a message that is an object',
      behaviour: { status: 400, body: { error: { message: { a: 1 } } } },
    },
    {
      what: 'a redirect',
      behaviour: { status: 302, headers: { location: 'http://127.0.0.1:1/elsewhere' }, body: '' },
    },
  ]
  const bodies = ALL.flatMap((wire) =>
    BODIES.map((body, at) => ({ ...body, at, wire, vendor: wire.id })).filter(
      // What the binding does with a redirect is the platform's affair.
      ({ behaviour }) => wire.isBound !== true || behaviour.status !== 302,
    ),
  )
  test.each(bodies)(
    'row 27: is the dialect’s own when $vendor answers $what',
    async ({ wire, behaviour, at }) => {
      await tell(wire, `shape-${at}`, behaviour, (heard) => {
        expect(heard.status).toBe(behaviour.status === 302 ? 502 : behaviour.status)
        expect(heard.raw).not.toMatch(/<html|nginx|sk-live|"message":null|\[object/i)
      })
    },
  )

  const DOORS = [
    { method: 'POST', path: '/v1/messages', body: '{"model":', client: 'anthropic', status: 400 },
    { method: 'POST', path: '/v1/responses', body: '{"model":', client: 'responses', status: 400 },
    { method: 'POST', path: '/v1/chat/completions', body: '{"model":', client: 'chat', status: 400 },
    { method: 'POST', path: '/v1/embeddings', body: '{"model":', client: 'chat', status: 400 },
    {
      method: 'POST',
      path: '/v1beta/models/lab/x:generateContent',
      body: '{"contents":',
      client: 'gemini',
      status: 400,
    },
    { method: 'POST', path: '/v1/messages/count_tokens', body: '[]', client: 'anthropic', status: 400 },
    { method: 'POST', path: '/v1/messages', body: '{}', client: 'anthropic', status: 400 },
    {
      method: 'POST',
      path: '/v1/responses',
      body: '{"model":"x","input":7}',
      client: 'responses',
      status: 400,
    },
    { method: 'POST', path: '/v1/messages/batches/x', body: '{}', client: 'anthropic', status: 404 },
    { method: 'GET', path: '/v1/messages', client: 'anthropic', status: 404 },
    { method: 'PUT', path: '/v1/messages', body: '{}', client: 'anthropic', status: 404 },
    { method: 'DELETE', path: '/v1/chat/completions', client: 'chat', status: 404 },
    { method: 'GET', path: '/v1/embeddings', client: 'chat', status: 404 },
    {
      method: 'POST',
      path: '/v1beta/models/lab/x:embedSomething',
      body: '{}',
      client: 'gemini',
      status: 404,
    },
    { method: 'POST', path: '/v1beta/nothing', body: '{}', client: 'gemini', status: 404 },
    { method: 'GET', path: '/v1beta/nothing', client: 'gemini', status: 404 },
    { method: 'POST', path: '/v1/nothing', body: '{}', client: 'chat', status: 404 },
  ] as const
  test.each(DOORS)(
    'row 27: of $method $path is that of $client',
    async ({ method, path, client, status, ...more }) => {
      const tongue = TONGUES.find(({ id }) => id === client) ?? chat
      const body = 'body' in more ? { body: more.body } : {}
      const reply = await scene.client.send(path, { method, headers: tongue.headers, ...body })
      expect(reply.status).toBe(status)
      expect(tongue.isError(reply.json), reply.text).toBe(true)
      expect(reply.headers.get('x-request-id')).toBeTruthy()
      if (client === 'anthropic')
        expect(reply.headers.get('request-id')).toBe(reply.headers.get('x-request-id'))
    },
  )

  test.each(ALL)('row 29: no word of a failed vendor and no key of ours is in it ($id)', async (wire) => {
    const secret = `Traceback at /srv/app.py; Authorization: Bearer ${LAB_KEY}; key ${LAB_KEY}; ${'x'.repeat(5_000)}`
    for (const status of [400, 401, 429, 500])
      await tell(
        wire,
        `leak-${status}`,
        { status, body: { error: { message: secret, type: LAB_KEY, code: LAB_KEY, param: LAB_KEY } } },
        (heard) => {
          const all = heard.raw + JSON.stringify([...heard.headers])
          expect(all).not.toContain(LAB_KEY)
          expect(all).not.toContain(LAB_KEY.slice(3))
          if (status !== 400) expect(all).not.toContain('Traceback')
          expect(all.length).toBeLessThan(4_000)
        },
      )
  })

  test('row 29: what is said of failed attempts is target, status, word and time', async () => {
    const model = behind(scene, WIRES[0] ?? WORKERS_AI, 'slim')
    model.script({ status: 500, body: { error: { message: 'inner workings' } } })
    const heard = await ask(scene.gateway.url, chat, { model: model.model })
    const attempts = pick(heard.json, 'error', 'attempts') as Fields[]
    expect(attempts.map((attempt) => Object.keys(attempt).toSorted())).toEqual([
      ['durationMs', 'reason', 'status', 'target'],
    ])
    expect(heard.raw).not.toContain('inner workings')
  })
})

describe.concurrent('the id of a request', () => {
  const pairs = TONGUES.flatMap((tongue) =>
    ALL.map((wire) => ({ tongue, wire, client: tongue.id, vendor: wire.id })),
  )
  const FORM: Readonly<Record<string, RegExp>> = {
    chat: /^chatcmpl-/,
    anthropic: /^msg_/,
    gemini: /^[\w-]+$/,
    responses: /^resp_/,
  }
  test.each(pairs)(
    'row 30: is the client’s own, goes to the vendor, and the answer has one name ($client over $vendor)',
    async ({ tongue, wire, client }) => {
      for (const stream of [true, false]) {
        const id = freshId()
        const model = behind(scene, wire, `id-${client}-${String(stream)}`, ai)
        const heard = await ask(scene.gateway.url, tongue, {
          model: model.model,
          stream,
          headers: { 'x-request-id': id },
        })
        expect(heard.status, heard.raw).toBe(200)
        expect(heard.headers.get('x-request-id')).toBe(id)
        expect(heard.headers.get('request-id')).toBe(client === 'anthropic' ? id : null)
        expect(heard.ids).toHaveLength(1)
        expect(heard.ids[0]).toMatch(FORM[client] ?? /^never$/)
        if (wire.isBound !== true) expect(model.seen()[0]?.headers['x-request-id']).toBe(id)
        const isNamed = wire.isBound !== true && wire.id !== 'bedrock' // these give their answers no names
        const own = { chat: 'openai-chat', anthropic: 'anthropic', gemini: 'gemini' }[client]
        // The vendor's own name for it is kept.
        if (own === wire.id) expect(heard.ids[0]).toMatch(/^(?:chatcmpl-|msg_|)lab\d+$/)
        else if (client !== 'responses' && isNamed) expect(heard.ids[0]).toMatch(/lab\d+/)
      }
    },
  )

  test('row 30: is one of ours where the client sent none, or none that is sane, and stands in errors too', async () => {
    for (const tongue of TONGUES)
      for (const [model, headers] of [
        ['lab/fine', {}],
        ['lab/fine', { 'x-request-id': 'a b"c' }],
        ['nothing-such', {}],
      ] as const) {
        const heard = await ask(scene.gateway.url, tongue, { model, headers })
        expect(heard.headers.get('x-request-id')).toMatch(/^req_[0-9a-z]{8}_[0-9a-f]{20}$/)
        if (tongue.id === 'anthropic')
          expect(heard.headers.get('request-id')).toBe(heard.headers.get('x-request-id'))
      }
  })
})
