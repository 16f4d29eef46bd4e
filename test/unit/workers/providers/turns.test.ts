// Which key a call goes out with, and with which it is tried again.
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../../../shared/dialects/openai-chat/index.ts'
import { Failed } from '../../../../shared/failure.ts'
import { explaining } from '../../../../workers/providers/refusal.ts'
import { inTurn, type Post } from '../../../../workers/providers/turns.ts'

const options = {
  requestId: 'r',
  signal: new AbortController().signal,
  escalate: false,
  stream: false,
  model: 'm',
  explain: explaining(openaiChat()),
}

/** A provider with three keys, and what it says to each. */
function open(answers: Readonly<Record<string, () => Response>>, keys: readonly string[] = ['a', 'b', 'c']) {
  const used: (string | undefined)[] = []
  const post: Post = async (_, __, key) => {
    used.push(key)
    return answers[key ?? '']?.() ?? new Response(`hello ${key}`)
  }
  const send = inTurn(keys, post)
  return { used, send: (over = {}) => send({ path: '/x', body: {}, dropped: [] }, { ...options, ...over }) }
}

const status =
  (code: number, body = '', headers = {}) =>
  (): Response =>
    new Response(body, { status: code, headers })

describe('a conversation', () => {
  it('keeps its key, and conversations use all of them', async () => {
    const { send, used } = open({})
    for (const beginning of ['tea', 'tea', 'tea']) await send({ beginning })
    expect(new Set(used).size).toBe(1)
    for (let at = 0; at < 30; at += 1) await send({ conversation: `talk ${at}` })
    expect(new Set(used).size).toBe(3)
  })

  it('has another while its own is refused, the same again every time', async () => {
    const own = open({})
    await own.send({ conversation: 'tea' })
    const [key = ''] = own.used
    const { send, used } = open({ [key]: status(429) })
    for (let at = 0; at < 3; at += 1) expect((await send({ conversation: 'tea' })).status).toBe(200)
    expect(used[0]).toBe(key)
    expect(new Set(used.slice(1)).size).toBe(1)
    expect(used).toHaveLength(4)
  })
})

describe('a call', () => {
  for (const code of [401, 402, 403, 429]) {
    it(`whose key is answered with ${code} goes on with the next, in the same attempt`, async () => {
      const { send, used } = open({ a: status(code) })
      expect(await (await send()).text()).toBe('hello b')
      expect(await (await send()).text()).toBe('hello c')
      expect(await (await send()).text()).toBe('hello b')
      expect(used).toEqual(['a', 'b', 'c', 'b'])
    })
  }

  it('asks no key twice, and where all are refused gives the last reply as it came', async () => {
    const limited = status(429, '{"error":{"message":"slow down"}}', { 'retry-after': '7' })
    const { send, used } = open({ a: limited, b: limited, c: limited })
    const reply = await send()
    expect([reply.status, reply.headers.get('retry-after'), await reply.text()]).toEqual([
      429,
      '7',
      '{"error":{"message":"slow down"}}',
    ])
    expect(used).toEqual(['a', 'b', 'c'])
    expect((await send()).status).toBe(429)
    expect(used).toHaveLength(4)
  })

  it('asks no key twice, also where one is taken back while the others are asked', async () => {
    const limited = status(429, '', { 'retry-after': '0' })
    const { send, used } = open({ a: limited, b: limited, c: limited })
    expect((await send()).status).toBe(429)
    expect(used).toEqual(['a', 'b', 'c'])
  })

  it('that is against a policy is not tried with another key', async () => {
    const body = '{"error":{"message":"no","code":"content_policy_violation"}}'
    const { send, used } = open({ a: status(403, body) })
    const reply = await send()
    expect([reply.status, await reply.text()]).toEqual([403, body])
    expect(used).toEqual(['a'])
  })

  it('that fails otherwise is not tried with another key', async () => {
    for (const code of [400, 404, 500, 503]) {
      const { send, used } = open({ a: status(code, 'why') })
      const reply = await send()
      expect([reply.status, await reply.text()]).toEqual([code, 'why'])
      expect(used).toEqual(['a'])
    }
  })

  it('whose only key is refused is not asked again', async () => {
    const { send, used } = open({ a: status(401) }, ['a'])
    expect((await send()).status).toBe(401)
    expect(used).toEqual(['a'])
  })

  it('without keys is sent without one', async () => {
    const { send, used } = open({}, [])
    await send()
    expect(used).toEqual([undefined])
  })

  it('whose key cannot even sign goes on with the next, and fails as the last where none can', async () => {
    const unsigned = (): never => {
      throw new Failed({ kind: 'credentials', status: 401 })
    }
    expect(await (await open({ a: unsigned }).send()).text()).toBe('hello b')
    const { send, used } = open({ a: unsigned, b: unsigned, c: unsigned })
    await expect(send()).rejects.toMatchObject({ failure: { kind: 'credentials' } })
    expect(used).toEqual(['a', 'b', 'c'])
  })

  it('for which nobody reads failures is sent once', async () => {
    const { send, used } = open({ a: status(401) })
    expect((await send({ explain: undefined })).status).toBe(401)
    expect(used).toEqual(['a'])
  })
})
