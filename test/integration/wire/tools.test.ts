// Calls of tools, whatever the client speaks and whatever the vendor: numbered, whole, and told apart from text.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type WorkersAi, startWorkersAi } from '../../lab/ai.ts'
import { pick } from '../../lab/client.ts'
import { openScene, type Scene } from '../../lab/scene.ts'
import { ask, TONGUES } from './clients.ts'
import { behind, env, providers, WIRES, WORKERS_AI } from './vendors.ts'

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

const CITIES = ['Oslo', 'São Paulo "centro"']
const TWO = {
  text: 'Let me look.',
  toolCalls: CITIES.map((city) => ({ name: 'weather', arguments: { city } })),
}

const pairs = TONGUES.flatMap((tongue) =>
  [...WIRES, WORKERS_AI].flatMap((wire) =>
    [true, false].map((stream) => ({ tongue, wire, stream, client: tongue.id, vendor: wire.id })),
  ),
)

describe.concurrent.each(pairs)(
  '$client over $vendor, streamed: $stream',
  ({ tongue, wire, stream, client, vendor }) => {
    const at = (name: string) => behind(scene, wire, `${name}-${client}-${String(stream)}`, ai)

    test('rows 31, 32, 35 and 36: two calls behind a text keep their own names, ids and arguments, and end the turn', async () => {
      const model = at('calls')
      model.script(TWO)
      const heard = await ask(scene.gateway.url, tongue, { model: model.model, stream, tool: 'weather' })
      expect(heard.status).toBe(200)
      expect(heard.calls.map(({ name }) => name)).toEqual(['weather', 'weather'])
      expect(heard.calls.map(({ json }) => pick(JSON.parse(json), 'city'))).toEqual(CITIES)
      if (client !== 'gemini' || vendor !== 'gemini')
        expect(new Set(heard.calls.map(({ id }) => id)).size).toBe(2)
      expect(heard.stop).toBe(tongue.stops.tools)
      expect(heard.said).toBe('Let me look.')
      expect(heard.isComplete).toBe(true)
      expect(model.seen()[0]?.refused).toBeUndefined()
    })

    test('row 36: each end is told in the words of the client', async () => {
      const model = at('ends')
      model.script({ text: 'Done.' }, { text: 'Words. '.repeat(600) })
      const stopped = await ask(scene.gateway.url, tongue, { model: model.model, stream })
      expect(stopped.stop).toBe(tongue.stops.stop)
      expect(stopped.calls).toEqual([])
      const limit = {
        chat: { max_tokens: 20 },
        anthropic: { max_tokens: 20 },
        gemini: { generationConfig: { maxOutputTokens: 20 } },
        responses: { max_output_tokens: 20 },
      }
      const cut = await ask(scene.gateway.url, tongue, {
        model: model.model,
        stream,
        more: limit[client as keyof typeof limit],
      })
      expect(cut.stop).toBe(tongue.stops.length)
    })
  },
)
