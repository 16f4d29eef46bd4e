// Official clients hold conversations of thirty turns over three wires and the embedded model, while objects fall asleep
// and the gateway is restarted and killed between turns: all of it is told and kept, in order, and billed once.
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { billOf, countsIn, type Tariff } from '../lab/bill.ts'
import { type Client, type Fields, pick } from '../lab/client.ts'
import { valuesIn } from '../lab/objects.ts'
import { asleep, awake } from '../lab/sleep.ts'
import type { Key } from '../lab/scene.ts'
import { openStage, type Stage } from '../lab/stage.ts'
import { transcriptOf } from '../lab/transcript.ts'
import { until } from '../lab/until.ts'

const TURNS = 30
/** What happens before a turn. */
const EVENTS: Readonly<Record<number, 'restart' | 'sleep' | 'kill'>> = {
  5: 'restart',
  8: 'kill', // between two turns of the embedded model's
  17: 'sleep', // and between two more
  22: 'sleep',
}
const INSTRUCTIONS = 'Be kind.'
const PRICE = { input: 3, cacheRead: 0.3, cacheWrite: 3.75, output: 15 }
const TARIFF: Tariff = { ...PRICE, cacheWriteLong: 3.75, reasoning: 15, request: 0, tiers: [] }

const WIRES = [
  { name: 'chat', model: 'gpt-5.2-', wire: 'openai-chat' },
  { name: 'claude', model: 'claude-sonnet-4-5-', wire: 'anthropic' },
  { name: 'gem', model: 'gemini-3-pro-', wire: 'gemini' },
] as const
/** Who answers from a turn on: one of the wires, or the embedded model. */
const SPEAKERS: readonly (readonly [number, number | 'micro'])[] = [
  [0, 0],
  [7, 'micro'],
  [9, 1],
  [16, 'micro'],
  [18, 2],
  [25, 'micro'],
  [26, 0],
]
/** What the embedded model knows, and how one sees that it was right. */
const EASY: readonly (readonly [string, RegExp])[] = [
  ['What is 12 + 30?', /\b42\b/],
  ['What is 7 + 8?', /\b15\b/],
  ['Hello!', /\w/],
  ['What is Minnow?', /gateway/],
  ['What is 20 + 13?', /\b33\b/],
]

interface Heard {
  readonly text: string
  readonly requestId: string
}

interface Talk {
  /** Says the next thing, the first time with instructions. */
  say(model: string, text: string, at: number): Promise<Heard>
  /** `role: text` of all that is kept, as a client reads it. */
  read(): Promise<readonly string[]>
}

type Open = (name: string, key: Key) => Promise<Talk>

let stage: Stage
const names = ['chat-completions', 'messages', 'contents', 'responses', 'conversation'] as const

beforeAll(async () => {
  const models = names.flatMap((name) =>
    WIRES.map((wire) => [
      `${wire.name}-${name}`,
      {
        provider: wire.name,
        model: wire.model + name,
        price: PRICE,
        contextWindow: 200_000,
        maxOutput: 1_000,
      },
    ]),
  )
  stage = await openStage({ models: Object.fromEntries(models) as Fields })
})
afterAll(() => stage.stop())

const idIn = (response: Response): string => String(response.headers.get('x-request-id'))
const openai = ({ key }: Key): OpenAI =>
  new OpenAI({ baseURL: `${stage.url}/v1`, apiKey: key, maxRetries: 0, timeout: 60_000 })

/** The conversation that a header names, read at the gateway's own address. */
async function readKept(client: Client, id: string): Promise<readonly string[]> {
  const { json } = await client.send(`/v1/conversations/${id}/messages?limit=200`)
  return (pick(json, 'data') as readonly Fields[]).map(({ role, content }) => `${role}: ${textIn(content)}`)
}

const textIn = (content: unknown): string =>
  Array.isArray(content) ? content.map((part) => String(pick(part, 'text'))).join('') : String(content)

const lineOf = (item: Fields): string => `${item['role']}: ${textIn(item['content'])}`

const OPEN: Readonly<Record<(typeof names)[number], Open>> = {
  'chat-completions': async (name, key) => {
    const client = openai(key)
    const headers = { 'x-minnow-conversation': name }
    return {
      async say(model, text, at) {
        const system = at === 0 ? [{ role: 'system' as const, content: INSTRUCTIONS }] : []
        const messages = [...system, { role: 'user' as const, content: text }]
        const { data, response } = await client.chat.completions
          .create({ model, messages, stream: true, temperature: 0 }, { headers })
          .withResponse()
        let said = ''
        for await (const chunk of data) said += chunk.choices[0]?.delta.content ?? ''
        return { text: said, requestId: idIn(response) }
      },
      read: () => readKept(key.client, name),
    }
  },
  messages: async (name, key) => {
    const client = new Anthropic({ baseURL: stage.url, apiKey: key.key, maxRetries: 0, timeout: 60_000 })
    const headers = { 'x-minnow-conversation': name }
    return {
      async say(model, text, at) {
        const { data, response } = await client.messages
          .create(
            {
              model,
              max_tokens: 100,
              ...(at === 0 ? { system: INSTRUCTIONS } : {}),
              messages: [{ role: 'user', content: text }],
            },
            { headers },
          )
          .withResponse()
        const said = data.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
        return { text: said, requestId: idIn(response) }
      },
      read: () => readKept(key.client, name),
    }
  },
  contents: async (name, key) => {
    const client = new GoogleGenAI({
      apiKey: key.key,
      httpOptions: { baseUrl: stage.url, headers: { 'x-minnow-conversation': name } },
    })
    return {
      async say(model, text, at) {
        const { text: said = '', sdkHttpResponse } = await client.models.generateContent({
          model,
          contents: text,
          config: { maxOutputTokens: 100, ...(at === 0 ? { systemInstruction: INSTRUCTIONS } : {}) },
        })
        return { text: said, requestId: String(sdkHttpResponse?.headers?.['x-request-id']) }
      },
      read: () => readKept(key.client, name),
    }
  },
  responses: async (_, key) => {
    const client = openai(key)
    let previous: string | undefined
    let last = ''
    return {
      async say(model, text) {
        const { data, response } = await client.responses
          .create({
            model,
            input: text,
            instructions: INSTRUCTIONS,
            ...(previous === undefined ? {} : { previous_response_id: previous }),
          })
          .withResponse()
        previous = data.id
        last = data.output_text
        return { text: last, requestId: idIn(response) }
      },
      async read() {
        const items: Fields[] = []
        const query = { limit: 100, order: 'asc' as const }
        for await (const item of client.responses.inputItems.list(previous ?? '', query))
          items.push({ ...item })
        return [`system: ${INSTRUCTIONS}`, ...items.map(lineOf), `assistant: ${last}`]
      },
    }
  },
  conversation: async (_, key) => {
    const client = openai(key)
    const { id } = await client.conversations.create({})
    return {
      async say(model, text) {
        const { data, response } = await client.responses
          .create({ model, input: text, instructions: INSTRUCTIONS, conversation: id })
          .withResponse()
        return { text: data.output_text, requestId: idIn(response) }
      },
      async read() {
        const items: Fields[] = []
        for await (const item of client.conversations.items.list(id, { limit: 100, order: 'asc' }))
          items.push({ ...item })
        return [`system: ${INSTRUCTIONS}`, ...items.map(lineOf)]
      },
    }
  },
}

const receiptOf = ({ client }: Key, id: string): Promise<Fields> =>
  until(`the receipt of ${id}`, async () => {
    const { status, json } = await client.send(`/v1/receipts/${id}`)
    return status === 200 ? (json as Fields) : undefined
  })

const speakerAt = (at: number): number | 'micro' => SPEAKERS.findLast(([from]) => from <= at)?.[1] ?? 0

interface Held {
  readonly name: (typeof names)[number]
  readonly key: Key
  readonly talk: Talk
  readonly told: string[]
  cost: number
}

const CLASSES = ['Conversation', 'Thread', 'Micro']

/** A turn is kept and paid behind its answer, so what a client has just read may be lost with the process. */
async function disturb(event: 'restart' | 'sleep' | 'kill', talks: readonly Held[]): Promise<void> {
  const { gateway } = stage.scene
  for (const { key, talk, told } of talks) {
    await until('the last turn to be kept', async () => (await talk.read()).length === told.length)
    await stage.scene.settled(key)
  }
  if (event === 'restart') return gateway.restart()
  if (event === 'kill') {
    await until('keys and values to be kept', () => {
      const pages = valuesIn(gateway.state, 'Micro', 'SELECT COUNT(*) FROM sealed_pages')
      return pages.filter((count) => Number(count) > 1).length >= talks.length
    })
    await gateway.kill()
    return gateway.restart()
  }
  await Promise.all(talks.map(({ talk }) => talk.read())) // the first may have fallen asleep by now
  expect(awake(gateway, CLASSES)).toBeGreaterThanOrEqual(talks.length)
  await asleep(gateway, CLASSES)
}

async function takeTurn(held: Held, at: number): Promise<void> {
  const { name, key, talk, told } = held
  const speaker = speakerAt(at)
  if (speaker === 'micro') {
    const turns = Array.from({ length: at }, (_, before) => speakerAt(before))
    const [question, right] = EASY[turns.filter((who) => who === 'micro').length] ?? ['Hello!', /\w/]
    const { text, requestId } = await talk.say('micro', question, at)
    told.push(`user: ${question}`, `assistant: ${text}`)
    expect(text, `${name}, turn ${at}`).toMatch(right)
    const receipt = await receiptOf(key, requestId)
    expect([receipt['cost_micros'], (receipt['attempts'] as unknown[]).length]).toEqual([0, 1])
    // Its last turn was the one before, and nothing of that is computed again: it comes from the object's storage.
    if (EVENTS[at] === 'kill') expect(pick(receipt, 'tokens', 'cache_read'), name).toBeGreaterThan(60)
    return
  }
  const { lab } = stage.scene
  const vendor = WIRES[speaker] ?? WIRES[0]
  const model = vendor.model + name
  const [question, answer] = [`Question ${at}?`, `Answer ${at}.`]
  lab.always(model, { text: answer, usage: { prompt: 100 + at, completion: 10 + at } })
  const before = lab.seen(model).length
  const { text, requestId } = await talk.say(`${vendor.name}-${name}`, question, at)
  expect(text).toBe(answer)
  told.push(`user: ${question}`)
  const [call, second] = lab.seen(model).slice(before)
  if (call === undefined || second !== undefined) throw new Error(`${name}, turn ${at}: not one call`)
  expect(call.wire?.replace('-stream', '')).toBe(vendor.wire)
  expect(call.refused).toBeUndefined()
  expect(transcriptOf(call), `${name}, turn ${at}`).toEqual(told)
  told.push(`assistant: ${answer}`)
  const receipt = await receiptOf(key, requestId)
  const bill = billOf(countsIn(vendor.wire, call.reported ?? {}), TARIFF)
  expect([receipt['cost_micros'], (receipt['attempts'] as unknown[]).length]).toEqual([bill, 1])
  held.cost += bill
}

describe('thirty turns', () => {
  test('of five official ways to talk are whole, in order, and billed once', async () => {
    const talks: Held[] = []
    for (const name of names) {
      const key = await stage.scene.makeKey({ budgets: [{ usd: 1, window: 'total' }] })
      const talk = await OPEN[name](`thirty-${name}`, key)
      talks.push({ name, key, talk, told: [`system: ${INSTRUCTIONS}`], cost: 0 })
    }
    for (let at = 0; at < TURNS; at += 1) {
      const event = EVENTS[at]
      if (event !== undefined) await disturb(event, talks)
      await Promise.all(talks.map((held) => takeTurn(held, at)))
    }
    for (const { name, key, talk, told, cost } of talks) {
      expect(told).toHaveLength(2 * TURNS + 1)
      await until('the last turn to be kept', async () => (await talk.read()).length === told.length)
      expect(await talk.read(), name).toEqual(told)
      const rows = await stage.scene.rows(`&key=${key.id}`)
      expect(rows.map(({ cost_micros: micros }) => micros).reduce((sum, micros) => sum + micros, 0)).toBe(
        cost,
      )
      expect(rows, name).toHaveLength(TURNS)
      const spent = async (): Promise<unknown> => (await stage.scene.balances(key))[0]?.spent
      await until(`${name}: ${cost} micro-dollars spent`, async () => (await spent()) === cost / 1e6)
    }
  }, 900_000)
})
