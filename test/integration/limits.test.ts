// What several budgets allow together: keys and their projects, conversations, shorter answers, rates, overruns.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pick, type Reply } from '../lab/client.ts'
import { freshId, type Key, openScene, type Scene, withId } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

/** One micro-dollar an input token, ten an output token. The lab's usual prompt has ten tokens. */
const PRICE = { input: 1, output: 10 }
const NAMES = ['crowd', 'short', 'useless', 'shared', 'both', 'talk', 'agent', 'words', 'liar', 'tiny']
const USAGE = { prompt: 10, completion: 20 }

let scene: Scene

beforeAll(async () => {
  scene = await openScene({
    models: Object.fromEntries(
      NAMES.map((name) => [
        name,
        { provider: 'lab', model: name, price: PRICE, maxOutput: 1_000, counting: { tokenizer: 'o200k' } },
      ]),
    ),
    retries: { sameTarget: 0 },
  })
})
afterAll(() => scene.stop())

const send = async (path: string, method: string, body?: unknown): Promise<Reply> =>
  scene.admin.send(path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })

async function makeProject(limits: Record<string, unknown>): Promise<string> {
  const made = await send('/admin/projects', 'POST', { name: 'test', ...limits })
  expect(made.status).toBe(201)
  return String(pick(made.json, 'id'))
}

/** The first budget of a project once nothing of it is reserved. */
const settledProject = (id: string): Promise<{ spent: number; reserved: number; remaining: number }> =>
  until('nothing reserved of the project', async () => {
    const budget = pick((await send(`/admin/projects/${id}`, 'GET')).json, 'budgets', 0) as {
      spent: number
      reserved: number
      remaining: number
    }
    return budget.reserved === 0 && budget
  })

const message = (reply: Reply): unknown => pick(reply.json, 'error', 'message')

describe.concurrent('an answer that does not fit whole', () => {
  test('is shortened to what the tightest budget covers, and says so', async () => {
    const key = await scene.makeKey({
      budgets: [
        { usd: 1, window: 'day' },
        { usd: 0.0005, window: 'month' },
        { tokens: 5_000, window: 'total' },
      ],
    })
    const reply = await key.client.ask({ model: 'short', max_tokens: 900 })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-minnow-clamped')).toBe('max_tokens=49')
    expect(scene.lab.seen('short').at(-1)?.body['max_tokens']).toBe(49)
  })

  test('is refused where not even a short one fits, with what is left, whose it is and when it resets', async () => {
    const project = await makeProject({ budgets: [{ usd: 0.0001, window: 'hour' }] })
    const key = await scene.makeKey({ project, budgets: [{ usd: 1, window: 'day' }] })
    const reply = await key.client.ask({ model: 'useless', max_tokens: 900 })
    expect(reply.status).toBe(429)
    expect(message(reply)).toMatch(
      /The project's budget of \$0\.0001 per hour .* \$0\.00017, \$0\.0001 is left\. It resets at \S+:00:00\.000Z/,
    )
    expect(scene.lab.seen('useless')).toHaveLength(0)
    // What was taken from the key goes back.
    expect(await scene.settled(key)).toMatchObject({ spent: 0, reserved: 0, remaining: 1 })
  })

  test('does not overspend, however many are shortened at once', async () => {
    const key = await scene.makeKey({ budgets: [{ usd: 0.003, window: 'total' }] })
    // Each takes all that it is allowed.
    scene.lab.always('crowd', { text: 'word '.repeat(400), headAfterMs: 50 })
    const replies = await Promise.all(
      Array.from({ length: 40 }, () => key.client.ask({ model: 'crowd', max_tokens: 90 })),
    )
    const limits = scene.lab.seen('crowd').map(({ body }) => Number(body['max_tokens']))
    expect(limits.reduce((sum, limit) => sum + 10 + limit * 10, 0)).toBeLessThanOrEqual(3_000)
    expect(limits.length).toBe(replies.filter(({ status }) => status === 200).length)
    expect(limits.some((limit) => limit < 90)).toBe(true)
    expect(replies.filter(({ status }) => status !== 200 && status !== 429)).toEqual([])
  })
})

describe.concurrent('a project', () => {
  test("is a budget that its keys share, beside each one's own", async () => {
    // Each request costs 210 micro-dollars; nothing shorter than its twenty tokens is asked for.
    const project = await makeProject({ budgets: [{ usd: 0.0021, window: 'total' }] })
    const keys = await Promise.all(
      [0.00063, 1, 1].map((usd) => scene.makeKey({ project, budgets: [{ usd, window: 'total' }] })),
    )
    scene.lab.always('shared', { usage: { prompt: 10, completion: 16 }, headAfterMs: 60 })
    const ask = (key: Key) => key.client.ask({ model: 'shared', max_tokens: 20 })
    const replies = await Promise.all(
      keys.flatMap((key) => Array.from({ length: 20 }, async () => ({ key, reply: await ask(key) }))),
    )
    const served = replies.filter(({ reply }) => reply.status === 200)
    expect(replies.filter(({ reply }) => ![200, 429].includes(reply.status))).toEqual([])
    const { spent } = await settledProject(project)
    expect(spent).toBeLessThanOrEqual(0.0021)
    const own = await Promise.all(keys.map((key) => scene.settled(key)))
    expect(own.reduce((sum, balance) => sum + balance.spent * 1e6, 0)).toBeCloseTo(spent * 1e6, 6)
    expect(own[0]?.spent).toBeLessThanOrEqual(0.00063)
    expect(scene.lab.seen('shared')).toHaveLength(served.length)
    // Within one request of its limit.
    expect(spent).toBeGreaterThan(0.0021 - 0.00042)
  })

  test('of whose key the budget is empty serves its other keys', async () => {
    const project = await makeProject({ budgets: [{ usd: 1, window: 'day' }], rpm: 1_000 })
    const poor = await scene.makeKey({ project, budgets: [{ usd: 0.00001, window: 'day' }] })
    const rich = await scene.makeKey({ project })
    scene.lab.always('both', { usage: USAGE })
    expect(message(await poor.client.ask({ model: 'both', max_tokens: 20 }))).toMatch(/The key's budget of/)
    const reply = await rich.client.ask({ model: 'both', max_tokens: 20 })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-ratelimit-limit-requests')).toBe('1000')
    expect(await settledProject(project)).toMatchObject({ spent: 0.00021, reserved: 0 })
    const shown = await send(`/admin/projects/${project}`, 'GET')
    expect(pick(shown.json, 'keys')).toHaveLength(2)
    expect(pick(shown.json, 'rates', 0)).toMatchObject({ requests: 1_000, per: 'minute' })
  })

  test('is made, listed, changed, and removed once it has no keys', async () => {
    const id = await makeProject({ budgets: [{ usd: 5, window: 'month' }], tpm: 100 })
    const key = await scene.makeKey({ project: id })
    const changed = await send(`/admin/projects/${id}`, 'PATCH', { name: 'new', tpm: null, rpm: 7 })
    expect(changed.json).toMatchObject({
      id,
      name: 'new',
      budgets: [{ usd: 5, window: 'month' }],
      rpm: 7,
      tpm: null,
    })
    const all = await send('/admin/projects', 'GET')
    expect(pick(all.json, 'data') as { id: string }[]).toContainEqual(
      expect.objectContaining({ id, name: 'new' }),
    )
    const listed = await send(`/admin/keys?project=${id}`, 'GET')
    expect((pick(listed.json, 'data') as { id: string }[]).map((entry) => entry.id)).toEqual([key.id])
    const refused = await send(`/admin/projects/${id}`, 'DELETE')
    expect([refused.status, pick(refused.json, 'error', 'code')]).toEqual([409, 'project_has_keys'])
    expect((await send(`/admin/keys/${key.id}`, 'PATCH', { project: null })).json).toMatchObject({
      project: null,
    })
    expect((await send(`/admin/projects/${id}`, 'DELETE')).status).toBe(200)
    expect((await send(`/admin/projects/${id}`, 'GET')).status).toBe(404)
    const unknown = await send('/admin/keys', 'POST', { name: 'x', project: id })
    expect([unknown.status, pick(unknown.json, 'error', 'param')]).toEqual([400, 'project'])
  })
})

describe.concurrent('a conversation', () => {
  const inTalk = (id: string, dollars?: string) => ({
    headers: {
      'x-minnow-conversation': id,
      ...(dollars === undefined ? {} : { 'x-minnow-conversation-budget': dollars }),
    },
  })

  test('keeps to what its first turn allowed it, which later ones can lower and not raise', async () => {
    const id = freshId()
    scene.lab.always('talk', { usage: USAGE, text: 'yes' })
    const say = (dollars?: string) => scene.client.ask({ model: 'talk', max_tokens: 20 }, inTalk(id, dollars))
    expect((await say('0.0005')).status).toBe(200) // 210 of 500
    expect((await say()).status).toBe(200) // 420
    const refused = await say('10')
    expect(refused.status).toBe(429)
    expect(message(refused)).toMatch(/The conversation's budget of \$0\.0005 in total/)
    expect((await scene.client.ask({ model: 'talk' }, inTalk(freshId()))).status).toBe(200)
  })

  test('of a key with a budget for each is bounded, and another one is not', async () => {
    const key = await scene.makeKey({ conversationBudget: { tokens: 60 } })
    scene.lab.always('agent', { usage: USAGE, text: 'yes' })
    const [one, other] = [freshId(), freshId()]
    const statuses: number[] = []
    for (const id of [one, one, other])
      statuses.push((await key.client.ask({ model: 'agent', max_tokens: 20 }, inTalk(id))).status)
    expect(statuses).toEqual([200, 429, 200])
    expect((await key.client.ask({ model: 'agent', max_tokens: 20 })).status).toBe(200) // in none
  })

  test('budget without a conversation is a 400 that names the header', async () => {
    const headers = { 'x-minnow-conversation-budget': '1' }
    const reply = await scene.client.ask({ model: 'agent' }, { headers })
    expect([reply.status, pick(reply.json, 'error', 'param')]).toEqual([400, 'x-minnow-conversation-budget'])
  })
})

describe.concurrent('tokens a minute', () => {
  test('are a bucket: unused ones are there again at once, an empty one says how long to wait', async () => {
    const key = await scene.makeKey({ tpm: 100 })
    scene.lab.always('words', { usage: USAGE })
    const first = await key.client.ask({ model: 'words', max_tokens: 80 })
    expect(first.status).toBe(200)
    expect(first.headers.get('x-ratelimit-limit-tokens')).toBe('100')
    expect(Number(first.headers.get('x-ratelimit-remaining-tokens'))).toBeLessThanOrEqual(20)
    // 30 of them were used. What flows in meanwhile is less than 25.
    await until('the rest to be back', async () => {
      const shown = await send(`/admin/keys/${key.id}`, 'GET')
      return Number(pick(shown.json, 'rates', 0, 'remaining')) >= 70
    })
    const full = await key.client.ask({ model: 'words', max_tokens: 88 })
    expect(full.status).toBe(429)
    expect(pick(full.json, 'error')).toMatchObject({ type: 'tokens', code: 'rate_limit_exceeded' })
    expect(Number(full.headers.get('retry-after'))).toBeGreaterThan(5)
    expect(full.headers.get('x-ratelimit-limit-tokens')).toBe('100')
  })

  test('shorten only an answer that a whole minute of them would not cover', async () => {
    const key = await scene.makeKey({ tpm: 50 })
    const reply = await key.client.ask({ model: 'tiny' })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-minnow-clamped')).toBe('max_tokens=40')
  })
})

describe.concurrent('a provider that reports more than it was allowed', () => {
  test('is booked, and named in the balance, the row and the receipt', async () => {
    const key = await scene.makeKey({ budgets: [{ usd: 1, window: 'day' }] })
    scene.lab.always('liar', { usage: { prompt: 10, completion: 50 } })
    const id = freshId()
    expect((await key.client.ask({ model: 'liar', max_tokens: 20 }, withId(id))).status).toBe(200)
    const row = await scene.rowOf(id)
    expect(row).toMatchObject({ cost_micros: 510, overrun_micros: 300 })
    const receipt = await key.client.send(`/v1/receipts/${id}`)
    expect(receipt.json).toMatchObject({ cost_micros: 510, overrun_micros: 300 })
    expect(await scene.settled(key)).toMatchObject({ spent: 0.00051, reserved: 0, overrun: 0.0003 })
  })
})
