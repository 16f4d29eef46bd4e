// The official `openai` client's chat completions against the gateway, with each vendor's wire behind it.
import OpenAI, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { z } from 'zod'
import type { Scene } from '../../lab/scene.ts'
import {
  CALL,
  CALLS,
  expectValid,
  GREETING,
  hungUp,
  LONG,
  PIXEL,
  sentTo,
  SUMMARY,
  THOUGHT,
  THOUGHTFUL,
  USAGE,
  watching,
  weather,
} from './scripts.ts'
import { type Notes, openTable } from './table.ts'
import { openClients, scripted, WIRES } from './wires.ts'

let scene: Scene
beforeAll(async () => void (scene = await openClients()))
afterAll(() => scene.stop())

const table = openTable('openai: chat completions', 1)

type Message = OpenAI.ChatCompletionMessageParam
type Body = OpenAI.ChatCompletionCreateParamsNonStreaming

const hello: Message[] = [{ role: 'user', content: 'Hello!' }]

const clientOf = (notes: Notes, apiKey = 'mk-local'): OpenAI =>
  new OpenAI({ baseURL: `${scene.gateway.url}/v1`, apiKey, maxRetries: 0, fetch: watching(notes) })

const create = (notes: Notes, body: Body): Promise<OpenAI.ChatCompletion> =>
  clientOf(notes).chat.completions.create(body)

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const tool: OpenAI.ChatCompletionFunctionTool = {
  type: 'function',
  function: { name: 'weather', description: 'The weather in a city', parameters },
}
const runnable = {
  type: 'function' as const,
  function: {
    name: 'weather',
    description: 'The weather in a city',
    parameters,
    parse: (text: string) => JSON.parse(text) as { city: string },
    function: ({ city }: { city: string }) => weather(city),
  },
}

const Event = z.object({
  name: z.string(),
  year: z.int(),
  tags: z.array(z.enum(['red', 'blue'])),
  place: z.object({ city: z.string() }).nullable(),
})
const EXAMPLE = { name: 'text', year: 7, tags: ['red'] }
const format = zodResponseFormat(Event, 'event')

/** The embedded model says in a 400 what it cannot do. */
async function refusedByMicro(notes: Notes, call: Promise<unknown>, why: RegExp): Promise<void> {
  await expect(call).rejects.toThrow(BadRequestError)
  await expect(call).rejects.toThrow(why)
  notes.refused(400, 'says what micro cannot do')
}

describe.each(WIRES)('over $id', (wire) => {
  const isMicro = wire.isOwn === true

  table.cell('answer', wire, async (name, notes) => {
    const model = scripted(scene, wire, name, { text: GREETING })
    const { choices } = await create(notes, { model, messages: hello })
    if (isMicro) return expect(choices[0]?.message.content?.length).toBeGreaterThan(3)
    expect(choices[0]?.message).toMatchObject({ role: 'assistant', content: GREETING })
    expect(choices[0]?.finish_reason).toBe('stop')
    expectValid(scene, name)
  })

  table.cell('usage', wire, async (name, notes) => {
    const { usage } = await create(notes, { model: scripted(scene, wire, name, USAGE), messages: hello })
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0))
    if (isMicro) return expect(usage?.completion_tokens).toBeGreaterThan(1)
    expect(usage).toMatchObject({
      prompt_tokens: 100,
      completion_tokens: 20,
      prompt_tokens_details: { cached_tokens: 40 },
      completion_tokens_details: { reasoning_tokens: 5 },
    })
  })

  table.cell('stream, with usage', wire, async (name, notes) => {
    const model = scripted(scene, wire, name, { ...USAGE, text: GREETING })
    const options = { include_usage: true }
    const runner = clientOf(notes).chat.completions.stream({
      model,
      messages: hello,
      stream_options: options,
    })
    const deltas: string[] = []
    runner.on('content.delta', ({ delta }) => deltas.push(delta))
    const { choices, usage } = await runner.finalChatCompletion()
    expect(deltas.join('')).toBe(choices[0]?.message.content)
    expect(deltas.length).toBeGreaterThan(1)
    if (isMicro) return expect(usage?.completion_tokens).toBeGreaterThan(1)
    expect(choices[0]?.message.content).toBe(GREETING)
    expect(usage).toMatchObject({ prompt_tokens: 100, completion_tokens: 20 })
    expectValid(scene, name)
  })

  table.cell('system and developer messages', wire, async (name, notes) => {
    const messages: Message[] = [
      { role: 'system', content: 'Answer in rhymes.' },
      { role: 'developer', content: 'Never mention the moon.' },
      ...hello,
    ]
    const { choices } = await create(notes, { model: scripted(scene, wire, name), messages })
    expect(choices[0]?.message.content).toBeTruthy()
    if (isMicro) return
    expect(sentTo(scene, name)[0]).toMatch(/Answer in rhymes\..*Never mention the moon\./)
    expectValid(scene, name)
  })

  table.cell('tools: call, result, answer', wire, async (name, notes) => {
    const model = scripted(scene, wire, name, CALL, SUMMARY)
    const body: Body = { model, messages: hello, tools: [tool], tool_choice: 'required' }
    if (isMicro) return refusedByMicro(notes, create(notes, body), /micro calls no tools/)
    const first = await create(notes, body)
    const [choice] = first.choices
    expect(choice?.finish_reason).toBe('tool_calls')
    const [call] = choice?.message.tool_calls ?? []
    expect(call).toMatchObject({
      type: 'function',
      function: { name: 'weather', arguments: '{"city":"Oslo"}' },
    })
    const messages: Message[] = [
      ...hello,
      choice?.message ?? { role: 'assistant' },
      { role: 'tool', tool_call_id: call?.id ?? '', content: 'rain' },
    ]
    const second = await create(notes, { model, messages, tools: [tool] })
    expect(second.choices[0]?.message.content).toBe(SUMMARY.text)
    expectValid(scene, name)
  })

  for (const stream of [false, true] as const) {
    table.cell(`runTools: parallel calls${stream ? ' in a stream' : ''}`, wire, async (name, notes) => {
      const model = scripted(scene, wire, name, CALLS, SUMMARY)
      const completions = clientOf(notes).chat.completions
      if (isMicro) {
        const body: Body = { model, messages: hello, tools: [tool], tool_choice: 'required' }
        return refusedByMicro(notes, create(notes, body), /micro calls no tools/)
      }
      const body = { model, messages: hello, tools: [runnable] }
      const runner = stream ? completions.runTools({ ...body, stream }) : completions.runTools(body)
      expect(await runner.finalContent()).toBe(SUMMARY.text)
      const results = runner.messages.flatMap(({ role, content }) => (role === 'tool' ? [content] : []))
      expect(results).toEqual(['rain', 'sun'])
      expectValid(scene, name)
    })
  }

  table.cell('parse with zod', wire, async (name, notes) => {
    const body = { model: scripted(scene, wire, name), messages: hello, response_format: format }
    const asked = clientOf(notes).chat.completions.parse(body)
    if (isMicro) return refusedByMicro(notes, asked, /plain text only/)
    expect((await asked).choices[0]?.message.parsed).toMatchObject(EXAMPLE)
    expectValid(scene, name)
  })

  table.cell('parse with zod in a stream', wire, async (name, notes) => {
    const body = { model: scripted(scene, wire, name), messages: hello, response_format: format }
    const asked = clientOf(notes).chat.completions.stream(body).finalChatCompletion()
    if (isMicro) return refusedByMicro(notes, asked, /plain text only/)
    expect((await asked).choices[0]?.message.parsed).toMatchObject(EXAMPLE)
    expectValid(scene, name)
  })

  table.cell('image', wire, async (name, notes) => {
    const url = `data:image/png;base64,${PIXEL}`
    const content = [
      { type: 'text' as const, text: 'What is this?' },
      { type: 'image_url' as const, image_url: { url } },
    ]
    const asked = create(notes, { model: scripted(scene, wire, name), messages: [{ role: 'user', content }] })
    if (isMicro) return refusedByMicro(notes, asked, /reads text only/)
    expect((await asked).choices[0]?.finish_reason).toBe('stop')
    expect(sentTo(scene, name)[0]).toContain(PIXEL)
    expectValid(scene, name)
  })

  table.cell('reasoning, whole and in a stream', wire, async (name, notes) => {
    const thinking = { text: 'Fine.', reasoning: THOUGHT }
    const model = scripted(scene, wire, name, thinking, thinking)
    const body: Body = { model, messages: hello, reasoning_effort: 'high' }
    const { choices } = await create(notes, body)
    expect(choices[0]?.message.content).toBeTruthy()
    if (isMicro) return
    expect(choices[0]?.message).toMatchObject({ content: 'Fine.', reasoning_content: THOUGHT })
    let thought = ''
    for await (const chunk of await clientOf(notes).chat.completions.create({ ...body, stream: true })) {
      thought += String(Reflect.get(chunk.choices[0]?.delta ?? {}, 'reasoning_content') ?? '')
    }
    expect(thought).toBe(THOUGHT)
    expectValid(scene, name)
  })

  for (const stream of [false, true] as const) {
    if (isMicro) continue
    table.cell(`thoughts through a tool turn${stream ? ' in a stream' : ''}`, wire, async (name, notes) => {
      const model = scripted(scene, wire, name, ...THOUGHTFUL)
      const completions = clientOf(notes).chat.completions
      const body = { model, messages: hello, tools: [runnable], reasoning_effort: 'high' as const }
      const runner = stream ? completions.runTools({ ...body, stream }) : completions.runTools(body)
      expect(await runner.finalContent()).toBe(SUMMARY.text)
      expectValid(scene, name)
    })
  }

  table.cell('stop sequence', wire, async (name, notes) => {
    const model = scripted(scene, wire, name, { text: 'one two END three' })
    const { choices } = await create(notes, { model, messages: hello, stop: ['END'] })
    expect(choices[0]?.finish_reason).toBe('stop')
    if (!isMicro) expect(choices[0]?.message.content).toMatch(/^one two/)
    if (!isMicro) expectValid(scene, name)
  })

  table.cell('length', wire, async (name, notes) => {
    const text = 'one two three four five six seven eight nine ten '.repeat(5)
    const model = scripted(scene, wire, name, { text })
    const { choices } = await create(notes, {
      model,
      messages: hello,
      max_completion_tokens: isMicro ? 2 : 20,
    })
    expect(choices[0]?.finish_reason).toBe('length')
    if (!isMicro) expect(choices[0]?.message.content?.split(' ')).toHaveLength(20)
    if (!isMicro) expectValid(scene, name)
  })

  table.cell('n = 2', wire, async (name, notes) => {
    const { choices } = await create(notes, { model: scripted(scene, wire, name), messages: hello, n: 2 })
    expect(choices.length).toBeGreaterThanOrEqual(1)
    notes.leftOut(choices.length === 2 ? null : 'n')
    expectValid(scene, name)
  })

  if (!isMicro)
    table.cell('refusal', wire, async (name, notes) => {
      const model = scripted(scene, wire, name, { refusal: 'I cannot help with that.' })
      const [choice] = (await create(notes, { model, messages: hello })).choices
      const isSaid =
        choice?.message.refusal === 'I cannot help with that.' || choice?.finish_reason === 'content_filter'
      expect(isSaid).toBe(true)
      expectValid(scene, name)
    })

  table.cell('errors: key 401, model 404, body 400', wire, async (name, notes) => {
    const model = wire.model(name)
    const wrongKey = clientOf(notes, 'mk-wrong').chat.completions.create({ model, messages: hello })
    await expect(wrongKey).rejects.toThrow(AuthenticationError)
    await expect(create(notes, { model: 'nothing-such', messages: hello })).rejects.toThrow(NotFoundError)
    const invalid = create(notes, { model, messages: [] })
    await expect(invalid).rejects.toThrow(BadRequestError)
    await expect(invalid).rejects.toMatchObject({ param: 'messages' })
    expect(scene.lab.seen(name)).toEqual([])
  })

  if (!isMicro) {
    table.cell("errors: the vendor's own", wire, async (name, notes) => {
      const model = scripted(
        scene,
        wire,
        name,
        { status: 400 },
        { status: 429 },
        { status: 500 },
        { status: 401 },
      )
      await expect(create(notes, { model, messages: hello })).rejects.toThrow(BadRequestError)
      await expect(create(notes, { model, messages: hello })).rejects.toThrow(RateLimitError)
      await expect(create(notes, { model, messages: hello })).rejects.toThrow(InternalServerError)
      await expect(create(notes, { model, messages: hello })).rejects.toMatchObject({ status: 502 })
    })

    table.cell('errors: in the middle of a stream', wire, async (name, notes) => {
      const model = scripted(scene, wire, name, { text: 'one two three four', failAt: 5 })
      let text = ''
      const read = async (): Promise<void> => {
        const stream = await clientOf(notes).chat.completions.create({ model, messages: hello, stream: true })
        for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
      }
      await expect(read()).rejects.toThrow(APIError)
      expect(text).toMatch(/^one/)
    })

    table.cell('abort', wire, async (name, notes) => {
      const model = scripted(scene, wire, name, LONG)
      const stream = await clientOf(notes).chat.completions.create({ model, messages: hello, stream: true })
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content) stream.controller.abort()
      await hungUp(scene, name)
    })
  }
})

table.compare()
