// What is kept of a response: who may see it, how it is listed, found and deleted, and how it ended.
import OpenAI, { BadRequestError, NotFoundError } from 'openai'
import { afterAll, describe, expect, test } from 'vitest'
import { type Fields, pick } from '../../lab/client.ts'
import { openScene } from '../../lab/scene.ts'
import { until } from '../../lab/until.ts'
import { type Body, openTalk, resultsFor, textIn, weather } from './talk.ts'

const { scene, openai, clientOf, create, stream, told } = await openTalk()
afterAll(() => scene.stop())

describe.concurrent('a response', () => {
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

  test('of a vendor with two wires is made on its own, and loses nothing there', async () => {
    const body: Body = {
      input: 'one',
      text: { verbosity: 'low' },
      tools: [{ type: 'web_search' }, weather],
      prompt_cache_key: 'mine',
    }
    const { data, response } = await openai.responses
      .create({ model: 'both/gpt-5.2-own', ...body })
      .withResponse()
    expect(response.headers.get('x-minnow-dropped')).toBeNull()
    await create('both/gpt-5.2-own', { input: 'two', previous_response_id: data.id })
    await openai.chat.completions.create({
      model: 'both/gpt-5.2-own',
      messages: [{ role: 'user', content: 'three' }],
    })
    const seen = scene.lab.seen('gpt-5.2-own')
    expect(seen.map(({ path }) => path)).toEqual(['/v1/responses', '/v1/responses', '/v1/chat/completions'])
    expect(seen[0]?.body).toMatchObject({ text: body.text, tools: body.tools, prompt_cache_key: 'mine' })
    expect(seen[1]?.text).toContain('one')
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

  test('of a vendor of the same dialect is kept as it was told, whole, streamed or cut off', async () => {
    const model = 'gpt-5.2-same'
    scene.lab.script(
      model,
      { text: 'one' },
      { text: 'two' },
      { text: 'three four five six', cutAfter: 9, cut: 'reset' },
    )
    const whole = await create(`responses/${model}`, { input: 'a' })
    expect(whole.id).toMatch(/^resp_[0-9a-f]{40}$/)
    expect(await openai.responses.retrieve(whole.id)).toEqual(whole)
    const streamed = await stream(`responses/${model}`, { input: 'b', previous_response_id: whole.id })
    const { output_text: said, ...same } = await openai.responses.retrieve(streamed.id)
    expect(same).toEqual(streamed)
    expect(said).toBe('two')
    let id = ''
    const read = async (): Promise<void> => {
      const body = { model: `responses/${model}`, input: 'c', previous_response_id: streamed.id }
      const events = await openai.responses.create({ ...body, stream: true })
      for await (const event of events) if (event.type === 'response.created') ({ id } = event.response)
    }
    await expect(read()).rejects.toThrow()
    const broken = await openai.responses.retrieve(id)
    expect([broken.status, broken.previous_response_id]).toEqual(['failed', streamed.id])
    expect(broken.output_text).toMatch(/^three/)
  })

  test('whose client left is kept as cancelled, with what there was of it', async () => {
    scene.lab.script('left', { text: 'word '.repeat(5_000), everyMs: 20 })
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

  test('is still there after a restart', { timeout: 240_000 }, async () => {
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
