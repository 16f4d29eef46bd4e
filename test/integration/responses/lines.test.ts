// Responses that go on from each other: what the model is told, over every wire.
import { afterAll, describe, expect, test } from 'vitest'
import { type Body, openTalk, resultsFor, weather } from './talk.ts'

const { scene, openai, create, stream, told } = await openTalk()
afterAll(() => scene.stop())

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
})
