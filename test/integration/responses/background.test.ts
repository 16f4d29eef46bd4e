// Responses that nobody waits for: worked on, polled, cancelled, lost.
import OpenAI, { BadRequestError, NotFoundError } from 'openai'
import { afterAll, describe, expect, test } from 'vitest'
import { type Fields } from '../../lab/client.ts'
import { openScene } from '../../lab/scene.ts'
import { until } from '../../lab/until.ts'
import { openTalk } from './talk.ts'

const { scene, openai, clientOf, create, told, ended } = await openTalk()
afterAll(() => scene.stop())

describe.concurrent('in the background a response', () => {
  test('is queued at once, worked on, and ends as any other', async () => {
    scene.lab.script('later', { text: 'done at last', firstAfterMs: 400 })
    const queued = await create('lab/later', { input: 'take your time', background: true })
    expect(queued).toMatchObject({ status: 'queued', background: true, output: [] })
    const done = await ended(queued.id)
    expect(done).toMatchObject({ id: queued.id, status: 'completed', output_text: 'done at last' })
    expect(done.usage?.output_tokens).toBeGreaterThan(0)
    const next = await create('lab/later', { input: 'thanks', previous_response_id: queued.id })
    expect(next.status).toBe('completed')
    expect(told('later').at(-1)).toEqual(['user: take your time', 'assistant: done at last', 'user: thanks'])
  })

  test('that fails says so', async () => {
    scene.lab.always('fails', { status: 500 })
    const failed = await ended((await create('lab/fails', { input: 'x', background: true })).id)
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'server_error' } })
  })

  test('is cancelled: upstream hears of it, what was used is billed, what was said is kept', async () => {
    const key = await scene.makeKey({ budgets: [{ tokens: 100_000, window: 'day' }] })
    const client = clientOf(key.key)
    scene.lab.script('stop', { text: 'word '.repeat(500), everyMs: 20 })
    const { id } = await create('lab/stop', { input: 'go', background: true, max_output_tokens: 900 }, client)
    await until('the first words', () => (scene.lab.seen('stop')[0]?.events ?? 0) > 5)
    expect((await client.responses.retrieve(id)).status).toBe('in_progress')
    expect((await client.responses.cancel(id)).status).toBe('cancelled')
    await until('the cancel upstream', () => scene.lab.seen('stop')[0]?.leftAt)
    const kept = await until('what was said', async () => {
      const read = await client.responses.retrieve(id)
      return read.output_text !== '' && read
    })
    expect(kept.status).toBe('cancelled')
    expect((await client.responses.cancel(id)).status).toBe('cancelled')
    expect((await scene.settled(key)).spent).toBeGreaterThan(5)
  })

  test('is refused what cannot be: a stream, not to be stored, a model that nobody knows', async () => {
    const ask = (body: Fields): Promise<unknown> =>
      openai.responses.create({ input: 'x', background: true, model: 'lab/x', ...body } as never)
    await expect(ask({ stream: true })).rejects.toMatchObject({ status: 400, param: 'background' })
    await expect(ask({ store: false })).rejects.toMatchObject({ status: 400, param: 'background' })
    await expect(ask({ model: 'nothing-such' })).rejects.toThrow(NotFoundError)
    const { id } = await create('lab/x', { input: 'x' })
    await expect(openai.responses.cancel(id)).rejects.toThrow(BadRequestError)
  })

  test('that a crash has cut off is failed, not in progress for ever', { timeout: 60_000 }, async () => {
    const own = await openScene({})
    try {
      own.lab.always('crash', { text: 'word '.repeat(2_000), everyMs: 20 })
      const client = new OpenAI({ baseURL: `${own.gateway.url}/v1`, apiKey: 'mk-local', maxRetries: 0 })
      const { id } = await client.responses.create({ model: 'lab/crash', input: 'x', background: true })
      await until('the first words', () => (own.lab.seen('crash')[0]?.events ?? 0) > 2)
      await own.gateway.kill()
      await own.gateway.restart()
      expect(await client.responses.retrieve(id)).toMatchObject({ status: 'failed' })
      expect(own.lab.seen('crash')).toHaveLength(1)
    } finally {
      await own.stop()
    }
  })
})
