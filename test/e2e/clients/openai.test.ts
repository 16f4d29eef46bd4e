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
import { afterAll, beforeAll, expect } from 'vitest'
import { z } from 'zod'
import {
  CALL,
  CALLS,
  GREETING,
  PIXEL,
  SUMMARY,
  THOUGHT,
  THOUGHTFUL,
  USAGE,
  weather,
  WORDY,
} from './scripts.ts'
import { micro, openStage, type Stage, WIRES, workersAi } from '../../lab/stage.ts'
import { type Cell, openTable } from './table.ts'

let stage: Stage
beforeAll(async () => void (stage = await openStage()))
afterAll(() => stage.stop())

const table = openTable('openai: chat completions', 1, () => stage)

type Message = OpenAI.ChatCompletionMessageParam
type Body = OpenAI.ChatCompletionCreateParamsNonStreaming

const hello: Message[] = [{ role: 'user', content: 'Hello!' }]

const clientOf = (cell: Cell, apiKey = 'mk-local'): OpenAI =>
  new OpenAI({ baseURL: `${cell.url}/v1`, apiKey, maxRetries: 0, fetch: cell.fetch })

const create = (cell: Cell, body: Body): Promise<OpenAI.ChatCompletion> =>
  clientOf(cell).chat.completions.create(body)

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

for (const wire of WIRES) {
  const isMicro = wire === micro

  table.cell('answer', wire, async (cell) => {
    const model = cell.model({ text: GREETING })
    const { choices } = await create(cell, { model, messages: hello })
    if (isMicro) return expect(choices[0]?.message.content?.length).toBeGreaterThan(3)
    expect(choices[0]?.message).toMatchObject({ role: 'assistant', content: GREETING })
    expect(choices[0]?.finish_reason).toBe('stop')
    cell.expectValid()
  })

  table.cell('usage', wire, async (cell) => {
    const { usage } = await create(cell, { model: cell.model(USAGE), messages: hello })
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0))
    if (isMicro) return expect(usage?.completion_tokens).toBeGreaterThan(1)
    expect(usage).toMatchObject({
      prompt_tokens: 100,
      completion_tokens: 20,
      prompt_tokens_details: { cached_tokens: 40 },
      // Amazon does not say how many of them were thoughts.
      completion_tokens_details: { reasoning_tokens: wire.id === 'bedrock' ? 0 : 5 },
    })
  })

  table.cell('stream, with usage', wire, async (cell) => {
    const model = cell.model({ ...USAGE, text: GREETING })
    const options = { include_usage: true }
    const runner = clientOf(cell).chat.completions.stream({
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
    cell.expectValid()
  })

  table.cell('system and developer messages', wire, async (cell) => {
    const messages: Message[] = [
      { role: 'system', content: 'Answer in rhymes.' },
      { role: 'developer', content: 'Never mention the moon.' },
      ...hello,
    ]
    const { choices } = await create(cell, { model: cell.model(), messages })
    expect(choices[0]?.message.content).toBeTruthy()
    if (isMicro) return
    expect(cell.sent(0)).toMatch(/Answer in rhymes\..*Never mention the moon\./)
    cell.expectValid()
  })

  table.cell('tools: call, result, answer', wire, async (cell) => {
    const model = cell.model(CALL, SUMMARY)
    const body: Body = { model, messages: hello, tools: [tool], tool_choice: 'required' }
    if (isMicro) return cell.refused(create(cell, body), 400, /micro calls no tools/)
    const first = await create(cell, body)
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
    const second = await create(cell, { model, messages, tools: [tool] })
    expect(second.choices[0]?.message.content).toBe(SUMMARY.text)
    cell.expectValid()
  })

  for (const stream of [false, true] as const) {
    table.cell(`runTools: parallel calls${stream ? ' in a stream' : ''}`, wire, async (cell) => {
      const model = cell.model(CALLS, SUMMARY)
      const completions = clientOf(cell).chat.completions
      if (isMicro) {
        const body: Body = { model, messages: hello, tools: [tool], tool_choice: 'required' }
        return cell.refused(create(cell, body), 400, /micro calls no tools/)
      }
      const body = { model, messages: hello, tools: [runnable] }
      const runner = stream ? completions.runTools({ ...body, stream }) : completions.runTools(body)
      expect(await runner.finalContent()).toBe(SUMMARY.text)
      const results = runner.messages.flatMap(({ role, content }) => (role === 'tool' ? [content] : []))
      expect(results).toEqual(['rain', 'sun'])
      cell.expectValid()
    })
  }

  table.cell('parse with zod', wire, async (cell) => {
    const body = { model: cell.model(), messages: hello, response_format: format }
    const asked = clientOf(cell).chat.completions.parse(body)
    if (isMicro) return cell.refused(asked, 400, /micro answers in plain text only/)
    expect((await asked).choices[0]?.message.parsed).toMatchObject(EXAMPLE)
    cell.expectValid()
  })

  table.cell('parse with zod in a stream', wire, async (cell) => {
    const body = { model: cell.model(), messages: hello, response_format: format }
    const asked = clientOf(cell).chat.completions.stream(body).finalChatCompletion()
    if (isMicro) return cell.refused(asked, 400, /micro answers in plain text only/)
    expect((await asked).choices[0]?.message.parsed).toMatchObject(EXAMPLE)
    cell.expectValid()
  })

  table.cell('image', wire, async (cell) => {
    const url = `data:image/png;base64,${PIXEL}`
    const content = [
      { type: 'text' as const, text: 'What is this?' },
      { type: 'image_url' as const, image_url: { url } },
    ]
    const asked = create(cell, { model: cell.model(), messages: [{ role: 'user', content }] })
    if (isMicro) return cell.refused(asked, 400, /micro reads text only/)
    expect((await asked).choices[0]?.finish_reason).toBe('stop')
    expect(cell.sent(0)).toContain(PIXEL)
    cell.expectValid()
  })

  table.cell('reasoning, whole and in a stream', wire, async (cell) => {
    const thinking = { text: 'Fine.', reasoning: THOUGHT }
    const model = cell.model(thinking, thinking)
    const body = { model, messages: hello, reasoning_effort: 'high' as const, include_reasoning: true }
    const { choices } = await create(cell, body)
    expect(choices[0]?.message.content).toBeTruthy()
    if (isMicro) return
    expect(choices[0]?.message).toMatchObject({ content: 'Fine.', reasoning_content: THOUGHT })
    let thought = ''
    for await (const chunk of await clientOf(cell).chat.completions.create({ ...body, stream: true })) {
      thought += String(Reflect.get(chunk.choices[0]?.delta ?? {}, 'reasoning_content') ?? '')
    }
    expect(thought).toBe(THOUGHT)
    cell.expectUnderstood()
  })

  for (const stream of [false, true] as const) {
    if (isMicro) continue
    table.cell(`thoughts through a tool turn${stream ? ' in a stream' : ''}`, wire, async (cell) => {
      const model = cell.model(...THOUGHTFUL)
      const { chat } = clientOf(cell)
      const ask = async (messages: Message[]): Promise<OpenAI.ChatCompletionMessage | undefined> => {
        const body = { model, messages, tools: [tool], reasoning_effort: 'high' as const }
        const reply = stream
          ? await chat.completions.stream(body).finalChatCompletion()
          : await chat.completions.create(body)
        return reply.choices[0]?.message
      }
      const first = await ask(hello)
      const [call] = first?.tool_calls ?? []
      const result: Message = { role: 'tool', tool_call_id: call?.id ?? '', content: 'rain' }
      const second = await ask([...hello, first ?? { role: 'assistant' }, result])
      expect(second?.content).toBe(SUMMARY.text)
      cell.expectProven()
    })
  }

  // This helper sends only what it knows of a message, so what proves the thoughts is lost on the way.
  if (!isMicro)
    table.cell('runTools while thinking', wire, async (cell) => {
      const body = { model: cell.model(...THOUGHTFUL), messages: hello, tools: [runnable] }
      const runner = clientOf(cell).chat.completions.runTools({ ...body, reasoning_effort: 'high' })
      expect(await runner.finalContent()).toBe(SUMMARY.text)
      cell.expectValid()
    })

  table.cell('stop sequence', wire, async (cell) => {
    const model = cell.model({ text: 'one two END three' })
    const { choices } = await create(cell, { model, messages: hello, stop: ['END'] })
    expect(choices[0]?.finish_reason).toBe('stop')
    if (!isMicro) expect(choices[0]?.message.content).toMatch(/^one two/)
    if (!isMicro) cell.expectValid()
  })

  table.cell('length', wire, async (cell) => {
    const model = cell.model(WORDY)
    const { choices } = await create(cell, {
      model,
      messages: hello,
      max_completion_tokens: isMicro ? 2 : 20,
    })
    expect(choices[0]?.finish_reason).toBe('length')
    if (!isMicro) expect(choices[0]?.message.content?.split(' ')).toHaveLength(20)
    if (!isMicro) cell.expectValid()
  })

  table.cell('n = 2', wire, async (cell) => {
    const { choices } = await create(cell, { model: cell.model(), messages: hello, n: 2 })
    expect(choices.length).toBeGreaterThanOrEqual(1)
    cell.leftOut(choices.length === 2 ? '' : 'n')
    cell.expectValid()
  })

  if (!isMicro && wire !== workersAi)
    table.cell('refusal', wire, async (cell) => {
      const model = cell.model({ refusal: 'I cannot help with that.' })
      const [choice] = (await create(cell, { model, messages: hello })).choices
      const isSaid =
        choice?.message.refusal === 'I cannot help with that.' || choice?.finish_reason === 'content_filter'
      expect(isSaid).toBe(true)
      cell.expectValid()
    })

  table.cell('errors: key 401, model 404, body 400', wire, async (cell) => {
    const model = cell.model()
    const wrongKey = clientOf(cell, 'mk-wrong').chat.completions.create({ model, messages: hello })
    await expect(wrongKey).rejects.toThrow(AuthenticationError)
    await expect(create(cell, { model: 'nothing-such', messages: hello })).rejects.toThrow(NotFoundError)
    const invalid = create(cell, { model, messages: [] })
    await expect(invalid).rejects.toThrow(BadRequestError)
    await expect(invalid).rejects.toMatchObject({ param: 'messages' })
    expect(cell.seen()).toEqual([])
  })

  if (!isMicro) {
    table.cell("errors: the vendor's own", wire, async (cell) => {
      const model = cell.model({ status: 400 }, { status: 429 }, { status: 500 }, { status: 401 })
      await expect(create(cell, { model, messages: hello })).rejects.toThrow(BadRequestError)
      // Workers AI's own 429 says that it has no capacity, not that the caller asks too often.
      const busy = wire === workersAi ? InternalServerError : RateLimitError
      await expect(create(cell, { model, messages: hello })).rejects.toThrow(busy)
      await expect(create(cell, { model, messages: hello })).rejects.toThrow(InternalServerError)
      await expect(create(cell, { model, messages: hello })).rejects.toMatchObject({ status: 502 })
    })

    table.cell('errors: in the middle of a stream', wire, async (cell) => {
      const model = cell.model({ text: 'one two three four five six seven eight nine ten', failAt: 5 })
      let text = ''
      const read = async (): Promise<void> => {
        const stream = await clientOf(cell).chat.completions.create({ model, messages: hello, stream: true })
        for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
      }
      await expect(read()).rejects.toThrow(APIError)
      expect(text).toMatch(/^one/)
    })

    table.cell('abort', wire, async (cell) => {
      const model = cell.model(cell.long)
      const stream = await clientOf(cell).chat.completions.create({ model, messages: hello, stream: true })
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content) stream.controller.abort()
      await cell.hungUp()
    })
  }
}

table.compare()
