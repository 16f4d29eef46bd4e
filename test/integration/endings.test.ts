// The five endings of a stream, each through the whole Worker: settled exactly once, one row, the right bill.
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pick, user } from '../lab/client.ts'
import { freshId, type Key, openScene, type Scene, withId } from '../lab/scene.ts'
import { visit } from '../lab/socket.ts'
import { until } from '../lab/until.ts'
import { alone } from '../lab/slowdown.ts'

const PRICE = { input: 2, cacheRead: 1, output: 10 }
const USAGE = { prompt: 100, cached: 40, completion: 20, reasoning: 5 }
/** 60 fresh at 2, 40 cached at 1, 20 out at 10: micro-dollars. */
const COST = 60 * 2 + 40 * 1 + 20 * 10
const TEN = 'one two three four five six seven eight nine ten'

/** Longer than any vendor or client of these tests is silent unawares. */
const IDLE_MS = 3_000

let scene: Scene
let key: Key

beforeAll(async () => {
  scene = await openScene({
    models: Object.fromEntries(
      [
        'finish',
        'dies',
        'resets',
        'silent',
        'truncated',
        'leaves',
        'quiet',
        'total',
        'error',
        'whole',
        'mute',
        'unread',
        'slow',
      ].map((name) => [
        name,
        {
          provider: 'lab',
          model: name,
          price: PRICE,
          timeouts: { idleMs: name === 'quiet' ? 60_000 : IDLE_MS },
        },
      ]),
    ),
    routes: { limited: { order: ['total'], timeouts: { totalMs: 10_000 } } },
    retries: { sameTarget: 0 },
  })
  await (await paidKey()).client.ask({ model: 'finish', max_tokens: 5 }) // the first count unpacks the vocabulary
})
afterAll(() => scene.stop())

const paidKey = (): Promise<Key> => scene.makeKey({ budgets: [{ usd: 1, window: 'day' }] })

/** What the key was charged must be what the row says. */
async function settledLikeRow(id: string, spender: Key): Promise<Awaited<ReturnType<Scene['rowOf']>>> {
  const row = await scene.rowOf(id)
  const { spent, reserved } = await scene.settled(spender)
  expect(reserved).toBe(0)
  expect(Math.round(spent * 1e6)).toBe(row.cost_micros)
  expect(row['key']).toBe(spender.id)
  return row
}

describe.concurrent('a stream that', () => {
  test('finishes is billed to what the provider reported, and its last chunk says the cost', async () => {
    const spender = await paidKey()
    const id = freshId()
    scene.lab.always('finish', { text: TEN, usage: USAGE })
    const reply = await spender.client.stream(
      { model: 'finish', stream_options: { include_usage: true } },
      withId(id),
    )
    expect(reply.said).toBe(TEN)
    expect(reply.isDone).toBe(true)
    expect(reply.usage).toMatchObject({ prompt_tokens: 100, completion_tokens: 20, cost: COST / 1e6 })
    const row = await settledLikeRow(id, spender)
    expect(row).toMatchObject({
      end: 'finish',
      failure: null,
      cost_micros: COST,
      status: 200,
      tokens: { input: 60, cache_read: 40, cache_write: 0, output: 15, reasoning: 5, source: 'reported' },
    })
  })

  test.each([
    { model: 'dies', cut: 'fin' },
    { model: 'resets', cut: 'reset' },
  ] as const)(
    '$model in the middle ends in one error event and is billed by estimate',
    async ({ model, cut }) => {
      const spender = await paidKey()
      const id = freshId()
      scene.lab.always(model, { text: TEN, cutAfter: 6, cut, usage: USAGE })
      const reply = await spender.client.stream({ model }, withId(id))
      expect(reply.status).toBe(200)
      expect(reply.said).toBe('one two three four five')
      expect(reply.isDone).toBe(false)
      expect(reply.chunks.filter((chunk) => chunk['error'] !== undefined)).toHaveLength(1)
      expect(reply.chunks.at(-1)?.['error']).toMatchObject({ type: 'upstream_error' })
      const row = await settledLikeRow(id, spender)
      expect(row).toMatchObject({ end: 'error', tokens: { output: 5, source: 'estimated' } })
      expect(row.cost_micros).toBeGreaterThan(5 * PRICE.output)
    },
  )

  test('is truncated by a proper end of the connection is an error too, not a short success', async () => {
    const spender = await paidKey()
    const id = freshId()
    scene.lab.always('truncated', { text: TEN, cutAfter: 6, cut: 'end' })
    const reply = await spender.client.stream({ model: 'truncated' }, withId(id))
    expect(reply.said).toBe('one two three four five')
    expect(reply.error).toMatchObject({ code: 'upstream_malformed' })
    expect(reply.isDone).toBe(false)
    expect(await settledLikeRow(id, spender)).toMatchObject({
      end: 'error',
      failure: 'malformed',
      tokens: { source: 'estimated' },
    })
  })

  test('falls silent ends at the idle limit, and the provider is hung up on', async () => {
    const spender = await paidKey()
    const id = freshId()
    scene.lab.always('silent', { text: TEN, stallAfter: 6 })
    const reply = await spender.client.stream({ model: 'silent' }, withId(id))
    expect(reply.said).toBe('one two three four five')
    expect(reply.error).toMatchObject({ code: 'upstream_timeout' })
    expect(reply.isDone).toBe(false)
    expect(await settledLikeRow(id, spender)).toMatchObject({ end: 'error', failure: 'timeout-idle' })
    await until('the lab to be hung up on', () => scene.lab.seen('silent')[0]?.leftAt)
  })

  test('is read slowly is not taken for a silent provider', async () => {
    const spender = await paidKey()
    const id = freshId()
    const words = 3_000
    scene.lab.always('slow', { pieces: Array.from({ length: words }, () => `${'x'.repeat(16_000)} `) })
    const response = await fetch(`${scene.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${spender.key}`, 'x-request-id': id },
      body: JSON.stringify({ model: 'slow', stream: true, messages: [user('Read me slowly.')] }),
    })
    const reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader()
    await reader.read()
    await wait(IDLE_MS * 1.5) // longer than the idle limit; by then the lab cannot go on, because nobody reads
    expect(scene.lab.seen('slow')[0]?.events).toBeLessThan(words)
    let text = ''
    const decoder = new TextDecoder()
    for (let next = await reader.read(); !next.done; next = await reader.read())
      text += decoder.decode(next.value)
    expect(text).toContain('data: [DONE]')
    expect(await settledLikeRow(id, spender)).toMatchObject({ end: 'finish', failure: null })
  })

  test('never ends is ended by the total limit', async () => {
    const spender = await paidKey()
    const id = freshId()
    scene.lab.always('total', { text: `${TEN} `.repeat(100), everyMs: 100 })
    const reply = await spender.client.stream({ model: 'limited' }, withId(id))
    expect(reply.said).toMatch(/^one two/)
    expect(reply.error).toMatchObject({ code: 'upstream_timeout' })
    expect(reply.isDone).toBe(false)
    expect(await settledLikeRow(id, spender)).toMatchObject({ end: 'error', failure: 'timeout-total' })
    await until('the lab to be hung up on', () => scene.lab.seen('total')[0]?.leftAt)
  })

  test('the client leaves is cancelled upstream within a second, and what was read is billed', async () => {
    const spender = await paidKey()
    const id = freshId()
    scene.lab.always('leaves', { text: `${TEN} `.repeat(200), everyMs: 20 })
    const leaving = new AbortController()
    let seen = 0
    let leftAt = 0
    const reading = spender.client.stream(
      { model: 'leaves' },
      {
        ...withId(id),
        signal: leaving.signal,
        onData: () => {
          seen += 1
          if (seen !== 8) return
          leftAt = Date.now()
          leaving.abort()
        },
      },
    )
    await expect(reading).rejects.toThrow(/abort/i)
    const cancelledAt = await until('the lab to see the cancel', () => scene.lab.seen('leaves')[0]?.leftAt)
    expect(alone(cancelledAt - leftAt, 1_000)).toBeLessThan(1_000)
    const row = await settledLikeRow(id, spender)
    expect(row).toMatchObject({ end: 'cancelled', failure: 'cancelled', tokens: { source: 'estimated' } })
    expect(pick(row, 'tokens', 'output')).toBeGreaterThanOrEqual(6)
    expect(pick(row, 'tokens', 'output')).toBeLessThan(200)
  })

  test('the client leaves while the provider is silent is noticed by a sign of life, and cancelled upstream', async () => {
    const spender = await paidKey()
    const id = freshId()
    scene.lab.always('quiet', { text: TEN, stallAfter: 4 })
    const leaving = new AbortController()
    const reading = spender.client.stream(
      { model: 'quiet' },
      { ...withId(id), signal: leaving.signal, onData: () => setTimeout(() => leaving.abort(), 300) },
    )
    await expect(reading).rejects.toThrow(/abort/i)
    await until('the lab to see the cancel', () => scene.lab.seen('quiet')[0]?.leftAt)
    expect(await settledLikeRow(id, spender)).toMatchObject({ end: 'cancelled', failure: 'cancelled' })
  })

  test('the client resets before the first token is cancelled upstream, billed the prompt it sent by estimate, and has one row', async () => {
    const spender = await paidKey()
    const id = freshId()
    scene.lab.always('mute', { headAfterMs: 60_000 })
    const body = JSON.stringify({ model: 'mute', stream: true, messages: [user('Hello?')] })
    const leaving = visit(scene.gateway.port, '/v1/chat/completions', body, {
      authorization: `Bearer ${spender.key}`,
      'x-request-id': id,
    })
    await until('the call upstream', () => scene.lab.seen('mute').length > 0)
    leaving.reset()
    await until('the lab to see the cancel', () => scene.lab.seen('mute')[0]?.leftAt)
    const row = await settledLikeRow(id, spender)
    expect(row).toMatchObject({ end: 'cancelled', tokens: { output: 0, source: 'estimated' } })
    expect(row.cost_micros).toBe(Number(pick(row, 'tokens', 'input')) * PRICE.input)
    expect(scene.lab.seen('mute')).toHaveLength(1)
  })

  test('the client resets, under a key that defers nothing of its own, is cancelled and has one row all the same', async () => {
    const id = freshId()
    scene.lab.always('mute-local', { headAfterMs: 60_000 })
    const body = JSON.stringify({ model: 'lab/mute-local', messages: [user('Hello?')] })
    const leaving = visit(scene.gateway.port, '/v1/chat/completions', body, {
      authorization: 'Bearer mk-local',
      'x-request-id': id,
    })
    await until('the call upstream', () => scene.lab.seen('mute-local').length > 0)
    leaving.reset()
    await until('the lab to see the cancel', () => scene.lab.seen('mute-local')[0]?.leftAt)
    expect(await scene.rowOf(id)).toMatchObject({
      end: 'cancelled',
      cost_micros: 0, // it has no price
      tokens: { source: 'estimated' },
    })
  })

  // workerd sees a closing client only once it writes to it; see mechanics.test.ts.
  test('the client closes before the first token is cancelled upstream when the answer begins', async () => {
    const spender = await paidKey()
    const id = freshId()
    scene.lab.always('unread', { text: `${TEN} `.repeat(200), headAfterMs: 500, everyMs: 20 })
    const leaving = new AbortController()
    const reading = spender.client.stream({ model: 'unread' }, { ...withId(id), signal: leaving.signal })
    await until('the call upstream', () => scene.lab.seen('unread').length > 0)
    leaving.abort()
    await expect(reading).rejects.toThrow(/abort/i)
    await until('the lab to see the cancel', () => scene.lab.seen('unread')[0]?.leftAt)
    expect(await settledLikeRow(id, spender)).toMatchObject({
      end: 'cancelled',
      tokens: { source: 'estimated' },
    })
  })

  test('carries an error event in its middle ends in that error, once, and without a clean end', async () => {
    const spender = await paidKey()
    const id = freshId()
    const event =
      'data: {"error":{"message":"The engine is overloaded.","type":"server_error","code":503}}\n\n'
    scene.lab.always('error', { text: TEN, insert: [{ at: 6, text: event, replace: true }] })
    const reply = await spender.client.stream({ model: 'error' }, withId(id))
    expect(reply.said).toBe('one two three four five')
    expect(reply.chunks.filter((chunk) => chunk['error'] !== undefined)).toHaveLength(1)
    expect(reply.isDone).toBe(false)
    expect(await settledLikeRow(id, spender)).toMatchObject({ end: 'error', failure: 'overloaded' })
  })
})

test('a whole reply is settled and recorded like a stream', async () => {
  key = await paidKey()
  const id = freshId()
  scene.lab.always('whole', { text: TEN, usage: USAGE })
  const reply = await key.client.ask({ model: 'whole' }, withId(id))
  expect(pick(reply.json, 'usage', 'cost')).toBe(COST / 1e6)
  expect(reply.headers.get('x-minnow-cost')).toBe('0.00036')
  expect(await settledLikeRow(id, key)).toMatchObject({ end: 'finish', stream: false, cost_micros: COST })
})

test('usage that stands beside the finish reason bills like usage in a chunk of its own', async () => {
  const spender = await paidKey()
  const id = freshId()
  scene.lab.script('finish', { text: TEN, usage: USAGE, usageAt: 'finish' })
  const reply = await spender.client.stream(
    { model: 'finish', stream_options: { include_usage: true } },
    withId(id),
  )
  expect(
    reply.chunks.filter((chunk) => chunk['usage'] !== undefined && chunk['usage'] !== null),
  ).toHaveLength(1)
  expect(reply.chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 100, cost: COST / 1e6 } })
  expect(await settledLikeRow(id, spender)).toMatchObject({ cost_micros: COST })
})

test('a provider that reports no usage is billed by counting, and the row says so', async () => {
  const spender = await paidKey()
  const id = freshId()
  scene.lab.script('finish', { text: TEN, usage: null })
  await spender.client.stream({ model: 'finish' }, withId(id))
  const row = await settledLikeRow(id, spender)
  expect(row).toMatchObject({ end: 'finish', tokens: { output: 10, source: 'estimated' } })
  // "Say something." is three tokens, its message four, the priming three.
  expect(pick(row, 'tokens', 'input')).toBe(10)
})
