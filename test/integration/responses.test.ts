// What is kept for clients of the Responses API: what the model is told of it, who may see it, and how it ends.
import OpenAI, { BadRequestError, NotFoundError } from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fields, pick } from '../lab/client.ts'
import { freshId, openScene, type Scene } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

let scene: Scene
let openai: OpenAI

const clientOf = (apiKey: string): OpenAI =>
  new OpenAI({ baseURL: `${scene.gateway.url}/v1`, apiKey, maxRetries: 0 })

beforeAll(async () => {
  scene = await openScene(
    (_, origin) => ({
      providers: {
        claude: { dialect: 'anthropic', baseUrl: `${origin}/v1`, apiKey: '$LAB_KEY' },
        gem: { dialect: 'gemini', baseUrl: `${origin}/v1beta`, apiKey: '$LAB_KEY' },
        responses: {
          vendor: 'openai',
          dialect: 'openai-responses',
          baseUrl: `${origin}/v1`,
          apiKey: '$LAB_KEY',
        },
      },
      timeouts: { idleMs: 2_000, headMs: 5_000 },
      retries: { sameTarget: 0 },
    }),
    {},
  )
  openai = clientOf('mk-local')
})
afterAll(() => scene.stop())

type Created = OpenAI.Responses.Response
type Body = Omit<OpenAI.Responses.ResponseCreateParamsNonStreaming, 'model' | 'stream'>

const create = (model: string, body: Body, client = openai): Promise<Created> =>
  client.responses.create({ model, ...body })

/** Reads a stream to its end; resolves with the Response of its last event that has one. */
const stream = async (model: string, body: Body): Promise<Created> => {
  let last: Created | undefined
  for await (const event of await openai.responses.create({ model, ...body, stream: true }))
    if ('response' in event) last = event.response
  if (last === undefined) throw new Error('a stream without a response')
  return last
}

/** What a model of the chat vendor was told, as `role: text` lines, one list a request. */
const told = (model: string): string[][] =>
  scene.lab
    .seen(model)
    .map(({ body }) =>
      (body['messages'] as Fields[]).map(({ role, content }) => `${String(role)}: ${textIn(content)}`),
    )

const textIn = (content: unknown): string =>
  Array.isArray(content) ? content.map((part) => String(pick(part, 'text'))).join('') : String(content)

const weather: OpenAI.Responses.FunctionTool = {
  type: 'function',
  name: 'weather',
  description: 'The weather in a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  strict: false,
}

const resultsFor = ({ output }: Created): OpenAI.Responses.ResponseInputItem[] =>
  output.flatMap((item) =>
    item.type === 'function_call'
      ? [{ type: 'function_call_output' as const, call_id: item.call_id, output: 'rain' }]
      : [],
  )

describe.concurrent('a response', () => {
  test('goes on from the previous one, whose instructions it does not inherit', async () => {
    scene.lab.script('chain', { text: 'first answer' }, { text: 'second answer' })
    const first = await create('lab/chain', { input: 'one', instructions: 'Be brief.' })
    expect(first.id).toMatch(/^resp_[0-9a-f]{40}$/)
    const second = await create('lab/chain', { input: 'two', previous_response_id: first.id })
    expect(second.previous_response_id).toBe(first.id)
    await create('lab/chain', { input: 'three', previous_response_id: second.id, instructions: 'Be long.' })
    const [, then, last] = told('chain')
    expect(then).toEqual(['user: one', 'assistant: first answer', 'user: two'])
    expect(last).toEqual([
      expect.stringMatching(/^(?:system|developer): Be long\.$/),
      'user: one',
      'assistant: first answer',
      'user: two',
      'assistant: second answer',
      'user: three',
    ])
  })

  test('may be gone on from twice: branches know nothing of each other', async () => {
    scene.lab.script('branch', { text: 'root' }, { text: 'left' }, { text: 'right' }, { text: 'leaf' })
    const root = await create('lab/branch', { input: 'one' })
    const left = await create('lab/branch', { input: 'to the left', previous_response_id: root.id })
    await create('lab/branch', { input: 'to the right', previous_response_id: root.id })
    await create('lab/branch', { input: 'on', previous_response_id: left.id })
    expect(told('branch').slice(2)).toEqual([
      ['user: one', 'assistant: root', 'user: to the right'],
      ['user: one', 'assistant: root', 'user: to the left', 'assistant: left', 'user: on'],
    ])
  })

  test('of the embedded model is gone on from like any other', async () => {
    const first = await create('micro', { input: 'Hello!' })
    const second = await create('micro', { input: 'Thanks!', previous_response_id: first.id })
    expect(second.output_text.length).toBeGreaterThan(0)
    expect(second.usage?.input_tokens).toBeGreaterThan(first.usage?.input_tokens ?? Infinity)
  })

  test('that was streamed is there at once, as its last event had it', async () => {
    scene.lab.script('streamed', { text: 'first answer' }, { text: 'second answer' })
    const first = await stream('lab/streamed', { input: 'one' })
    const second = await stream('lab/streamed', { input: 'two', previous_response_id: first.id })
    const { output_text: _, ...kept } = await openai.responses.retrieve(second.id)
    expect(kept).toEqual(second)
    expect(told('streamed').at(-1)).toEqual(['user: one', 'assistant: first answer', 'user: two'])
  })

  test('is read as it was sent', async () => {
    scene.lab.script('read', { text: 'an answer' })
    const sent = await create('lab/read', { input: 'one', metadata: { colour: 'red' } })
    expect(await openai.responses.retrieve(sent.id)).toEqual(sent)
    expect(sent).toMatchObject({ status: 'completed', store: true, metadata: { colour: 'red' } })
  })

  for (const [vendor, model] of [
    ['claude', 'claude-sonnet-4-5-kept'],
    ['gem', 'gemini-3-pro-kept'],
    ['responses', 'gpt-5.2-kept'],
    ['lab', 'kept-tools'],
  ] as const) {
    for (const way of [create, stream]) {
      const title = `carries thoughts and their proofs through a tool turn at ${vendor}${way === stream ? ', streamed' : ''}`
      test(title, async () => {
        const name = way === stream ? `${model}-s` : model
        scene.lab.script(
          name,
          { toolCalls: [{ name: 'weather', arguments: { city: 'Oslo' } }], reasoning: 'I look.' },
          { text: 'Rain.', reasoning: 'It rains.' },
          { text: 'Yes.' },
        )
        const asked: Body = {
          input: 'Oslo?',
          tools: [weather],
          reasoning: { effort: 'high', summary: 'auto' },
        }
        const first = await way(`${vendor}/${name}`, asked)
        const result: Body = { ...asked, input: resultsFor(first), previous_response_id: first.id }
        const second = await way(`${vendor}/${name}`, result)
        const again: Body = { ...asked, input: 'Sure?', previous_response_id: second.id }
        expect((await way(`${vendor}/${name}`, again)).status).toBe('completed')
        const seen = scene.lab.seen(name)
        expect(seen.map(({ refused }) => refused)).toEqual([undefined, undefined, undefined])
        expect(seen[2]?.text).toContain('rain')
        if (vendor === 'claude') expect(seen[1]?.text).toMatch(/"type":"thinking"[^}]*"signature":"[^"]/)
        if (vendor === 'gem') expect(seen[1]?.text).toMatch(/"thoughtSignature":"(?!skip_thought)/)
        if (vendor === 'responses') {
          expect(seen[1]?.text).toMatch(/"encrypted_content":"/)
          expect(seen.map(({ body }) => [body['store'], body['previous_response_id']])).toEqual(
            Array.from({ length: 3 }, () => [false, undefined]),
          )
        }
      })
    }
  }

  test('that does not exist is refused in the words that clients look for', async () => {
    const gone = 'resp_0123456789012345678901234567890123456789'
    for (const id of [gone, 'resp_made_elsewhere']) {
      const error = await create('lab/none', { input: 'x', previous_response_id: id }).catch(
        (e: unknown) => e,
      )
      expect(error).toBeInstanceOf(BadRequestError)
      expect(error).toMatchObject({ code: 'previous_response_not_found', param: 'previous_response_id' })
    }
    await expect(openai.responses.retrieve(gone)).rejects.toThrow(NotFoundError)
    expect(scene.lab.seen('none')).toEqual([])
  })

  test('is nobody else’s: another key finds nothing', async () => {
    scene.lab.script('private', { text: 'a secret' })
    const { id } = await create('lab/private', { input: 'one' })
    const other = clientOf((await scene.makeKey()).key)
    const { responses } = other
    await expect(responses.retrieve(id)).rejects.toThrow(NotFoundError)
    await expect(responses.inputItems.list(id)).rejects.toThrow(NotFoundError)
    await expect(responses.delete(id)).rejects.toThrow(NotFoundError)
    await expect(responses.cancel(id)).rejects.toThrow(NotFoundError)
    await expect(create('lab/private', { input: 'x', previous_response_id: id }, other)).rejects.toThrow(
      BadRequestError,
    )
    expect((await openai.responses.retrieve(id)).output_text).toBe('a secret')
  })

  test('with store: false is told what came before and is not kept', async () => {
    scene.lab.script('unstored', { text: 'first answer' }, { text: 'second answer' })
    const first = await create('lab/unstored', { input: 'one' })
    const second = await create('lab/unstored', {
      input: 'two',
      previous_response_id: first.id,
      store: false,
    })
    expect(told('unstored').at(-1)).toEqual(['user: one', 'assistant: first answer', 'user: two'])
    expect(second).toMatchObject({ store: false })
    await expect(openai.responses.retrieve(second.id)).rejects.toThrow(NotFoundError)
  })

  test('that was deleted is gone, and with it what went on from it', async () => {
    const first = await create('lab/deleted', { input: 'one' })
    const second = await create('lab/deleted', { input: 'two', previous_response_id: first.id })
    const reply = await scene.client.send(`/v1/responses/${first.id}`, { method: 'DELETE' })
    expect(reply.json).toEqual({ id: first.id, object: 'response', deleted: true })
    await expect(openai.responses.retrieve(first.id)).rejects.toThrow(NotFoundError)
    await expect(openai.responses.delete(first.id)).rejects.toThrow(NotFoundError)
    expect((await openai.responses.retrieve(second.id)).id).toBe(second.id)
    await expect(
      create('lab/deleted', { input: 'three', previous_response_id: second.id }),
    ).rejects.toMatchObject({
      code: 'previous_response_not_found',
      message: expect.stringContaining(first.id),
    })
  })

  test('lists its input items in pages, either way round, with all that came before', async () => {
    scene.lab.script('items', { text: 'an answer' })
    const first = await create('lab/items', {
      input: [
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'yes?' },
        { role: 'user', content: [{ type: 'input_text', text: 'two' }] },
      ],
    })
    const second = await create('lab/items', { input: 'three', previous_response_id: first.id })
    const texts: string[] = []
    for await (const item of openai.responses.inputItems.list(second.id, { limit: 2, order: 'asc' }))
      texts.push(item.type === 'message' ? textIn(item.content) : item.type)
    expect(texts).toEqual(['one', 'yes?', 'two', 'an answer', 'three'])
    const page = await openai.responses.inputItems.list(second.id, { limit: 1 })
    expect(textIn(pick(page.data, 0, 'content'))).toBe('three')
    const { json } = await scene.client.send(`/v1/responses/${first.id}/input_items`)
    const ids = (pick(json, 'data') as Fields[]).map(({ id }) => id)
    expect(new Set(ids).size).toBe(3)
    expect(json).toMatchObject({ object: 'list', first_id: ids[0], last_id: ids[2], has_more: false })
    const wrong = await scene.client.send(`/v1/responses/${first.id}/input_items?limit=0`)
    expect([wrong.status, pick(wrong.json, 'error', 'param')]).toEqual([400, 'limit'])
    const lost = await scene.client.send(`/v1/responses/${first.id}/input_items?after=msg_none`)
    expect([lost.status, pick(lost.json, 'error', 'param')]).toEqual([400, 'after'])
  })

  test('is found by its items where a client sends only their ids', async () => {
    scene.lab.script('refer', { text: 'first answer' }, { text: 'second answer' })
    const { output } = await create('lab/refer', { input: 'one' })
    const reference = { type: 'item_reference' as const, id: String(output[0]?.id) }
    const input: Body['input'] = [
      { role: 'user', content: 'one' },
      reference,
      { role: 'user', content: 'two' },
    ]
    const second = await create('lab/refer', { input })
    expect(told('refer').at(-1)).toEqual(['user: one', 'assistant: first answer', 'user: two'])
    const { data } = await openai.responses.inputItems.list(second.id, { order: 'asc' })
    expect(data.map((item) => item.type)).toEqual(['message', 'message', 'message'])
    const unknown = { type: 'item_reference' as const, id: reference.id.replace(/_\d+$/, '_99') }
    await expect(create('lab/refer', { input: [unknown] })).rejects.toThrow(NotFoundError)
  })

  test('is found by its items also where a vendor has named them', async () => {
    const model = 'gpt-5.2-refer'
    scene.lab.script(
      model,
      { toolCalls: [{ name: 'weather', arguments: { city: 'Oslo' } }], reasoning: 'I look.' },
      { text: 'Rain.' },
    )
    const user = { role: 'user' as const, content: 'Oslo?' }
    const asked: Body = { input: [user], tools: [weather], reasoning: { effort: 'high' } }
    const first = await create(`responses/${model}`, asked)
    const references = first.output.map(({ id }) => ({ type: 'item_reference' as const, id: String(id) }))
    const input = [user, ...references, ...resultsFor(first)]
    expect((await create(`responses/${model}`, { ...asked, input })).output_text).toBe('Rain.')
    const [, sent] = scene.lab.seen(model)
    const kinds = (pick(sent?.body, 'input') as Fields[]).map(({ type }) => type ?? 'message')
    expect(kinds).toEqual(['message', 'reasoning', 'function_call', 'function_call_output'])
    const other = clientOf((await scene.makeKey()).key)
    await expect(create(`responses/${model}`, { ...asked, input }, other)).rejects.toThrow(NotFoundError)
  })

  test('whose stream broke is kept as failed, with what there was of it', async () => {
    scene.lab.script('broken', { text: 'one two three four', cutAfter: 3, cut: 'reset' }, { text: 'again' })
    let id = ''
    const read = async (): Promise<void> => {
      const events = await openai.responses.create({ model: 'lab/broken', input: 'go', stream: true })
      for await (const event of events) if (event.type === 'response.created') ({ id } = event.response)
    }
    await expect(read()).rejects.toThrow()
    const kept = await openai.responses.retrieve(id)
    expect(kept.status).toBe('failed')
    expect(kept.error?.code).toBe('server_error')
    expect(kept.output_text).toMatch(/^one/)
    await create('lab/broken', { input: 'go on', previous_response_id: id })
    expect(told('broken').at(-1)?.[1]).toMatch(/^assistant: one/)
  })

  test('whose client left is kept as cancelled, with what there was of it', async () => {
    scene.lab.script('left', { text: 'word '.repeat(500), everyMs: 20 })
    const events = await openai.responses.create({ model: 'lab/left', input: 'go', stream: true })
    let id = ''
    for await (const event of events) {
      if (event.type === 'response.created') ({ id } = event.response)
      if (event.type === 'response.output_text.delta') break
    }
    const kept = await openai.responses.retrieve(id)
    expect(kept.status).toBe('cancelled')
    expect(kept.output_text).toMatch(/^word/)
    expect(kept.output[0]).toMatchObject({ status: 'incomplete' })
  })

  test('as long as a picture is kept whole', async () => {
    const url = `data:image/png;base64,${'iVBORw0KGgo'.repeat(200_000)}`
    scene.lab.script('large', { text: 'a fish 🐟' }, { text: 'yes' })
    const content = [{ type: 'input_image' as const, image_url: url, detail: 'auto' as const }]
    const first = await create('lab/large', { input: [{ role: 'user', content }] })
    const { data } = await openai.responses.inputItems.list(first.id)
    expect(pick(data, 0, 'content', 0, 'image_url')).toBe(url)
  })

  test('is still there after a restart', { timeout: 60_000 }, async () => {
    const own = await openScene({})
    try {
      own.lab.script('restart', { text: 'first answer' }, { text: 'second answer' })
      const client = new OpenAI({ baseURL: `${own.gateway.url}/v1`, apiKey: 'mk-local', maxRetries: 0 })
      const first = await client.responses.create({ model: 'lab/restart', input: 'one' })
      await until('it to be kept', () => client.responses.retrieve(first.id))
      await own.gateway.restart()
      expect((await client.responses.retrieve(first.id)).output_text).toBe('first answer')
      await client.responses.create({ model: 'lab/restart', input: 'two', previous_response_id: first.id })
      expect(own.lab.seen('restart').at(-1)?.body['messages']).toHaveLength(3)
    } finally {
      await own.stop()
    }
  })
})

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

describe.concurrent('a conversation', () => {
  test('goes on across two vendors, and its items are those of both', async () => {
    scene.lab.script('across', { text: 'first answer' })
    scene.lab.script('claude-sonnet-4-5-across', { text: 'second answer' })
    const { id } = await openai.conversations.create({
      metadata: { topic: 'fish' },
      items: [{ role: 'developer', content: 'You like fish.' }],
    })
    const first = await create('lab/across', { input: 'one', conversation: id })
    expect(first.conversation).toEqual({ id })
    await stream('claude/claude-sonnet-4-5-across', { input: 'two', conversation: { id } })
    const texts: string[] = []
    for await (const item of openai.conversations.items.list(id, { order: 'asc', limit: 2 }))
      texts.push(item.type === 'message' ? `${item.role}: ${textIn(item.content)}` : item.type)
    expect(texts).toEqual([
      'developer: You like fish.',
      'user: one',
      'assistant: first answer',
      'user: two',
      'assistant: second answer',
    ])
    const sent = JSON.stringify(scene.lab.seen('claude-sonnet-4-5-across')[0]?.body)
    for (const words of ['You like fish.', 'one', 'first answer', 'two']) expect(sent).toContain(words)
  })

  test('is joined by a response that is not stored itself', async () => {
    scene.lab.script('joined', { text: 'first answer' }, { text: 'second answer' })
    const { id } = await openai.conversations.create()
    const first = await create('lab/joined', { input: 'one', conversation: id, store: false })
    await create('lab/joined', { input: 'two', conversation: id })
    expect(told('joined').at(-1)).toEqual(['user: one', 'assistant: first answer', 'user: two'])
    await expect(openai.responses.retrieve(first.id)).rejects.toThrow(NotFoundError)
  })

  test('is not joined by an answer that failed, and waits for none that is over', async () => {
    scene.lab.script('failing', { status: 500 }, { text: 'one two', failAt: 2 }, { text: 'fine' })
    const { id } = await openai.conversations.create()
    await expect(create('lab/failing', { input: 'one', conversation: id })).rejects.toThrow()
    await expect(stream('lab/failing', { input: 'two', conversation: id })).rejects.toThrow()
    await create('lab/failing', { input: 'three', conversation: id })
    expect(told('failing').at(-1)).toEqual(['user: three'])
  })

  test('takes one question after another, each with what was said before', async () => {
    scene.lab.always('turns', { text: 'yes', headAfterMs: 60 })
    const { id } = await openai.conversations.create()
    await Promise.all(['a', 'b', 'c'].map((input) => create('lab/turns', { input, conversation: id })))
    expect(told('turns').map((lines) => lines.length)).toEqual([1, 3, 5])
  })

  test('goes on when a client leaves, whether it spoke or waited for its turn', async () => {
    scene.lab.script('leaving', { text: 'word '.repeat(500), everyMs: 20 }, { text: 'fine' })
    const { id } = await openai.conversations.create()
    const gone = new AbortController()
    const body = { model: 'lab/leaving', conversation: id }
    const speaking = await openai.responses.create({ ...body, input: 'one', stream: true })
    const waiting = openai.responses.create({ ...body, input: 'two' }, { signal: gone.signal })
    const next = create('lab/leaving', { input: 'three', conversation: id })
    for await (const event of speaking) {
      if (event.type !== 'response.output_text.delta') continue
      gone.abort()
      await expect(waiting).rejects.toThrow()
      break
    }
    expect((await next).output_text).toBe('fine')
    expect(told('leaving').at(-1)).toEqual(['user: three'])
  })

  test('that is deleted while somebody speaks in it leaves the response, which is in none then', async () => {
    scene.lab.script('vanished', { text: 'an answer', firstAfterMs: 300 })
    const { id } = await openai.conversations.create()
    const asked = create('lab/vanished', { input: 'one', conversation: id })
    await until('the question upstream', () => scene.lab.seen('vanished').length === 1)
    await openai.conversations.delete(id)
    const { id: responseId } = await asked
    expect((await openai.responses.retrieve(responseId)).output_text).toBe('an answer')
    await expect(openai.conversations.items.list(id)).rejects.toThrow(NotFoundError)
    await openai.responses.delete(responseId)
    await expect(openai.responses.retrieve(responseId)).rejects.toThrow(NotFoundError)
  })

  test('is joined by what is answered in the background', async () => {
    scene.lab.script('behind', { text: 'first answer' }, { text: 'second answer' })
    const { id } = await openai.conversations.create()
    await ended((await create('lab/behind', { input: 'one', conversation: id, background: true })).id)
    await create('lab/behind', { input: 'two', conversation: id })
    expect(told('behind').at(-1)).toEqual(['user: one', 'assistant: first answer', 'user: two'])
  })

  test('and its items are made, read, changed and deleted', async () => {
    const { conversations } = openai
    const made = await conversations.create({ metadata: { a: '1' } })
    expect(made).toMatchObject({ object: 'conversation', metadata: { a: '1' } })
    expect(await conversations.retrieve(made.id)).toEqual(made)
    const changed = await conversations.update(made.id, { metadata: { b: '2' } })
    expect(changed).toEqual({ ...made, metadata: { b: '2' } })
    const { data, first_id } = await conversations.items.create(made.id, {
      items: [
        { role: 'user', content: 'one' },
        { type: 'message', role: 'user', content: 'two' },
      ],
    })
    expect(data).toHaveLength(2)
    const at = { conversation_id: made.id }
    expect(await conversations.items.retrieve(first_id, at)).toEqual(data[0])
    expect(await conversations.items.delete(first_id, at)).toEqual(changed)
    await expect(conversations.items.retrieve(first_id, at)).rejects.toThrow(NotFoundError)
    await expect(conversations.items.delete(first_id, at)).rejects.toThrow(NotFoundError)
    scene.lab.script('edited', { text: 'ok' })
    await create('lab/edited', { input: 'three', conversation: made.id })
    expect(told('edited')).toEqual([['user: two', 'user: three']])
    const gone = await conversations.delete(made.id)
    expect(gone).toEqual({ id: made.id, object: 'conversation.deleted', deleted: true })
    await expect(conversations.retrieve(made.id)).rejects.toThrow(NotFoundError)
    await expect(conversations.items.list(made.id)).rejects.toThrow(NotFoundError)
    await expect(create('lab/edited', { input: 'x', conversation: made.id })).rejects.toThrow(NotFoundError)
  })

  test('is nobody else’s, and takes only what can be kept', async () => {
    const { id } = await openai.conversations.create()
    const other = clientOf((await scene.makeKey()).key)
    await expect(other.conversations.retrieve(id)).rejects.toThrow(NotFoundError)
    await expect(other.conversations.items.list(id)).rejects.toThrow(NotFoundError)
    await expect(create('lab/other', { input: 'x', conversation: id }, other)).rejects.toThrow(NotFoundError)
    const send = (path: string, body: Fields): ReturnType<typeof scene.client.send> =>
      scene.client.send(path, { method: 'POST', body: JSON.stringify(body) })
    const wrong = [
      await send('/v1/conversations', { metadata: { a: 1 } }),
      await send('/v1/conversations', { metadata: { a: 'x'.repeat(513) } }),
      await send(`/v1/conversations/${id}/items`, { items: [] }),
      await send(`/v1/conversations/${id}/items`, { items: [{ role: 'nobody', content: 'x' }] }),
    ]
    expect(wrong.map(({ status }) => status)).toEqual([400, 400, 400, 400])
    expect(pick(wrong[3]?.json, 'error', 'param')).toBe('items[0].role')
    const both = create('lab/other', {
      input: 'x',
      conversation: id,
      previous_response_id: `resp_${freshId()}`,
    })
    await expect(both).rejects.toThrow(BadRequestError)
  })
})

/** Polls, as clients of background responses do. */
const ended = (id: string): Promise<Created> =>
  until(`the end of ${id}`, async () => {
    const response = await openai.responses.retrieve(id)
    return response.status !== 'queued' && response.status !== 'in_progress' && response
  })
