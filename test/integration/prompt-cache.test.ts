// Vendors' prompt caches through the whole gateway: what is marked and when, who is told what belongs together, and what
// rows, receipts and usage say of it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, type Fields, pick, user } from '../lab/client.ts'
import { freshId, openScene, type Scene, withId } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

const PRICE = { input: 3, cacheRead: 0.3, cacheWrite: 3.75, output: 15 }
const LONG = { role: 'system', content: 'Answer in verse. '.repeat(500) }
const NAMES = ['marked', 'tail', 'own', 'silent', 'kept'] as const

let scene: Scene
beforeAll(async () => {
  scene = await openScene((labUrl) => {
    const claude = { dialect: 'anthropic', baseUrl: labUrl, apiKey: '$LAB_KEY' }
    const priced = (provider: string, model: string): Fields => ({ provider, model, price: PRICE })
    const models: Record<string, Fields> = Object.fromEntries(
      NAMES.map((name) => [name, priced(name === 'silent' ? 'off' : 'claude', `claude-sonnet-4-5-${name}`)]),
    )
    return {
      providers: {
        claude,
        off: { ...claude, promptCache: false },
        gpt: { vendor: 'openai', dialect: 'openai-chat', baseUrl: labUrl, apiKey: '$LAB_KEY' },
      },
      models: {
        ...models,
        warm: priced('lab', 'warm-1'),
        cold: priced('lab', 'cold-1'),
      },
      routes: { pair: { order: ['warm', 'cold'] } },
      retries: { sameTarget: 0 },
    }
  })
})
afterAll(() => scene.stop())

const marksOf = (name: (typeof NAMES)[number]): number[] =>
  scene.lab.seen(`claude-sonnet-4-5-${name}`).map(({ text, refused }) => {
    expect(refused).toBeUndefined()
    return text.split('"cache_control"').length - 1
  })

async function ask(client: Client, model: string, messages: Fields[], headers = {}): Promise<string> {
  const id = freshId()
  const reply = await client.ask({ model, messages }, { headers: { ...withId(id).headers, ...headers } })
  expect([reply.status, reply.text]).toEqual([200, expect.any(String)])
  return id
}

const inTalk = (name: string) => ({ 'x-minnow-conversation': name })

describe('Claude', () => {
  test('has instructions marked that come again, of the same key, and not those that come once', async () => {
    const [one, other] = await Promise.all([scene.makeKey(), scene.makeKey()])
    await ask(one.client, 'marked', [LONG, user('First')])
    await ask(other.client, 'marked', [LONG, user('Another key')])
    await ask(one.client, 'marked', [LONG, user('Second')])
    await ask(one.client, 'marked', [{ ...LONG, content: `${LONG.content}!` }, user('Other words')])
    expect(marksOf('marked')).toEqual([0, 0, 1, 0])
  })

  test('has conversations marked from the first turn that is known to be one', async () => {
    await ask(scene.client, 'tail', [LONG, user('One')], inTalk('tail'))
    await ask(scene.client, 'tail', [user('Two')], inTalk('tail'))
    await ask(scene.client, 'tail', [LONG, user('A'), { role: 'assistant', content: 'B' }, user('C')])
    expect(marksOf('tail')).toEqual([2, 3, 3])
  })

  test('has a client’s marks as it set them, and of more than four the last', async () => {
    const part = (text: string) => ({ type: 'text', text, cache_control: { type: 'ephemeral' } })
    const body = {
      model: 'own',
      max_tokens: 50,
      system: [part('S')],
      messages: [{ role: 'user', content: ['1', '2', '3', '4'].map(part) }],
    }
    const reply = await scene.client.ask(body, { path: '/v1/messages' })
    expect([reply.status, reply.headers.get('x-minnow-dropped')]).toEqual([200, 'cache_control'])
    const [sent] = scene.lab.seen('claude-sonnet-4-5-own')
    expect(sent?.body['system']).toEqual([{ type: 'text', text: 'S' }])
    expect(marksOf('own')).toEqual([4])
  })

  test('has none where the operator does not want them', async () => {
    for (const text of ['One', 'Two']) await ask(scene.client, 'silent', [LONG, user(text)], inTalk('silent'))
    expect(marksOf('silent')).toEqual([0, 0])
  })
})

test('OpenAI is given one key for a conversation, and none for a question by itself', async () => {
  const keys = () => scene.lab.seen('gpt-5.2-keyed').map(({ body }) => body['prompt_cache_key'])
  const begun = [user('A'), { role: 'assistant', content: 'B' }, user('C')]
  await ask(scene.client, 'gpt/gpt-5.2-keyed', [user('A')])
  await ask(scene.client, 'gpt/gpt-5.2-keyed', begun)
  await ask(scene.client, 'gpt/gpt-5.2-keyed', [...begun, { role: 'assistant', content: 'D' }, user('E')])
  await ask(scene.client, 'gpt/gpt-5.2-keyed', [user('A')], inTalk('keyed'))
  const [alone, second, third, named] = keys()
  expect(alone).toBeUndefined()
  expect(second).toMatch(/^ses_[0-9a-f]{32}$/)
  expect(third).toBe(second)
  expect(named).not.toBe(second)
})

describe('the books', () => {
  test('say what was saved, below zero where more was written, by request and by conversation', async () => {
    const { client, id: key } = await scene.makeKey()
    const usages = [
      { prompt: 2_000, cacheWrite: 2_000 },
      { prompt: 3_000, cached: 2_000, cacheWrite: 1_000 },
    ]
    scene.lab.script('claude-sonnet-4-5-kept', ...usages.map((usage) => ({ usage })))
    const ids = [
      await ask(client, 'kept', [user('One')], inTalk('books')),
      await ask(client, 'kept', [user('Two')], inTalk('books')),
    ]
    await ask(client, 'kept', [user('By itself')])
    await ask(client, 'kept', [user('Else')], inTalk('books-too'))
    const saved = [-1_500, 2_000 * 2.7 - 750]
    const receipt = async (id: string, include = ''): Promise<Fields> =>
      until('a receipt', async () => {
        const { status, json } = await client.send(`/v1/receipts/${id}${include}`)
        return status === 200 ? (json as Fields) : undefined
      })
    const receipts = await Promise.all(ids.map((id) => receipt(id)))
    expect(receipts.map((one) => one['prompt_cache_saved_micros'])).toEqual(saved)
    expect(receipts[0]).not.toHaveProperty('conversation_so_far')
    expect(pick(await receipt(String(ids[0]), '?include=conversation'), 'conversation_so_far')).toMatchObject(
      {
        requests: 1,
        prompt_cache_saved: -0.0015,
        is_whole: true,
      },
    )

    const usage = (query: string) => scene.admin.send(`/admin/usage?group=conversation${query}`)
    const names = await until('both conversations', async () => {
      const rows = await scene.rows(`&key=${key}`)
      const found = new Set(rows.flatMap(({ conversation }) => conversation ?? []))
      return rows.length === 4 ? [...found].map(String).sort() : undefined
    })
    expect(names).toHaveLength(2)
    const own = String(receipts[0]?.['conversation'])
    const all = await usage('')
    const rows = (pick(all.json, 'data') as readonly Fields[]).filter((row) =>
      names.includes(String(row['conversation'])),
    )
    expect(rows.map((row) => row['conversation'])).toEqual(names)
    expect(rows.find((row) => row['conversation'] === own)).toMatchObject({
      requests: 2,
      tokens: { cache_read: 2_000, cache_write: 3_000 },
      prompt_cache_saved: (-1_500 + 4_650) / 1_000_000,
    })
    const [first, second] = names as [string, string] // two, as said above
    const page = await usage(`&limit=1&after=${first.slice(0, -1)}`)
    expect(page.json).toMatchObject({ data: [{ conversation: first }], has_more: true, last: first })
    const rest = await usage(`&after=${first}`)
    expect(pick(rest.json, 'data')).toEqual(
      expect.arrayContaining([expect.objectContaining({ conversation: second })]),
    )
    const byKey = await scene.admin.send('/admin/usage?group=key&limit=1000')
    const ours = (pick(byKey.json, 'data') as readonly Fields[]).find((row) => row['key'] === key)
    expect(ours).toMatchObject({ requests: 4, prompt_cache_saved: 0.00315 })
  })

  test('a receipt includes nothing that nobody knows', async () => {
    const id = await ask(scene.client, 'kept', [user('Hi')])
    const { status, json } = await scene.client.send(`/v1/receipts/${id}?include=everything`)
    expect([status, pick(json, 'error', 'message')]).toEqual([
      400,
      `Invalid 'include': found "everything", expected "conversation", or leave it out.`,
    ])
  })

  test('say whose cached prompt was left behind, and what it was worth', async () => {
    scene.lab.script('warm-1', { usage: { prompt: 4_000, cached: 4_000 } })
    const first = await ask(scene.client, 'pair', [user('Stay')], inTalk('left'))
    await scene.rowOf(first)
    scene.lab.always('warm-1', { status: 500 })
    for (let at = 0; at < 4; at += 1) await scene.client.ask({ model: 'warm', messages: [user('Hi')] })
    const second = await ask(scene.client, 'pair', [user('Go')], inTalk('left'))
    const { routing, model } = await scene.rowOf(second)
    expect(model).toBe('lab/cold-1')
    expect(pick(routing, 'left')).toEqual({
      target: 'lab/warm-1',
      cached_tokens: 4_000,
      worth_micros: 4_000 * 2.7,
    })
  })
})
