// LangChain's `ChatOpenAI` against the gateway, over chat completions and over responses, with each vendor's wire
// behind it.
import {
  type AIMessage,
  type AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { ChatOpenAI, type ChatOpenAIFields } from '@langchain/openai'
import { afterAll, beforeAll, expect } from 'vitest'
import { z } from 'zod'
import { CALL, CALLS, GREETING, PIXEL, SUMMARY, THOUGHTFUL, USAGE, weather, WORDY } from './scripts.ts'
import { micro, openStage, type Stage, WIRES } from '../../lab/stage.ts'
import { type Cell, openTable } from './table.ts'

let stage: Stage
beforeAll(async () => void (stage = await openStage()))
afterAll(() => stage.stop())

const hello = new HumanMessage('Hello!')

const weatherTool = tool(({ city }: { city: string }) => weather(city), {
  name: 'weather',
  description: 'The weather in a city',
  schema: z.object({ city: z.string() }),
})

const Place = z.object({ city: z.string(), size: z.int(), tags: z.array(z.enum(['red', 'blue'])) })

const PLACE = { city: 'text', size: 7, tags: ['red'] }

const several: unknown = expect.toSatisfy((count: number) => count > 1)

/** Runs the calls of an answer. */
const resultsFor = async ({ tool_calls: calls = [] }: AIMessage): Promise<ToolMessage[]> =>
  Promise.all(
    calls.map(async ({ id = '', args }) => {
      const content = await weatherTool.invoke(args as { city: string })
      return new ToolMessage({ content, tool_call_id: id })
    }),
  )

/** The chunks of a stream as LangChain puts them together. */
async function gather(
  stream: AsyncIterable<AIMessageChunk>,
): Promise<{ whole: AIMessageChunk; chunks: number }> {
  let whole: AIMessageChunk | undefined
  let chunks = 0
  for await (const chunk of stream) {
    chunks += 1
    whole = whole?.concat(chunk) ?? chunk
  }
  if (whole === undefined) throw new Error('an empty stream')
  return { whole, chunks }
}

const ways = [
  { table: openTable('LangChain: ChatOpenAI, chat completions', 9, () => stage), useResponsesApi: false },
  { table: openTable('LangChain: ChatOpenAI, responses', 10, () => stage), useResponsesApi: true },
]

for (const { table, useResponsesApi } of ways) {
  const open = (cell: Cell, model: string, more: ChatOpenAIFields = {}): ChatOpenAI =>
    new ChatOpenAI({
      model,
      useResponsesApi,
      apiKey: 'mk-local',
      maxRetries: 0,
      configuration: { baseURL: `${cell.url}/v1`, fetch: cell.fetch },
      ...more,
    })

  for (const wire of WIRES) {
    const isMicro = wire === micro

    table.cell('invoke', wire, async (cell) => {
      const { text } = await open(cell, cell.model({ text: GREETING })).invoke('Hello!')
      if (isMicro) return expect(text.length).toBeGreaterThan(3)
      expect(text).toBe(GREETING)
      cell.expectUnderstood()
    })

    table.cell('usage', wire, async (cell) => {
      const reply: AIMessage = await open(cell, cell.model(USAGE)).invoke('Hello!')
      const usage = reply.usage_metadata
      if (isMicro) return expect(usage).toMatchObject({ output_tokens: several })
      expect(usage).toMatchObject({ input_tokens: 100, output_tokens: 20, total_tokens: 120 })
      expect(usage).toMatchObject({ input_token_details: { cache_read: 40 } })
    })

    table.cell('stream, with usage', wire, async (cell) => {
      const model = open(cell, cell.model({ ...USAGE, text: GREETING }))
      const { whole, chunks } = await gather(await model.stream('Hello!'))
      expect(chunks).toBeGreaterThan(2)
      if (isMicro) return expect(whole.usage_metadata).toMatchObject({ output_tokens: several })
      expect(whole.text).toBe(GREETING)
      expect(whole.usage_metadata).toMatchObject({ input_tokens: 100, output_tokens: 20 })
      cell.expectUnderstood()
    })

    table.cell('system message', wire, async (cell) => {
      const messages = [new SystemMessage('Answer in rhymes.'), hello]
      expect((await open(cell, cell.model()).invoke(messages)).text).toBeTruthy()
      if (isMicro) return
      expect(cell.sent(0)).toContain('Answer in rhymes.')
      cell.expectUnderstood()
    })

    table.cell('bindTools: call, result, answer', wire, async (cell) => {
      const model = open(cell, cell.model(CALL, SUMMARY))
      const asked = model.bindTools([weatherTool], { tool_choice: 'weather' }).invoke([hello])
      if (isMicro) return cell.refused(asked, 400, /micro calls no tools/)
      const first = await asked
      expect(first.tool_calls).toMatchObject([{ name: 'weather', args: { city: 'Oslo' } }])
      const messages: BaseMessage[] = [hello, first, ...(await resultsFor(first))]
      expect((await model.bindTools([weatherTool]).invoke(messages)).text).toBe(SUMMARY.text)
      cell.expectUnderstood()
    })

    if (!isMicro)
      table.cell('parallel calls beside text, in a stream', wire, async (cell) => {
        const model = open(cell, cell.model({ ...CALLS, text: 'I look.' }, SUMMARY)).bindTools([weatherTool])
        const { whole: first } = await gather(await model.stream([hello]))
        expect(first.text).toBe('I look.')
        expect(first.tool_calls?.map(({ args }) => args)).toEqual([{ city: 'Oslo' }, { city: 'Rome' }])
        const messages: BaseMessage[] = [hello, first, ...(await resultsFor(first))]
        expect((await gather(await model.stream(messages))).whole.text).toBe(SUMMARY.text)
        cell.expectUnderstood()
      })

    for (const method of ['jsonSchema', 'functionCalling'] as const) {
      table.cell(`withStructuredOutput, ${method}`, wire, async (cell) => {
        // A model that cannot be made to call a tool must want to.
        const script =
          method === 'functionCalling' ? [{ toolCalls: [{ name: 'extract', arguments: PLACE }] }] : []
        const model = open(cell, cell.model(...script)).withStructuredOutput(Place, { method })
        const asked = model.invoke('Hello!')
        if (isMicro) return cell.refused(asked, 400, /micro (?:calls no tools|answers in plain text only)/)
        expect(await asked).toEqual(PLACE)
        cell.expectUnderstood()
      })
    }

    table.cell('image', wire, async (cell) => {
      const content = [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } },
      ]
      const asked = open(cell, cell.model()).invoke([new HumanMessage({ content })])
      if (isMicro) return cell.refused(asked, 400, /micro reads text only/)
      expect((await asked).text).toBeTruthy()
      expect(cell.sent(0)).toContain(PIXEL)
      cell.expectUnderstood()
    })

    for (const isStream of isMicro ? [] : [false, true]) {
      table.cell(`tools while thinking${isStream ? ', in a stream' : ''}`, wire, async (cell) => {
        // It asks only models for thoughts whose names begin as OpenAI's own do, so they are asked for by hand.
        const include = ['reasoning.encrypted_content']
        const thinking: ChatOpenAIFields = useResponsesApi
          ? { modelKwargs: { reasoning: { effort: 'high', summary: 'auto' }, include, store: false } }
          : { modelKwargs: { reasoning_effort: 'high' } }
        const model = open(cell, cell.model(...THOUGHTFUL), thinking).bindTools([weatherTool])
        const ask = async (messages: BaseMessage[]): Promise<AIMessage> =>
          isStream ? (await gather(await model.stream(messages))).whole : model.invoke(messages)
        const first = await ask([hello])
        const second = await ask([hello, first, ...(await resultsFor(first))])
        expect(second.text).toBe(SUMMARY.text)
        if (useResponsesApi) cell.expectProven()
        else cell.expectUnderstood()
      })
    }

    table.cell('length', wire, async (cell) => {
      const { text, response_metadata: about } = await open(cell, cell.model(WORDY), {
        maxTokens: isMicro ? 2 : 20,
      }).invoke('Hello!')
      expect(JSON.stringify(about)).toMatch(/"finish_reason":"length"|"reason":"max_output_tokens"/)
      if (isMicro) return
      expect(text.split(' ')).toHaveLength(20)
      cell.expectUnderstood()
    })

    table.cell('errors: key 401, model 404', wire, async (cell) => {
      const wrongKey = open(cell, cell.model(), { apiKey: 'mk-wrong' }).invoke('Hello!')
      await expect(wrongKey).rejects.toMatchObject({ status: 401 })
      await expect(open(cell, 'nothing-such').invoke('Hello!')).rejects.toMatchObject({ status: 404 })
      expect(cell.seen()).toEqual([])
    })

    if (isMicro) continue

    table.cell('errors: in the middle of a stream', wire, async (cell) => {
      const model = open(
        cell,
        cell.model({ text: 'one two three four five six seven eight nine ten', failAt: 7 }),
      )
      let text = ''
      const read = async (): Promise<void> => {
        for await (const chunk of await model.stream('Hello!')) text += chunk.text
      }
      await expect(read()).rejects.toThrow()
      expect(text).toMatch(/^one/)
    })

    table.cell('abort', wire, async (cell) => {
      const controller = new AbortController()
      const read = async (): Promise<void> => {
        const stream = await open(cell, cell.model(cell.long)).stream('Hi', { signal: controller.signal })
        for await (const chunk of stream) if (chunk.text !== '') controller.abort()
      }
      await expect(read()).rejects.toThrow(/abort/i)
      await cell.hungUp()
    })
  }
  table.compare()
}
