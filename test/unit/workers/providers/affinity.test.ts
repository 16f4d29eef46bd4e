// Under which name a vendor is told that turns belong together, and which vendors are told.
import { describe, expect, it } from 'vitest'
import type { Config } from '../../../../shared/config.ts'
import { sessionOf, withCacheKey } from '../../../../workers/providers/affinity.ts'
import { openProviders } from '../../../../workers/providers/registry.ts'
import type { SendOptions } from '../../../../workers/service.ts'

const SESSION = /^ses_[0-9a-f]{32}$/

describe('the session of a request', () => {
  it('is its conversation, by name or by how it began, or else its key', async () => {
    const tenant = 'key_1'
    const sessions = await Promise.all([
      sessionOf({ tenant, conversation: 'tea', beginning: 'Hi' }),
      sessionOf({ tenant, conversation: 'supper', beginning: 'Hi' }),
      sessionOf({ tenant, beginning: 'Hi' }),
      sessionOf({ tenant, beginning: 'Hello' }),
      sessionOf({ tenant: 'key_2', beginning: 'Hi' }),
      sessionOf({ tenant }),
    ])
    expect(new Set(sessions).size).toBe(sessions.length)
    for (const session of sessions) expect(session).toMatch(SESSION)
    expect(await sessionOf({})).toBeUndefined()
  })
})

describe('the key of a cache', () => {
  const wire = (body: Record<string, unknown>) => ({ path: '/', body, dropped: [] })

  it('stands in the body of a conversation, the same in every turn', async () => {
    const first = await withCacheKey(wire({ messages: [1] }), { beginning: 'Hi' })
    const second = await withCacheKey(wire({ messages: [1, 2] }), { beginning: 'Hi' })
    expect(first['prompt_cache_key']).toMatch(SESSION)
    expect(second['prompt_cache_key']).toBe(first['prompt_cache_key'])
  })

  it('is none for a question by itself, and the client’s own where it gave one', async () => {
    const alone = wire({ messages: [] })
    expect(await withCacheKey(alone, { tenant: 'key_1' })).toBe(alone.body)
    const own = wire({ prompt_cache_key: 'mine' })
    expect(await withCacheKey(own, { conversation: 'tea' })).toBe(own.body)
    const none = await withCacheKey(wire({ prompt_cache_key: null }), { conversation: 'tea' })
    expect(none['prompt_cache_key']).toMatch(SESSION)
  })
})

interface Told {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
}

async function told(entry: NonNullable<Config['providers']>[string], id: string): Promise<Told> {
  const calls: Told[] = []
  const fetcher: typeof fetch = (_, init) => {
    calls.push({
      headers: Object.fromEntries(new Headers(init?.headers)),
      body: JSON.parse(String(init?.body)) as Told['body'],
    })
    return Promise.resolve(new Response('{}'))
  }
  const options: SendOptions = {
    requestId: 'req_1',
    signal: new AbortController().signal,
    escalate: false,
    stream: false,
    tenant: 'key_1',
    conversation: 'tea',
  }
  const provider = openProviders({ providers: { [id]: entry } }, () => 'secret', fetcher).get(id)
  await provider?.send({ path: '/', body: { model: 'm' }, dropped: [] }, options)
  const [call] = calls
  if (call === undefined) throw new Error('the provider was not called')
  return call
}

describe('a vendor', () => {
  for (const [id, settings] of [
    ['openai', {}],
    ['mistral', {}],
    ['azure', { resource: 'r' }],
  ] as const) {
    it(`is told in a field: ${id}`, async () => {
      expect((await told({ apiKey: '$A', settings }, id)).body['prompt_cache_key']).toMatch(SESSION)
    })
  }
  for (const [id, header] of [
    ['xai', 'x-grok-conv-id'],
    ['fireworks', 'x-session-affinity'],
  ] as const) {
    it(`is told in a header: ${id}`, async () => {
      const { headers, body } = await told({ apiKey: '$A' }, id)
      expect(headers[header]).toMatch(SESSION)
      expect(body).toEqual({ model: 'm' })
    })
  }
  it('is told nothing where the operator does not want it', async () => {
    expect((await told({ apiKey: '$A', promptCache: false }, 'openai')).body).toEqual({ model: 'm' })
    const { headers } = await told({ apiKey: '$A', promptCache: false }, 'xai')
    expect(headers).not.toHaveProperty('x-grok-conv-id')
  })

  it('is told nothing where it is not known to understand it: a server of one’s own, Groq', async () => {
    const own = { dialect: 'openai-chat', baseUrl: 'http://a/v1' } as const
    for (const { headers, body } of [await told(own, 'lab'), await told({ apiKey: '$A' }, 'groq')]) {
      expect(body).toEqual({ model: 'm' })
      expect(JSON.stringify(headers)).not.toContain('ses_')
    }
  })
})
