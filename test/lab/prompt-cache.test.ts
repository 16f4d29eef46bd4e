// The lab's prompt caches, against the rules that vendors have written down.
import { describe, expect, it } from 'vitest'
import { openPromptCache } from './prompt-cache.ts'
import type { Fields, LabRequest } from './wire.ts'

const asking = (wire: string, model: string, body: Fields, headers = {}): LabRequest => ({
  at: 0,
  method: 'POST',
  path: '/',
  headers,
  rawHeaders: [],
  text: '',
  body,
  model,
  wire,
  events: 0,
})

function open() {
  let now = 0
  const cache = openPromptCache(() => now)
  return { use: cache.use, wait: (minutes: number) => void (now += minutes * 60_000) }
}

const LONG = 'x'.repeat(8_000)
const MARK = { cache_control: { type: 'ephemeral' } }
const user = (content: unknown) => ({ role: 'user', content })
const chat = (more: Fields = {}, question = 'One') => ({ messages: [user(LONG), user(question)], ...more })

describe('OpenAI before GPT-5.6', () => {
  const ask = (body: Fields) => asking('openai-chat', 'gpt-5.2', body)

  it('reads steps of 128 from 1,024 tokens on, for five minutes from the last use', () => {
    const { use, wait } = open()
    expect(use(ask(chat())).cached).toBe(0)
    const { cached = 0, prompt = 0 } = use(ask(chat({}, 'Two')))
    expect(cached % 128).toBe(0)
    expect(prompt - cached).toBeLessThan(160)
    wait(4)
    expect(use(ask(chat())).cached).toBe(cached)
    wait(4)
    expect(use(ask(chat())).cached).toBe(cached)
    wait(5.1)
    expect(use(ask(chat())).cached).toBe(0)
    for (const _ of [1, 2]) expect(use(ask({ messages: [user('x'.repeat(4_000))] })).cached).toBe(0)
  })

  it('sends the sixteenth of a minute that begin alike elsewhere, unless their keys tell them apart', () => {
    const { use } = open()
    const cached = (key?: string) => use(ask(chat(key === undefined ? {} : { prompt_cache_key: key }))).cached
    const alike = Array.from({ length: 16 }, () => cached())
    expect(alike[14]).toBeGreaterThan(1_024)
    expect(alike[15]).toBe(0)
    cached('tea')
    expect(cached('tea')).toBeGreaterThan(1_024)
  })
})

it('GPT-5.6 reads up to an earlier newest question only, and counts what it writes', () => {
  const { use, wait } = open()
  const ask = (...messages: unknown[]) => use(asking('openai-chat', 'gpt-5.6-sol', { messages }))
  const first = ask(user(LONG))
  expect(first).toEqual({ prompt: first.prompt, cached: 0, cacheWrite: first.prompt })
  wait(29)
  const answer = { role: 'assistant', content: 'Yes.' }
  expect(ask(user(LONG), answer, user('Go on.'))).toMatchObject({ cached: first.prompt })
  expect(ask(user(`${LONG}!`))).toMatchObject({ cached: 0 })
})

describe('Anthropic', () => {
  const body = (marked: boolean, ...more: unknown[]) => ({
    system: [{ type: 'text', text: LONG, ...(marked ? MARK : {}) }],
    messages: [user('Hi'), ...more],
  })
  const ask = (sent: Fields, model = 'claude-sonnet-4-5') => asking('anthropic', model, sent)

  it('keeps nothing without a mark, and nothing that is shorter than its model wants', () => {
    const { use } = open()
    for (const _ of [1, 2]) expect(use(ask(body(false)))).toMatchObject({ cached: 0, cacheWrite: 0 })
    for (const _ of [1, 2])
      expect(use(ask(body(true), 'claude-haiku-4-5'))).toMatchObject({ cached: 0, cacheWrite: 0 })
  })

  it('writes up to a mark and reads it for five minutes from the last use', () => {
    const { use, wait } = open()
    const { cacheWrite = 0 } = use(ask(body(true)))
    expect(cacheWrite).toBeGreaterThan(2_000)
    for (const _ of [1, 2]) {
      wait(4)
      expect(use(ask(body(true)))).toMatchObject({ cached: cacheWrite, cacheWrite: 0 })
    }
    wait(5.1)
    expect(use(ask(body(true)))).toMatchObject({ cached: 0, cacheWrite })
  })

  it('looks twenty blocks back from a mark, and no further; a text is a block', () => {
    const grown = (blocks: number) => {
      const { use } = open()
      use(ask({ messages: [user([{ type: 'text', text: LONG, ...MARK }])] }))
      const between = Array.from({ length: blocks - 1 }, (_, at) => ({ role: 'assistant', content: `${at}` }))
      return use(ask({ messages: [user(LONG), ...between, user([{ type: 'text', text: 'Go', ...MARK }])] }))
    }
    expect(grown(20).cached).toBeGreaterThan(2_000)
    expect(grown(21).cached).toBe(0)
  })
})

it('Amazon looks back for Claude, and for Nova only where a point stood', () => {
  const point = { cachePoint: { type: 'default' } }
  const said = [
    { role: 'user', content: [{ text: LONG }, point] },
    { role: 'assistant', content: [{ text: 'Yes.' }] },
  ]
  const second = (model: string, keepsPoint: boolean) => {
    const { use } = open()
    use(asking('bedrock', model, { messages: said.slice(0, 1) }))
    const before = keepsPoint ? said : [{ role: 'user', content: [{ text: LONG }] }, ...said.slice(1)]
    const messages = [...before, { role: 'user', content: [{ text: 'Go on.' }, point] }]
    return use(asking('bedrock-stream', model, { messages })).cached ?? 0
  }
  expect(second('anthropic.claude-sonnet-4-5', false)).toBeGreaterThan(2_000)
  expect(second('amazon.nova-pro-v1:0', false)).toBe(0)
  expect(second('amazon.nova-pro-v1:0', true)).toBeGreaterThan(2_000)
})

it('Workers AI reads what the machine of a session has; without a session any machine answers', () => {
  const { use } = open()
  const ask = (headers = {}) => use(asking('ai-binding', '@cf/zai-org/glm-4.7-flash', chat(), headers)).cached
  const session = { 'x-session-affinity': 'ses_1' }
  expect([ask(session), ask()]).toEqual([0, 0])
  expect(ask(session)).toBeGreaterThan(1_900)
  expect(ask({ 'x-session-affinity': 'ses_2' })).toBe(0)
})

it('Gemini reads what began alike of late, from 4,096 tokens on', () => {
  const { use } = open()
  const ask = (text: string) => use(asking('gemini', 'gemini-3.1-pro', { contents: [user([{ text }])] }))
  for (const _ of [1, 2]) expect(ask(LONG).cached).toBe(0)
  expect(ask(LONG.repeat(3)).cached).toBe(0)
  expect(ask(LONG.repeat(3)).cached).toBeGreaterThan(5_900)
})
