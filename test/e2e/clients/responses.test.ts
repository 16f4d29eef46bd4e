// The official `openai` client's responses against the gateway, with each vendor's wire behind it.
import OpenAI, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai'
import { zodTextFormat } from 'openai/helpers/zod'
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

const table = openTable('openai: responses', 2, () => stage)

type Body = OpenAI.Responses.ResponseCreateParamsNonStreaming
type Input = OpenAI.Responses.ResponseInputItem
type Reply = OpenAI.Responses.Response

const hello: Input[] = [{ role: 'user', content: 'Hello!' }]

const clientOf = (cell: Cell, apiKey = 'mk-local'): OpenAI =>
  new OpenAI({ baseURL: `${cell.url}/v1`, apiKey, maxRetries: 0, fetch: cell.fetch })

const create = (cell: Cell, body: Body): Promise<Reply> => clientOf(cell).responses.create(body)

const tool: OpenAI.Responses.FunctionTool = {
  type: 'function',
  name: 'weather',
  description: 'The weather in a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  strict: false,
}

const callsIn = ({ output }: Reply): OpenAI.Responses.ResponseFunctionToolCall[] =>
  output.filter((item) => item.type === 'function_call')

/** The items of an answer as a client sends them back, and the result of every call in it. */
const answered = (reply: Reply): Input[] => [...(reply.output as Input[]), ...resultsFor(reply)]

const resultsFor = (reply: Reply): Input[] =>
  callsIn(reply).map(({ call_id, arguments: json }) => ({
    type: 'function_call_output',
    call_id,
    output: weather((JSON.parse(json) as { city: string }).city),
  }))

const Place = z.object({ city: z.string(), size: z.int(), tags: z.array(z.enum(['red', 'blue'])) })
const format = zodTextFormat(Place, 'place')
const PLACE = { city: 'text', size: 7, tags: ['red'] }

for (const wire of WIRES) {
  const isMicro = wire === micro

  table.cell('answer', wire, async (cell) => {
    const reply = await create(cell, { model: cell.model({ text: GREETING }), input: 'Hello!' })
    expect(reply).toMatchObject({ object: 'response', status: 'completed', error: null })
    if (isMicro) return expect(reply.output_text.length).toBeGreaterThan(3)
    expect(reply.output_text).toBe(GREETING)
    cell.expectValid()
  })

  table.cell('usage', wire, async (cell) => {
    const { usage } = await create(cell, { model: cell.model(USAGE), input: hello })
    if (isMicro) return expect(usage?.output_tokens).toBeGreaterThan(1)
    expect(usage).toMatchObject({
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 40 },
      output_tokens: 20,
      total_tokens: 120,
    })
  })

  table.cell('stream, events in order', wire, async (cell) => {
    const model = cell.model({ ...USAGE, text: GREETING })
    const numbers: number[] = []
    const types: string[] = []
    let text = ''
    for await (const event of await clientOf(cell).responses.create({ model, input: hello, stream: true })) {
      numbers.push(event.sequence_number)
      types.push(event.type)
      if (event.type === 'response.output_text.delta') text += event.delta
    }
    expect(numbers).toEqual(numbers.map((_, at) => at))
    expect(types.slice(0, 2)).toEqual(['response.created', 'response.in_progress'])
    expect(types.at(-1)).toBe('response.completed')
    expect(types.filter((type) => type === 'response.output_text.delta').length).toBeGreaterThan(1)
    if (!isMicro) expect(text).toBe(GREETING)
    cell.expectValid()
  })

  table.cell('stream helper, with usage', wire, async (cell) => {
    const model = cell.model({ ...USAGE, text: GREETING })
    const reply = await clientOf(cell).responses.stream({ model, input: hello }).finalResponse()
    if (isMicro) return expect(reply.usage?.output_tokens).toBeGreaterThan(1)
    expect(reply.output_text).toBe(GREETING)
    expect(reply.usage).toMatchObject({ input_tokens: 100, output_tokens: 20 })
  })

  table.cell('instructions', wire, async (cell) => {
    const body: Body = { model: cell.model(), input: hello, instructions: 'Answer in rhymes.' }
    expect((await create(cell, body)).output_text).toBeTruthy()
    if (isMicro) return
    expect(cell.sent(0)).toContain('Answer in rhymes.')
    cell.expectValid()
  })

  table.cell('tools: call, output, answer', wire, async (cell) => {
    const body: Body = { model: cell.model(CALL, SUMMARY), input: hello, tools: [tool] }
    const forced: Body = { ...body, tool_choice: 'required' }
    if (isMicro) return cell.refused(create(cell, forced), 400, /micro calls no tools/)
    const first = await create(cell, forced)
    expect(callsIn(first)).toMatchObject([{ name: 'weather', arguments: '{"city":"Oslo"}' }])
    const second = await create(cell, { ...body, input: [...hello, ...answered(first)] })
    expect(second.output_text).toBe(SUMMARY.text)
    cell.expectValid()
  })

  if (!isMicro) {
    table.cell('parallel calls beside text, in a stream', wire, async (cell) => {
      const model = cell.model({ ...CALLS, text: 'I look.' }, SUMMARY)
      const { responses } = clientOf(cell)
      const first = await responses.stream({ model, input: hello, tools: [tool] }).finalResponse()
      expect(first.output_text).toBe('I look.')
      expect(callsIn(first).map((call) => call.arguments)).toEqual(['{"city":"Oslo"}', '{"city":"Rome"}'])
      const input = [...hello, ...answered(first)]
      const second = await responses.stream({ model, input, tools: [tool] }).finalResponse()
      expect(second.output_text).toBe(SUMMARY.text)
      cell.expectUnderstood() // the helper's own marks go with what it sends back
    })

    table.cell('previous_response_id through a tool turn', wire, async (cell) => {
      const body: Body = { model: cell.model(...THOUGHTFUL), input: hello, tools: [tool] }
      const reasoning = { effort: 'high', summary: 'auto' } as const
      const first = await create(cell, { ...body, reasoning })
      const input = resultsFor(first)
      const second = await create(cell, { ...body, reasoning, input, previous_response_id: first.id })
      expect(second.output_text).toBe(SUMMARY.text)
      cell.expectProven()
    })
  }

  table.cell('parse with zod', wire, async (cell) => {
    const body = { model: cell.model(), input: hello, text: { format } }
    const asked = clientOf(cell).responses.parse(body)
    if (isMicro) return cell.refused(asked, 400, /micro answers in plain text only/)
    expect((await asked).output_parsed).toEqual(PLACE)
    cell.expectValid()
  })

  table.cell('parse with zod in a stream', wire, async (cell) => {
    const body = { model: cell.model(), input: hello, text: { format } }
    const asked = clientOf(cell).responses.stream(body).finalResponse()
    if (isMicro) return cell.refused(asked, 400, /micro answers in plain text only/)
    expect((await asked).output_parsed).toEqual(PLACE)
    cell.expectValid()
  })

  table.cell('image', wire, async (cell) => {
    const image_url = `data:image/png;base64,${PIXEL}`
    const content: OpenAI.Responses.ResponseInputContent[] = [
      { type: 'input_text', text: 'What is this?' },
      { type: 'input_image', image_url, detail: 'auto' },
    ]
    const asked = create(cell, { model: cell.model(), input: [{ role: 'user', content }] })
    if (isMicro) return cell.refused(asked, 400, /micro reads text only/)
    expect((await asked).status).toBe('completed')
    expect(cell.sent(0)).toContain(PIXEL)
    cell.expectValid()
  })

  if (!isMicro)
    table.cell('reasoning summary, whole and in a stream', wire, async (cell) => {
      const behaviour = { text: 'Fine.', reasoning: THOUGHT }
      const reasoning = { effort: 'high', summary: 'auto' } as const
      const body = { model: cell.model(behaviour, behaviour), input: hello, reasoning }
      const whole = await create(cell, body)
      const streamed = await clientOf(cell).responses.stream(body).finalResponse()
      for (const { output, output_text } of [whole, streamed]) {
        const summaries = output.flatMap((item) => (item.type === 'reasoning' ? item.summary : []))
        expect(summaries.map(({ text }) => text).join('')).toBe(THOUGHT)
        expect(output_text).toBe('Fine.')
      }
      cell.expectValid()
    })

  for (const stream of isMicro ? [] : [false, true]) {
    table.cell(`thoughts through a tool turn${stream ? ' in a stream' : ''}`, wire, async (cell) => {
      const body = {
        model: cell.model(...THOUGHTFUL),
        tools: [tool],
        store: false,
        include: ['reasoning.encrypted_content' as const],
        reasoning: { effort: 'high', summary: 'auto' } as const,
      }
      const ask = (input: Input[]): Promise<Reply> =>
        stream
          ? clientOf(cell)
              .responses.stream({ ...body, input })
              .finalResponse()
          : create(cell, { ...body, input })
      const first = await ask(hello)
      const second = await ask([...hello, ...answered(first)])
      expect(second.output_text).toBe(SUMMARY.text)
      cell.expectProven()
    })
  }

  table.cell('length', wire, async (cell) => {
    const reply = await create(cell, {
      model: cell.model(WORDY),
      input: hello,
      max_output_tokens: isMicro ? 2 : 20,
    })
    expect(reply).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } })
    if (isMicro) return
    expect(reply.output_text.split(' ')).toHaveLength(20)
    cell.expectValid()
  })

  if (!isMicro && wire !== workersAi)
    table.cell('refusal', wire, async (cell) => {
      const reply = await create(cell, {
        model: cell.model({ refusal: 'I cannot help with that.' }),
        input: hello,
      })
      const parts = reply.output.flatMap((item) => (item.type === 'message' ? item.content : []))
      const isRefused = parts.some(({ type }) => type === 'refusal')
      expect(isRefused || reply.incomplete_details?.reason === 'content_filter').toBe(true)
      cell.expectValid()
    })

  table.cell('retrieve, its input items, delete', wire, async (cell) => {
    const { responses } = clientOf(cell)
    const { id, output_text } = await create(cell, {
      model: cell.model({ text: GREETING }),
      input: 'Remember me.',
    })
    expect((await responses.retrieve(id)).output_text).toBe(output_text)
    const { data } = await responses.inputItems.list(id)
    expect(JSON.stringify(data)).toContain('Remember me.')
    await responses.delete(id)
    await expect(responses.retrieve(id)).rejects.toThrow(NotFoundError)
  })

  table.cell('errors: key 401, model 404, body 400', wire, async (cell) => {
    const model = cell.model()
    const wrongKey = clientOf(cell, 'mk-wrong').responses.create({ model, input: 'Hi' })
    await expect(wrongKey).rejects.toThrow(AuthenticationError)
    await expect(create(cell, { model: 'nothing-such', input: 'Hi' })).rejects.toThrow(NotFoundError)
    await expect(create(cell, { model, input: [] })).rejects.toThrow(BadRequestError)
    expect(cell.seen()).toEqual([])
  })

  if (isMicro) continue

  table.cell("errors: the vendor's own", wire, async (cell) => {
    const model = cell.model({ status: 400 }, { status: 429 }, { status: 500 }, { status: 401 })
    const ask = (): Promise<unknown> => create(cell, { model, input: 'Hi' })
    await expect(ask()).rejects.toThrow(BadRequestError)
    await expect(ask()).rejects.toThrow(wire === workersAi ? InternalServerError : RateLimitError)
    await expect(ask()).rejects.toThrow(InternalServerError)
    await expect(ask()).rejects.toMatchObject({ status: 502 })
  })

  table.cell('errors: in the middle of a stream', wire, async (cell) => {
    const model = cell.model({ text: 'one two three four five six seven eight nine ten', failAt: 7 })
    let text = ''
    const ends: string[] = []
    const read = async (): Promise<void> => {
      for await (const event of await clientOf(cell).responses.create({ model, input: 'Hi', stream: true })) {
        if (event.type === 'response.output_text.delta') text += event.delta
        if (event.type === 'response.failed' || event.type === 'response.completed') ends.push(event.type)
      }
    }
    await expect(read()).rejects.toThrow(APIError)
    expect(text).toMatch(/^one/)
    expect(ends).not.toContain('response.completed')
  })

  table.cell('abort', wire, async (cell) => {
    const stream = await clientOf(cell).responses.create({
      model: cell.model(cell.long),
      input: 'Hi',
      stream: true,
    })
    for await (const event of stream)
      if (event.type === 'response.output_text.delta') stream.controller.abort()
    await cell.hungUp()
  })
}

table.compare()
