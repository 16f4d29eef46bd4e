// Answers that go on without their clients, ended on request: upstream, in the books, and in their conversations.
import { afterAll, describe, expect, test } from 'vitest'
import { type Fields, pick, type Reply, user } from '../lab/client.ts'
import { CLIENT_KEY, freshId, openScene } from '../lab/scene.ts'
import { until } from '../lab/until.ts'
import { alone } from '../lab/slowdown.ts'

const scene = await openScene((_, origin) => ({
  models: { priced: { provider: 'lab', model: 'priced', price: { input: 1, output: 1_000 } } },
  retries: { sameTarget: 0 },
  providers: { claude: { dialect: 'anthropic', baseUrl: `${origin}/v1`, apiKey: '$LAB_KEY' } },
}))
afterAll(() => scene.stop())
const { lab, client } = scene

const CHAT = '/v1/chat/completions'
const words = (count: number): string => Array.from({ length: count }, (_, at) => `w${at}`).join(' ')
const LONG = { text: words(4_000), everyMs: 20 }
const ask = (model: string, more: Fields = {}): Fields => ({ model, messages: [user('Go.')], ...more })

interface Hearing {
  readonly stream: string
  text(): string
  readonly end: Promise<void>
}

/** Asks for a stream and listens until the marker has come; goes on listening. */
async function hear(
  path: string,
  body: Fields,
  headers: Readonly<Record<string, string>>,
  marker = 'w9',
): Promise<Hearing> {
  const response = await fetch(`${scene.gateway.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${CLIENT_KEY}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ ...body, stream: true }),
  })
  let heard = ''
  const decoder = new TextDecoder()
  const end = (async () => {
    for await (const bytes of response.body ?? []) heard += decoder.decode(bytes, { stream: true })
  })()
  await until(marker, () => heard.includes(marker))
  return { stream: response.headers.get('x-minnow-stream') ?? '', text: () => heard, end }
}

const cancel = (headers: Readonly<Record<string, string>>, path = CHAT, from = client): Promise<Reply> =>
  from.send(`${path}/cancel`, { method: 'POST', headers })

const RESUMABLE = { 'x-minnow-resumable': 'true' }

describe.concurrent('an answer that is cancelled', () => {
  test('ends upstream within a second, costs what came, is kept as cut, and lets the next question in at once', async () => {
    const [id, talk] = [freshId(), `talk-${freshId()}`]
    lab.script('priced', LONG, { text: 'Here.' })
    const headers = { ...RESUMABLE, 'idempotency-key': id, 'x-minnow-conversation': talk }
    const hearing = await hear(CHAT, ask('priced'), { ...headers, 'x-request-id': id })
    const askedAt = Date.now()
    const said = await cancel({ 'idempotency-key': id })
    expect([said.status, said.json]).toEqual([200, { object: 'cancellation', status: 'cancelled' }])
    const gone = await until('the cancel upstream', () => lab.seen('priced')[0]?.leftAt)
    expect(alone(gone - askedAt, 1_000)).toBeLessThan(1_000)
    await hearing.end
    expect(hearing.text()).toContain('"code":"cancelled"')
    expect(hearing.text()).not.toContain('[DONE]')
    const next = await client.ask(ask('priced'), { headers: { 'x-minnow-conversation': talk } })
    expect(next.status).toBe(200)
    expect(Date.now() - askedAt).toBeLessThan(30_000) // not the minute that a busy conversation is waited for
    const row = await scene.rowOf(id)
    expect(row).toMatchObject({ end: 'cancelled', status: 200 })
    expect(row.cost_micros).toBeGreaterThan(9_000)
    expect(row.cost_micros).toBeLessThan(400_000)
    const kept = await client.send(`/v1/conversations/${talk}/messages`)
    const [question, answer] = pick(kept.json, 'data') as Fields[]
    expect(question).toMatchObject({ role: 'user', content: 'Go.' })
    expect(answer).toMatchObject({ role: 'assistant', content: expect.stringContaining('w0 w1 w2') })
    expect(JSON.stringify(answer)).toContain('cut')
    const told = pick(lab.seen('priced')[1]?.body, 'messages') as Fields[]
    expect(told.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
  })

  test('is named by an event of its stream as well, and in the Messages API', async () => {
    lab.script('by-event', LONG)
    const chat = await hear(CHAT, ask('lab/by-event'), RESUMABLE)
    expect((await cancel({ 'last-event-id': `${chat.stream}.2` })).json).toMatchObject({
      status: 'cancelled',
    })
    await until('the cancel upstream', () => lab.seen('by-event')[0]?.leftAt)
    await chat.end
    lab.script('messages', LONG)
    const body = ask('claude/messages', { max_tokens: 900 })
    const hearing = await hear('/v1/messages', body, RESUMABLE)
    const mark = { 'last-event-id': `${hearing.stream}.2` }
    expect((await cancel(mark)).status).toBe(404) // it was asked for elsewhere
    expect((await cancel(mark, '/v1/messages')).json).toMatchObject({ status: 'cancelled' })
    await until('the cancel upstream', () => lab.seen('messages')[0]?.leftAt)
    await hearing.end
  })

  test('before its first word ends as well', async () => {
    const id = freshId()
    lab.script('late', { ...LONG, headAfterMs: 60_000 })
    const asking = client.ask(ask('lab/late'), { headers: { 'idempotency-key': id } })
    await until('the call upstream', () => lab.seen('late').length === 1)
    expect((await cancel({ 'idempotency-key': id })).json).toMatchObject({ status: 'cancelled' })
    expect((await asking).status).toBe(499)
    await until('the cancel upstream', () => lab.seen('late')[0]?.leftAt)
  })

  test('that comes after its own cancellation is not begun', async () => {
    const id = freshId()
    expect((await cancel({ 'idempotency-key': id })).json).toMatchObject({ status: 'forestalled' })
    expect((await client.ask(ask('lab/never'), { headers: { 'idempotency-key': id } })).status).toBe(499)
    expect(lab.seen('never')).toHaveLength(0)
  })

  test('after its end stays whole', async () => {
    const id = freshId()
    lab.script('whole', { text: 'All of it.' })
    const headers = { 'idempotency-key': id }
    expect((await client.ask(ask('lab/whole'), { headers })).status).toBe(200)
    expect((await cancel(headers)).json).toMatchObject({ status: 'over' })
    const again = await client.ask(ask('lab/whole'), { headers })
    expect(again.headers.get('x-minnow-replay')).toBe('true')
  })
})

test('who does not say what, or has none of that name, is told so', async () => {
  const nothing = await cancel({})
  expect(nothing.status).toBe(400)
  expect(nothing.json).toMatchObject({ error: { param: 'idempotency-key' } })
  const gone = await cancel({ 'last-event-id': `s${'0'.repeat(20)}.3` }, '/v1/messages')
  expect(gone.status).toBe(404)
  expect(gone.json).toMatchObject({ type: 'error', error: { type: 'not_found_error' } })
})

test("another key's answer is none of ours", async () => {
  lab.script('theirs', { text: words(60), everyMs: 20 })
  const hearing = await hear(CHAT, ask('lab/theirs'), { ...RESUMABLE, 'idempotency-key': 'same' })
  const other = await scene.makeKey()
  expect((await cancel({ 'last-event-id': `${hearing.stream}.2` }, CHAT, other.client)).status).toBe(404)
  expect((await cancel({ 'idempotency-key': 'same' }, CHAT, other.client)).json).toMatchObject({
    status: 'forestalled',
  })
  await hearing.end
  expect(hearing.text()).toContain('[DONE]')
})
