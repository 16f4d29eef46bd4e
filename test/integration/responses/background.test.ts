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
    expect(done.error).toBeNull()
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
    scene.lab.script('stop', { text: 'word '.repeat(5_000), everyMs: 20 })
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

  test('is refused what cannot be: not to be stored, a model that nobody knows', async () => {
    const ask = (body: Fields): Promise<unknown> =>
      openai.responses.create({ input: 'x', background: true, model: 'lab/x', ...body } as never)
    await expect(ask({ store: false })).rejects.toMatchObject({ status: 400, param: 'background' })
    await expect(ask({ model: 'nothing-such' })).rejects.toThrow(NotFoundError)
    const { id } = await create('lab/x', { input: 'x' })
    await expect(openai.responses.cancel(id)).rejects.toThrow(BadRequestError)
  })

  test('that a crash has cut off is failed, not in progress for ever', { timeout: 240_000 }, async () => {
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

type Event = OpenAI.Responses.ResponseStreamEvent

const TEXT = Array.from({ length: 40 }, (_, at) => `w${at}`).join(' ')
const deltas = (events: readonly Event[]): string =>
  events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('')

async function eventsOf(stream: AsyncIterable<Event>, most = Number.POSITIVE_INFINITY): Promise<Event[]> {
  const events: Event[] = []
  for await (const event of stream) if (events.push(event) >= most) break
  return events
}

const begin = (model: string, client = openai): Promise<AsyncIterable<Event>> =>
  client.responses.create({ model: `lab/${model}`, input: 'go', background: true, stream: true })

const idIn = (events: readonly Event[]): string =>
  events[0]?.type === 'response.created' ? events[0].response.id : ''

describe.concurrent('a response in the background that is a stream', () => {
  test('is followed from the start, lost, and gone on with after a sequence number, live', async () => {
    scene.lab.script('followed', { text: TEXT, everyMs: 20, stallAfter: 30 }) // until it is let go
    const first = await eventsOf(await begin('followed'), 15)
    const id = idIn(first)
    const after = first.at(-1)?.sequence_number ?? 0
    expect((await openai.responses.retrieve(id)).status).toBe('in_progress')
    const following = await openai.responses.retrieve(id, { stream: true, starting_after: after })
    scene.lab.release('followed')
    const rest = await eventsOf(following)
    expect([...first, ...rest].map((event) => event.sequence_number)).toEqual(
      [...first, ...rest].map((_, at) => at),
    )
    expect(deltas([...first, ...rest])).toBe(TEXT)
    const last = rest.at(-1)
    expect(last).toMatchObject({ type: 'response.completed', response: { id, background: true } })
    expect(scene.lab.seen('followed')).toHaveLength(1)
    expect(await openai.responses.retrieve(id)).toMatchObject({ status: 'completed', output_text: TEXT })
    // After its end too, from the start unless told from where.
    expect(deltas(await eventsOf(await openai.responses.retrieve(id, { stream: true })))).toBe(TEXT)
    expect(
      await eventsOf(await openai.responses.retrieve(id, { stream: true, starting_after: 999 })),
    ).toEqual([])
  })

  test('is told when it is cancelled, and when it is deleted', async () => {
    for (const stop of ['cancel', 'delete'] as const) {
      scene.lab.script(stop, { text: 'word '.repeat(5_000), everyMs: 20 })
      const stream = await begin(stop)
      const seen: Event[] = []
      const read = (async () => {
        for await (const event of stream) seen.push(event)
      })()
      const ended = read.then(String, String)
      await until('the first words', () => seen.length > 8)
      await openai.responses[stop](idIn(seen))
      expect(await ended).toMatch(stop === 'cancel' ? /cancelled/ : /lost/)
    }
  })

  test('whose model nobody knows is refused; one that fails says so in its events', async () => {
    await expect(
      openai.responses.create({ model: 'none', input: 'x', background: true, stream: true }),
    ).rejects.toThrow(NotFoundError)
    scene.lab.always('failing', { status: 500 })
    await expect(begin('failing').then((stream) => eventsOf(stream))).rejects.toThrow(/failed/)
  })

  test('is found by its own key only, and only where it was made as one', async () => {
    const id = idIn(await eventsOf(await begin('own')))
    const other = clientOf((await scene.makeKey()).key)
    await expect(other.responses.retrieve(id, { stream: true })).rejects.toThrow(NotFoundError)
    const plain = await create('lab/plain', { input: 'x' })
    await expect(openai.responses.retrieve(plain.id, { stream: true })).rejects.toMatchObject({
      status: 400,
      param: 'stream',
    })
    const wrong = await scene.client.send(`/v1/responses/${id}?stream=true&starting_after=x`)
    expect(wrong).toMatchObject({ status: 400, json: { error: { param: 'starting_after' } } })
  })

  test('that is no run of the background but can be resumed is found the same way', async () => {
    scene.lab.script('direct', { text: TEXT, everyMs: 25, stallAfter: 5, stallMs: 1_200 })
    const headers = { 'x-minnow-resumable': 'true' }
    const first = await eventsOf(
      await openai.responses.create({ model: 'lab/direct', input: 'go', stream: true }, { headers }),
      12,
    )
    const after = first.at(-1)?.sequence_number ?? 0
    const rest = await eventsOf(
      await openai.responses.retrieve(idIn(first), { stream: true, starting_after: after }),
    )
    expect(deltas([...first, ...rest])).toBe(TEXT)
    expect(scene.lab.seen('direct')).toHaveLength(1)
  })

  test('that a crash has cut off gives what was stored, then an error', { timeout: 240_000 }, async () => {
    const own = await openScene({})
    try {
      own.lab.always('crash', { text: 'word '.repeat(2_000), everyMs: 20 })
      const client = new OpenAI({ baseURL: `${own.gateway.url}/v1`, apiKey: 'mk-local', maxRetries: 0 })
      const first = await eventsOf(await begin('crash', client), 60)
      await own.gateway.kill()
      await own.gateway.restart()
      const seen: Event[] = []
      const read = async (): Promise<void> => {
        const stream = await client.responses.retrieve(idIn(first), { stream: true, starting_after: 3 })
        for await (const event of stream) seen.push(event)
      }
      await expect(read()).rejects.toThrow(/lost/)
      expect(seen[0]?.sequence_number).toBe(4)
      expect(deltas(seen)).toMatch(/^word word word/)
      expect(own.lab.seen('crash')).toHaveLength(1)
    } finally {
      await own.stop()
    }
  })
})
