// Official clients hold conversations of thirty turns and send only what is new, while the vendor and its wire change and
// the gateway is restarted and killed between turns: all of it is told, in order, and billed once.
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fields, pick } from '../lab/client.ts'
import { type Key, openScene, type Scene } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

const TURNS = 30
const PRICE = { input: 1, output: 10 }
const USAGE = { prompt: 100, completion: 10 }
const MICROS = 200
let scene: Scene

beforeAll(async () => {
  scene = await openScene((lab) => ({
    providers: {
      claude: { dialect: 'anthropic', baseUrl: lab, apiKey: '$LAB_KEY' },
      google: { dialect: 'gemini', baseUrl: lab.replace('/v1', '/v1beta'), apiKey: '$LAB_KEY' },
    },
    models: {
      one: { provider: 'lab', model: 'one', price: PRICE },
      two: { provider: 'claude', model: 'two', price: PRICE },
      three: { provider: 'google', model: 'three', price: PRICE },
    },
    timeouts: { headMs: 30_000, totalMs: 60_000 },
  }))
  for (const model of ['one', 'two', 'three'])
    scene.lab.always(model, { text: `from ${model}`, usage: USAGE })
})
afterAll(() => scene.stop())

/** Each for some turns, and the first again at the end. */
const modelAt = (turn: number): string =>
  ['one', 'two', 'three', 'micro', 'one'][Math.floor(turn / 6)] ?? 'one'

const questionAt = (turn: number): string => `Question ${turn + 1}: hello!`

type Say = (key: string, conversation: string, turn: number) => Promise<string>

const clients: Readonly<Record<string, Say>> = {
  openai: async (apiKey, conversation, turn) => {
    const client = new OpenAI({ baseURL: `${scene.gateway.url}/v1`, apiKey, maxRetries: 0 })
    const stream = await client.chat.completions.create(
      { model: modelAt(turn), stream: true, messages: [{ role: 'user', content: questionAt(turn) }] },
      { headers: { 'x-minnow-conversation': conversation } },
    )
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    return text
  },
  anthropic: async (apiKey, conversation, turn) => {
    const client = new Anthropic({ baseURL: scene.gateway.url, apiKey, maxRetries: 0 })
    const message = await client.messages.create(
      { model: modelAt(turn), max_tokens: 60, messages: [{ role: 'user', content: questionAt(turn) }] },
      { headers: { 'x-minnow-conversation': conversation } },
    )
    const [first] = message.content
    return first?.type === 'text' ? first.text : ''
  },
  gemini: async (apiKey, conversation, turn) => {
    const client = new GoogleGenAI({
      apiKey,
      httpOptions: { baseUrl: scene.gateway.url, headers: { 'x-minnow-conversation': conversation } },
    })
    const reply = await client.models.generateContent({
      model: modelAt(turn),
      contents: questionAt(turn),
      config: { maxOutputTokens: 60 },
    })
    return reply.text ?? ''
  },
}

const kindOf = (text: string): string => (text.startsWith('from ') ? text : 'from micro')

test('thirty turns with each official client are whole, in order, and billed once', async () => {
  const names = Object.keys(clients)
  const keys = new Map<string, Key>()
  for (const name of names) keys.set(name, await scene.makeKey({ budgets: [{ usd: 1, window: 'total' }] }))
  const keyOf = (name: string): string => keys.get(name)?.key ?? ''
  const said = new Map(names.map((name) => [name, [] as string[]]))
  for (let turn = 0; turn < TURNS; turn += 1) {
    if (turn === 9 || turn === 20) {
      // Stored and written down off the path: what has not left the process by now would be lost with it.
      for (const [name, key] of keys)
        await until('the last turn and its row', async () => {
          const about = await key.client.send(`/v1/conversations/thirty-${name}`)
          const rows = await scene.rows(`&key=${key.id}`)
          return pick(about.json, 'turns') === turn && rows.length === turn
        })
      if (turn === 20) await scene.gateway.kill()
      await scene.gateway.restart()
    }
    await Promise.all(
      Object.entries(clients).map(async ([name, say]) =>
        said.get(name)?.push(await say(keyOf(name), `thirty-${name}`, turn)),
      ),
    )
  }
  for (const [name, key] of keys) {
    const answers = said.get(name) ?? []
    expect(answers.map(kindOf), name).toEqual(
      Array.from({ length: TURNS }, (_, turn) => `from ${modelAt(turn)}`),
    )
    const messages = await until('all turns', async () => {
      const reply = await key.client.send(`/v1/conversations/thirty-${name}/messages`)
      const data = pick(reply.json, 'data') as Fields[]
      return data.length === 2 * TURNS && data
    })
    expect(
      messages.map(({ content }) => content),
      name,
    ).toEqual(answers.flatMap((answer, turn) => [questionAt(turn), answer]))
    // By its rows: what was lent to an isolate that was killed stays reserved.
    const rows = await until('a row for each turn', async () => {
      const found = await scene.rows(`&key=${key.id}`)
      return found.length >= TURNS && found
    })
    expect(rows, name).toHaveLength(TURNS)
    const micros = rows.reduce((sum, { cost_micros: cost }) => sum + cost, 0)
    expect(micros, name).toBe(answers.filter((answer) => kindOf(answer) !== 'from micro').length * MICROS)
  }
  // What each wire was told at its last turn: everything before it.
  const last = scene.lab.seen('one').slice(-names.length)
  for (const { body } of last) expect(body['messages']).toHaveLength(2 * TURNS - 1)
}, 600_000)
