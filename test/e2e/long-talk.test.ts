// Official clients hold long prompts in conversations while the vendor changes twice and the gateway is started anew
// between turns: every vendor is told all that was said, in order, each turn is billed once, and what was cached is said.
// Thirty turns of short prompts: thirty-turns.test.ts.
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { billOf, countsIn, type Tariff } from '../lab/bill.ts'
import { type Fields, pick } from '../lab/client.ts'
import { openPromptCache } from '../lab/prompt-cache.ts'
import { CLIENT_KEY } from '../lab/scene.ts'
import { openStage, type Stage } from '../lab/stage.ts'
import { transcriptOf } from '../lab/transcript.ts'
import { until } from '../lab/until.ts'

const TURNS = 12
/** The gateway is started anew before these turns. */
const RESTARTS = new Set([3, 10])
/** Who is asked from this turn on. */
const VENDORS = [
  { from: 0, name: 'chat', model: 'gpt-5.2-talk', wire: 'openai-chat' },
  { from: 4, name: 'claude', model: 'claude-sonnet-4-5-talk', wire: 'anthropic' },
  { from: 8, name: 'gem', model: 'gemini-3-pro-talk', wire: 'gemini' },
] as const

const PRICE = { input: 3, cacheRead: 0.3, cacheWrite: 3.75, output: 15 }
const TARIFF: Tariff = { ...PRICE, cacheWriteLong: 3.75, reasoning: 15, request: 0, tiers: [] }
/** Long enough for every vendor to keep it. */
const INSTRUCTIONS = `You are patient. ${'Tea is made of leaves. '.repeat(800)}`.trim()

interface Heard {
  readonly text: string
  readonly requestId: string
}

/** Says the next thing in its own conversation, the first with instructions. */
type Speaker = (model: string, text: string, at: number) => Promise<Heard>

let stage: Stage
beforeAll(async () => {
  const models = VENDORS.map(({ name, model }) => [
    `talk-${name}`,
    { provider: name, model, price: PRICE, contextWindow: 200_000, maxOutput: 1_000 },
  ])
  stage = await openStage({ models: Object.fromEntries(models) as Fields })
})
afterAll(() => stage.stop())

const idIn = (response: Response): string => String(response.headers.get('x-request-id'))

function chatClient(): Speaker {
  const client = new OpenAI({ baseURL: `${stage.url}/v1`, apiKey: CLIENT_KEY, maxRetries: 0 })
  const headers = { 'x-minnow-conversation': 'long-talk-chat' }
  return async (model, text, at) => {
    const system = at === 0 ? [{ role: 'system' as const, content: INSTRUCTIONS }] : []
    const messages = [...system, { role: 'user' as const, content: text }]
    if (at % 2 === 0) {
      const { data, response } = await client.chat.completions
        .create({ model, messages }, { headers })
        .withResponse()
      return { text: data.choices[0]?.message.content ?? '', requestId: idIn(response) }
    }
    const { data, response } = await client.chat.completions
      .create({ model, messages, stream: true }, { headers })
      .withResponse()
    let said = ''
    for await (const chunk of data) said += chunk.choices[0]?.delta.content ?? ''
    return { text: said, requestId: idIn(response) }
  }
}

function responsesClient(): Speaker {
  const client = new OpenAI({ baseURL: `${stage.url}/v1`, apiKey: CLIENT_KEY, maxRetries: 0 })
  let previous: string | undefined
  return async (model, text) => {
    const { data, response } = await client.responses
      .create({
        model,
        input: text,
        instructions: INSTRUCTIONS,
        ...(previous === undefined ? {} : { previous_response_id: previous }),
      })
      .withResponse()
    previous = data.id
    return { text: data.output_text, requestId: idIn(response) }
  }
}

function messagesClient(): Speaker {
  const client = new Anthropic({ baseURL: stage.url, apiKey: CLIENT_KEY, maxRetries: 0 })
  const headers = { 'x-minnow-conversation': 'long-talk-messages' }
  return async (model, text) => {
    const { data, response } = await client.messages
      .create(
        {
          model,
          max_tokens: 500,
          system: INSTRUCTIONS,
          messages: [{ role: 'user', content: text }],
        },
        { headers },
      )
      .withResponse()
    const said = data.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
    return { text: said, requestId: idIn(response) }
  }
}

const SPEAKERS: readonly (readonly [string, () => Speaker])[] = [
  ['openai: chat completions', chatClient],
  ['openai: responses', responsesClient],
  ['anthropic: messages', messagesClient],
]

const receiptOf = (id: string): Promise<Fields> =>
  until(`the receipt of ${id}`, async () => {
    const { status, json } = await stage.scene.client.send(`/v1/receipts/${id}`)
    return status === 200 ? (json as Fields) : undefined
  })

describe('long prompts over three vendors, with the gateway started anew between them', () => {
  test.each(SPEAKERS)(
    '%s',
    async (name, open) => {
      const { lab, gateway } = stage.scene
      const cache = openPromptCache()
      const say = open()
      const told: string[] = [`system: ${INSTRUCTIONS}`]
      const conversations = new Set<unknown>()
      let [saved, read, warm, last] = [0, 0, 0, '']
      for (let at = 0; at < TURNS; at += 1) {
        if (RESTARTS.has(at)) await gateway.restart()
        const vendor = VENDORS.findLast(({ from }) => from <= at) ?? VENDORS[0]
        const [question, answer] = [`Question ${at} by ${name}?`, `Answer ${at} to ${name}.`]
        lab.always(vendor.model, (request) => ({ text: answer, usage: cache.use(request) }))
        const before = lab.seen(vendor.model).length
        const heard = await say(`talk-${vendor.name}`, question, at)
        expect(heard.text).toBe(answer)
        told.push(`user: ${question}`)
        const calls = lab.seen(vendor.model).slice(before)
        const [call] = calls
        if (call === undefined || calls.length > 1) throw new Error(`turn ${at} made ${calls.length} calls`)
        expect(call.wire?.replace('-stream', '')).toBe(vendor.wire)
        expect(call.refused).toBeUndefined()
        expect(transcriptOf(call)).toEqual(told)
        told.push(`assistant: ${answer}`)

        last = heard.requestId
        const receipt = await receiptOf(last)
        const counts = countsIn(vendor.wire, call.reported ?? {})
        expect(receipt['attempts']).toHaveLength(1)
        expect(receipt['cost_micros']).toBe(billOf(counts, TARIFF))
        expect(pick(receipt, 'tokens', 'cache_read')).toBe(counts.cacheRead)
        expect(pick(receipt, 'tokens', 'cache_write')).toBe(counts.cacheWrite)
        saved += Number(receipt['prompt_cache_saved_micros'] ?? 0)
        read += counts.cacheRead
        if (at > 0) conversations.add(receipt['conversation'])
        // A vendor that answered the turn before has nearly all of the prompt in its cache.
        const isWarm = !VENDORS.some(({ from }) => from === at || from === at - 1)
        if (isWarm) {
          warm += 1
          expect(counts.cacheRead).toBeGreaterThan(4_000)
        }
      }
      expect(conversations.size).toBe(1)
      const [conversation] = conversations
      const usage = await until('the conversation in the usage', async () => {
        const { json } = await stage.scene.admin.send('/admin/usage?group=conversation&limit=1000')
        const rows = pick(json, 'data') as readonly Fields[]
        return rows.find((row) => row['conversation'] === conversation)
      })
      const isNamed = name !== 'openai: responses' // else the first turn cannot know that there will be others
      expect(usage['requests']).toBe(isNamed ? TURNS : TURNS - 1)
      expect(pick(usage, 'tokens', 'cache_read')).toBe(read)
      expect(Math.round(Number(usage['prompt_cache_saved']) * 1_000_000)).toBe(saved)
      expect(warm).toBe(6)
      expect(saved).toBeGreaterThan(warm * 4_000 * (PRICE.input - PRICE.cacheRead))
      const { json } = await stage.scene.client.send(`/v1/receipts/${last}?include=conversation`)
      expect(pick(json, 'conversation_so_far')).toEqual({
        ...Object.fromEntries(Object.entries(usage).filter(([field]) => field !== 'conversation')),
        is_whole: true,
      })
    },
    600_000,
  )
})
