// The official `@anthropic-ai/sdk` client against the gateway, with each vendor's wire behind it.
import Anthropic, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from '@anthropic-ai/sdk'
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
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

const table = openTable('@anthropic-ai/sdk: messages', 3, () => stage)

type Body = Anthropic.MessageCreateParamsNonStreaming
type Message = Anthropic.MessageParam

const hello: Message[] = [{ role: 'user', content: 'Hello!' }]
const max_tokens = 4_096

const clientOf = (cell: Cell, apiKey = 'mk-local'): Anthropic =>
  new Anthropic({ baseURL: cell.url, apiKey, maxRetries: 0, fetch: cell.fetch })

const create = (cell: Cell, body: Body): Promise<Anthropic.Message> => clientOf(cell).messages.create(body)

const textOf = ({ content }: Anthropic.Message): string =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('')

const callsOf = ({ content }: Anthropic.Message): Anthropic.ToolUseBlock[] =>
  content.filter((block) => block.type === 'tool_use')

/** The turn that answers every call of a message. */
const resultsFor = (message: Anthropic.Message): Message => ({
  role: 'user',
  content: callsOf(message).map(({ id, input }) => ({
    type: 'tool_result',
    tool_use_id: id,
    content: weather(String(Reflect.get(Object(input), 'city'))),
  })),
})

const tool: Anthropic.Tool = {
  name: 'weather',
  description: 'The weather in a city',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}

const Place = z.object({ city: z.string(), size: z.int(), tags: z.array(z.enum(['red', 'blue'])) })

for (const wire of WIRES) {
  const isMicro = wire === micro

  table.cell('answer', wire, async (cell) => {
    const message = await create(cell, { model: cell.model({ text: GREETING }), max_tokens, messages: hello })
    expect(message).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' })
    if (isMicro) return expect(textOf(message).length).toBeGreaterThan(3)
    expect(textOf(message)).toBe(GREETING)
    cell.expectValid()
  })

  table.cell('usage', wire, async (cell) => {
    const { usage } = await create(cell, { model: cell.model(USAGE), max_tokens, messages: hello })
    if (isMicro) return expect(usage.output_tokens).toBeGreaterThan(1)
    expect(usage).toMatchObject({ input_tokens: 60, cache_read_input_tokens: 40, output_tokens: 20 })
  })

  table.cell('stream, with usage', wire, async (cell) => {
    const model = cell.model({ ...USAGE, text: GREETING })
    const stream = clientOf(cell).messages.stream({ model, max_tokens, messages: hello })
    const deltas: string[] = []
    stream.on('text', (delta) => deltas.push(delta))
    const message = await stream.finalMessage()
    expect(deltas.join('')).toBe(textOf(message))
    expect(deltas.length).toBeGreaterThan(1)
    if (isMicro) return expect(message.usage.output_tokens).toBeGreaterThan(1)
    expect(textOf(message)).toBe(GREETING)
    expect(message.usage).toMatchObject({ input_tokens: 60, cache_read_input_tokens: 40, output_tokens: 20 })
    cell.expectValid()
  })

  table.cell('the prompt is counted before the first word', wire, async (cell) => {
    const body = { model: cell.model(), max_tokens, messages: hello, stream: true as const }
    let counted = 0
    for await (const event of await clientOf(cell).messages.create(body)) {
      if (event.type === 'message_start') counted = event.message.usage.input_tokens
    }
    expect(counted).toBeGreaterThan(0)
  })

  table.cell('system prompt', wire, async (cell) => {
    const system = [
      { type: 'text' as const, text: 'Answer in rhymes.' },
      {
        type: 'text' as const,
        text: 'Never mention the moon.',
        cache_control: { type: 'ephemeral' as const },
      },
    ]
    const message = await create(cell, { model: cell.model(), max_tokens, system, messages: hello })
    expect(textOf(message)).toBeTruthy()
    if (isMicro) return
    expect(cell.sent(0)).toMatch(/Answer in rhymes\..*Never mention the moon\./)
    cell.expectValid()
  })

  table.cell('tools: call, result, answer', wire, async (cell) => {
    const body: Body = { model: cell.model(CALL, SUMMARY), max_tokens, messages: hello, tools: [tool] }
    const forced: Body = { ...body, tool_choice: { type: 'any' } }
    if (isMicro) return cell.refused(create(cell, forced), 400, /micro calls no tools/)
    const first = await create(cell, forced)
    expect(first.stop_reason).toBe('tool_use')
    expect(callsOf(first)).toMatchObject([{ name: 'weather', input: { city: 'Oslo' } }])
    const messages = [...hello, { role: 'assistant' as const, content: first.content }, resultsFor(first)]
    expect(textOf(await create(cell, { ...body, messages }))).toBe(SUMMARY.text)
    cell.expectValid()
  })

  if (!isMicro)
    table.cell('parallel calls beside text, in a stream', wire, async (cell) => {
      const model = cell.model({ ...CALLS, text: 'I look.' }, SUMMARY)
      const { messages } = clientOf(cell)
      const body: Body = { model, max_tokens, messages: hello, tools: [tool] }
      const first = await messages.stream(body).finalMessage()
      expect(textOf(first)).toBe('I look.')
      expect(callsOf(first).map(({ input }) => input)).toEqual([{ city: 'Oslo' }, { city: 'Rome' }])
      const turns = [...hello, { role: 'assistant' as const, content: first.content }, resultsFor(first)]
      expect(textOf(await messages.stream({ ...body, messages: turns }).finalMessage())).toBe(SUMMARY.text)
      cell.expectValid()
    })

  for (const stream of isMicro ? [] : [false, true]) {
    table.cell(`toolRunner${stream ? ' in a stream' : ''}`, wire, async (cell) => {
      const run = ({ city }: { city: string }): string => weather(city)
      const inputSchema = z.object({ city: z.string() })
      const runnable = betaZodTool({ name: 'weather', description: 'The weather', inputSchema, run })
      const body = { model: cell.model(CALLS, SUMMARY), max_tokens, messages: hello, tools: [runnable] }
      const { content } = await clientOf(cell)
        .beta.messages.toolRunner({ ...body, stream })
        .runUntilDone()
      expect(content).toMatchObject([{ type: 'text', text: SUMMARY.text }])
      expect(cell.sent(1)).toMatch(/rain.*sun/)
      cell.expectUnderstood()
    })
  }

  table.cell('parse with zod', wire, async (cell) => {
    const output_config = { format: zodOutputFormat(Place) }
    const body = { model: cell.model(), max_tokens, messages: hello, output_config }
    const asked = clientOf(cell).messages.parse(body)
    if (isMicro) return cell.refused(asked, 400, /micro answers in plain text only/)
    expect((await asked).parsed_output).toEqual({ city: 'text', size: 7, tags: ['red'] })
    cell.expectValid()
  })

  table.cell('image', wire, async (cell) => {
    const source = { type: 'base64' as const, media_type: 'image/png' as const, data: PIXEL }
    const content = [
      { type: 'image' as const, source },
      { type: 'text' as const, text: 'What is this?' },
    ]
    const asked = create(cell, { model: cell.model(), max_tokens, messages: [{ role: 'user', content }] })
    if (isMicro) return cell.refused(asked, 400, /micro reads text only/)
    expect((await asked).stop_reason).toBe('end_turn')
    expect(cell.sent(0)).toContain(PIXEL)
    cell.expectValid()
  })

  if (!isMicro)
    table.cell('thinking, whole and in a stream', wire, async (cell) => {
      const behaviour = { text: 'Fine.', reasoning: THOUGHT }
      const thinking = { type: 'enabled', budget_tokens: 2_048, display: 'summarized' } as const
      const body: Body = { model: cell.model(behaviour, behaviour), max_tokens, messages: hello, thinking }
      const whole = await create(cell, body)
      const streamed = await clientOf(cell).messages.stream(body).finalMessage()
      for (const message of [whole, streamed]) {
        const thoughts = message.content.map((block) => (block.type === 'thinking' ? block.thinking : ''))
        expect(message.content[0]?.type).toBe('thinking')
        expect(thoughts.join('')).toBe(THOUGHT)
        expect(textOf(message)).toBe('Fine.')
      }
      cell.expectValid()
    })

  for (const stream of isMicro ? [] : [false, true]) {
    table.cell(`thoughts through a tool turn${stream ? ' in a stream' : ''}`, wire, async (cell) => {
      const thinking = { type: 'enabled', budget_tokens: 2_048, display: 'summarized' } as const
      const body: Body = {
        model: cell.model(...THOUGHTFUL),
        max_tokens,
        messages: hello,
        tools: [tool],
        thinking,
      }
      const ask = (messages: Message[]): Promise<Anthropic.Message> =>
        stream
          ? clientOf(cell)
              .messages.stream({ ...body, messages })
              .finalMessage()
          : create(cell, { ...body, messages })
      const first = await ask(hello)
      const second = await ask([...hello, { role: 'assistant', content: first.content }, resultsFor(first)])
      expect(textOf(second)).toBe(SUMMARY.text)
      cell.expectProven()
    })
  }

  table.cell('stop sequence', wire, async (cell) => {
    const body = { model: cell.model({ text: 'one two END three' }), max_tokens, stop_sequences: ['END'] }
    const message = await create(cell, { ...body, messages: hello })
    expect(['stop_sequence', 'end_turn']).toContain(message.stop_reason)
    if (isMicro) return
    expect(textOf(message)).toMatch(/^one two/)
    cell.expectValid()
  })

  table.cell('length', wire, async (cell) => {
    const body = { model: cell.model(WORDY), max_tokens: isMicro ? 2 : 20 }
    const message = await create(cell, { ...body, messages: hello })
    expect(message.stop_reason).toBe('max_tokens')
    if (isMicro) return
    expect(textOf(message).split(' ')).toHaveLength(20)
    cell.expectValid()
  })

  if (!isMicro && wire !== workersAi)
    table.cell('refusal', wire, async (cell) => {
      const model = cell.model({ refusal: 'I cannot help with that.' })
      const message = await create(cell, { model, max_tokens, messages: hello })
      expect(message.stop_reason).toBe('refusal')
      cell.expectValid()
    })

  table.cell('countTokens', wire, async (cell) => {
    const body = { model: cell.model(), messages: hello, tools: [tool], system: 'Be brief.' }
    const { input_tokens } = await clientOf(cell).messages.countTokens(body)
    expect(input_tokens).toBeGreaterThan(5)
    cell.expectValid()
  })

  table.cell('errors: key 401, model 404, body 400', wire, async (cell) => {
    const model = cell.model()
    const wrongKey = clientOf(cell, 'mk-wrong').messages.create({ model, max_tokens, messages: hello })
    await expect(wrongKey).rejects.toThrow(AuthenticationError)
    await expect(wrongKey).rejects.toMatchObject({ type: 'authentication_error' })
    const unknown = create(cell, { model: 'nothing-such', max_tokens, messages: hello })
    await expect(unknown).rejects.toThrow(NotFoundError)
    await expect(unknown).rejects.toMatchObject({ type: 'not_found_error' })
    const invalid = create(cell, { model, max_tokens, messages: [] })
    await expect(invalid).rejects.toThrow(BadRequestError)
    await expect(invalid).rejects.toThrow(/messages/)
    expect(cell.seen()).toEqual([])
  })

  if (isMicro) continue

  table.cell("errors: the vendor's own", wire, async (cell) => {
    const model = cell.model({ status: 400 }, { status: 429 }, { status: 500 }, { status: 401 })
    const ask = (): Promise<unknown> => create(cell, { model, max_tokens, messages: hello })
    await expect(ask()).rejects.toThrow(BadRequestError)
    await expect(ask()).rejects.toThrow(wire === workersAi ? InternalServerError : RateLimitError)
    await expect(ask()).rejects.toThrow(InternalServerError)
    await expect(ask()).rejects.toMatchObject({ status: 502 })
  })

  table.cell('errors: in the middle of a stream', wire, async (cell) => {
    const model = cell.model({ text: 'one two three four five six seven eight nine ten', failAt: 5 })
    const stream = clientOf(cell).messages.stream({ model, max_tokens, messages: hello })
    let text = ''
    stream.on('text', (delta) => (text += delta))
    await expect(stream.finalMessage()).rejects.toThrow(APIError)
    expect(text).toMatch(/^one/)
  })

  table.cell('abort', wire, async (cell) => {
    const stream = clientOf(cell).messages.stream({
      model: cell.model(cell.long),
      max_tokens,
      messages: hello,
    })
    stream.on('text', () => stream.abort())
    await expect(stream.finalMessage()).rejects.toThrow(/abort/i)
    await cell.hungUp()
  })
}

table.compare()
