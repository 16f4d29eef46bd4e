// Conversations of the Responses API: joined by responses, one at a time, and their items.
import { BadRequestError, NotFoundError } from 'openai'
import { afterAll, describe, expect, test } from 'vitest'
import { type Fields, pick } from '../../lab/client.ts'
import { freshId } from '../../lab/scene.ts'
import { until } from '../../lab/until.ts'
import { openTalk, textIn } from './talk.ts'

const { scene, openai, clientOf, create, stream, told, ended } = await openTalk()
afterAll(() => scene.stop())

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
    scene.lab.script('leaving', { text: 'word '.repeat(5_000), everyMs: 20 }, { text: 'fine' })
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

  test('that is deleted while somebody speaks in it tells the response to its end, and keeps nothing of it', async () => {
    scene.lab.script('vanished', { text: 'an answer', headAfterMs: 300 })
    const { id } = await openai.conversations.create()
    const asked = create('lab/vanished', { input: 'one', conversation: id })
    await until('the question upstream', () => scene.lab.seen('vanished').length === 1)
    await openai.conversations.delete(id)
    const { id: responseId, output_text: text } = await asked
    expect(text).toBe('an answer')
    await expect(openai.conversations.items.list(id)).rejects.toThrow(NotFoundError)
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
