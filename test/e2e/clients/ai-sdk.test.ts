// The AI SDK (`ai`) against the gateway through each of its providers, with each vendor's wire behind it.
import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import {
  APICallError,
  generateObject,
  generateText,
  isStepCount,
  type LanguageModel,
  streamObject,
  streamText,
  tool,
} from 'ai'
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
import { micro, openStage, type Stage, WIRES } from '../../lab/stage.ts'
import { type Cell, openTable, type Table } from './table.ts'

let stage: Stage
beforeAll(async () => void (stage = await openStage()))
afterAll(() => stage.stop())

type Options = NonNullable<Parameters<typeof generateText>[0]['providerOptions']>

interface Provider {
  readonly table: Table
  readonly model: (cell: Cell, name: string, apiKey?: string) => LanguageModel
  /** How it is told to think; one that shows no thoughts is not asked for them. */
  readonly thinking: Options
  readonly showsThoughts: boolean
  /** Does it bring back what proves them? */
  readonly keepsProofs: boolean
  readonly takesStops: boolean
}

const keyed = ({ url, fetch }: Cell, apiKey: string) => ({ baseURL: `${url}/v1`, apiKey, fetch })

const openTableOf = (name: string, order: number): Table => openTable(`AI SDK: ${name}`, order, () => stage)

const providers: readonly Provider[] = [
  {
    table: openTableOf('@ai-sdk/openai, chat', 5),
    model: (cell, name, key = 'mk-local') => createOpenAI(keyed(cell, key)).chat(name),
    thinking: { openai: { reasoningEffort: 'high', forceReasoning: true } },
    showsThoughts: false,
    keepsProofs: false,
    takesStops: true,
  },
  {
    table: openTableOf('@ai-sdk/openai, responses', 6),
    model: (cell, name, key = 'mk-local') => createOpenAI(keyed(cell, key)).responses(name),
    thinking: {
      openai: {
        reasoningEffort: 'high',
        reasoningSummary: 'auto',
        forceReasoning: true,
        store: false,
        include: ['reasoning.encrypted_content'],
      },
    },
    showsThoughts: true,
    keepsProofs: true,
    takesStops: false,
  },
  {
    table: openTableOf('@ai-sdk/openai-compatible', 7),
    model: (cell, name, key = 'mk-local') =>
      createOpenAICompatible({
        ...keyed(cell, key),
        name: 'minnow',
        includeUsage: true,
        supportsStructuredOutputs: true,
      })(name),
    thinking: { minnow: { reasoningEffort: 'high', include_reasoning: true } },
    showsThoughts: true,
    keepsProofs: false,
    takesStops: true,
  },
  {
    table: openTableOf('@ai-sdk/anthropic', 8),
    model: (cell, name, key = 'mk-local') => createAnthropic(keyed(cell, key))(name),
    thinking: { anthropic: { thinking: { type: 'adaptive', display: 'summarized' } } },
    showsThoughts: true,
    keepsProofs: true,
    takesStops: true,
  },
]

const tools = {
  weather: tool({
    description: 'The weather in a city',
    inputSchema: z.object({ city: z.string() }),
    execute: ({ city }) => weather(city),
  }),
}

const schema = z.object({ city: z.string(), size: z.int(), tags: z.array(z.enum(['red', 'blue'])) })
const PLACE = { city: 'text', size: 7, tags: ['red'] }
const once = { maxRetries: 0 }

for (const { table, model, thinking, showsThoughts, keepsProofs, takesStops } of providers) {
  for (const wire of WIRES) {
    const isMicro = wire === micro
    const base = (cell: Cell, ...script: Parameters<Cell['model']>) => ({
      ...once,
      model: model(cell, cell.model(...script)),
    })

    table.cell('generateText', wire, async (cell) => {
      const { text, finishReason } = await generateText({
        ...base(cell, { text: GREETING }),
        prompt: 'Hello!',
      })
      expect(finishReason).toBe('stop')
      if (isMicro) return expect(text.length).toBeGreaterThan(3)
      expect(text).toBe(GREETING)
      cell.expectUnderstood()
    })

    table.cell('usage', wire, async (cell) => {
      const { usage } = await generateText({ ...base(cell, USAGE), prompt: 'Hello!' })
      if (isMicro) return expect(usage.outputTokens).toBeGreaterThan(1)
      expect(usage).toMatchObject({ inputTokens: 100, outputTokens: 20, totalTokens: 120 })
      expect(usage.inputTokenDetails.cacheReadTokens).toBe(40)
    })

    table.cell('streamText, with usage', wire, async (cell) => {
      const result = streamText({ ...base(cell, { ...USAGE, text: GREETING }), prompt: 'Hello!' })
      const pieces: string[] = []
      for await (const piece of result.textStream) pieces.push(piece)
      expect(pieces.length).toBeGreaterThan(1)
      if (isMicro) return expect((await result.usage).outputTokens).toBeGreaterThan(1)
      expect(pieces.join('')).toBe(GREETING)
      expect(await result.usage).toMatchObject({ inputTokens: 100, outputTokens: 20 })
      cell.expectUnderstood()
    })

    table.cell('instructions', wire, async (cell) => {
      const { text } = await generateText({
        ...base(cell),
        instructions: 'Answer in rhymes.',
        prompt: 'Hello!',
      })
      expect(text).toBeTruthy()
      if (isMicro) return
      expect(cell.sent(0)).toContain('Answer in rhymes.')
      cell.expectUnderstood()
    })

    table.cell('a tool in two steps', wire, async (cell) => {
      const asked = generateText({
        ...base(cell, CALL, SUMMARY),
        prompt: 'Hello!',
        tools,
        stopWhen: isStepCount(3),
        prepareStep: ({ stepNumber }) => ({ toolChoice: stepNumber === 0 ? 'required' : 'auto' }),
      })
      if (isMicro) return cell.refused(asked, 400, /micro calls no tools/)
      const { text, steps } = await asked
      expect(text).toBe(SUMMARY.text)
      expect(steps[0]?.toolResults).toMatchObject([{ input: { city: 'Oslo' }, output: 'rain' }])
      cell.expectUnderstood()
    })

    if (!isMicro)
      table.cell('parallel tools beside text, in a stream', wire, async (cell) => {
        const result = streamText({
          ...base(cell, { ...CALLS, text: 'I look.' }, SUMMARY),
          prompt: 'Hello!',
          tools,
          stopWhen: isStepCount(3),
        })
        expect(await result.text).toBe(SUMMARY.text)
        const [first] = await result.steps
        expect(first?.text).toBe('I look.')
        expect(first?.toolResults.map(({ output }) => output)).toEqual(['rain', 'sun'])
        cell.expectUnderstood()
      })

    table.cell('generateObject', wire, async (cell) => {
      const asked = generateObject({ ...base(cell), schema, prompt: 'Hello!' })
      if (isMicro) return cell.refused(asked, 400, /micro (?:answers in plain text only|calls no tools)/)
      expect((await asked).object).toEqual(PLACE)
      cell.expectUnderstood()
    })

    if (!isMicro)
      table.cell('streamObject', wire, async (cell) => {
        const result = streamObject({ ...base(cell), schema, prompt: 'Hello!' })
        const partial: unknown[] = []
        for await (const object of result.partialObjectStream) partial.push(object)
        expect(partial.length).toBeGreaterThan(0)
        expect(await result.object).toEqual(PLACE)
        cell.expectUnderstood()
      })

    table.cell('image', wire, async (cell) => {
      const file = { type: 'file' as const, mediaType: 'image/png', data: PIXEL }
      const content = [{ type: 'text' as const, text: 'What is this?' }, file]
      const asked = generateText({ ...base(cell), messages: [{ role: 'user', content }] })
      if (isMicro) return cell.refused(asked, 400, /micro reads text only/)
      expect((await asked).finishReason).toBe('stop')
      expect(cell.sent(0)).toContain(PIXEL)
      cell.expectUnderstood()
    })

    if (showsThoughts && !isMicro)
      table.cell('reasoning, whole and in a stream', wire, async (cell) => {
        const behaviour = { text: 'Fine.', reasoning: THOUGHT }
        const asked = { ...base(cell, behaviour, behaviour), prompt: 'Hello!', providerOptions: thinking }
        const whole = await generateText(asked)
        expect([whole.reasoningText, whole.text]).toEqual([THOUGHT, 'Fine.'])
        const streamed = streamText(asked)
        expect([await streamed.reasoningText, await streamed.text]).toEqual([THOUGHT, 'Fine.'])
        cell.expectUnderstood()
      })

    for (const stream of isMicro ? [] : [false, true]) {
      table.cell(`a tool while thinking${stream ? ', in a stream' : ''}`, wire, async (cell) => {
        const asked = {
          ...base(cell, ...THOUGHTFUL),
          prompt: 'Hello!',
          tools,
          stopWhen: isStepCount(3),
          providerOptions: thinking,
        }
        const text = stream ? await streamText(asked).text : (await generateText(asked)).text
        expect(text).toBe(SUMMARY.text)
        if (keepsProofs) cell.expectProven()
        else cell.expectUnderstood()
      })
    }

    if (takesStops)
      table.cell('stop sequence', wire, async (cell) => {
        const script = { text: 'one two END three' }
        const result = await generateText({ ...base(cell, script), prompt: 'Hello!', stopSequences: ['END'] })
        expect(result.finishReason).toBe('stop')
        if (isMicro) return
        expect(result.text).toMatch(/^one two/)
        cell.expectUnderstood()
      })

    table.cell('length', wire, async (cell) => {
      const maxOutputTokens = isMicro ? 2 : 20
      const result = await generateText({ ...base(cell, WORDY), prompt: 'Hello!', maxOutputTokens })
      expect(result.finishReason).toBe('length')
      if (isMicro) return
      expect(result.text.split(' ')).toHaveLength(20)
      cell.expectUnderstood()
    })

    table.cell('errors: key 401, model 404', wire, async (cell) => {
      const wrongKey = generateText({
        ...once,
        model: model(cell, cell.model(), 'mk-wrong'),
        prompt: 'Hello!',
      })
      await expect(wrongKey).rejects.toThrow(APICallError)
      await expect(wrongKey).rejects.toMatchObject({ statusCode: 401 })
      const unknown = generateText({ ...once, model: model(cell, 'nothing-such'), prompt: 'Hello!' })
      await expect(unknown).rejects.toMatchObject({
        statusCode: 404,
        message: expect.stringContaining('nothing-such'),
      })
    })

    if (isMicro) continue

    table.cell("errors: the vendor's own", wire, async (cell) => {
      const asked = { ...base(cell, { status: 400 }, { status: 500 }), prompt: 'Hello!' }
      await expect(generateText(asked)).rejects.toMatchObject({ statusCode: 400, isRetryable: false })
      await expect(generateText(asked)).rejects.toMatchObject({ statusCode: 500 })
    })

    table.cell('errors: in the middle of a stream', wire, async (cell) => {
      const errors: unknown[] = []
      const onError = ({ error }: { error: unknown }): void => void errors.push(error)
      const script = { text: 'one two three four five six seven eight nine ten', failAt: 7 }
      const result = streamText({ ...base(cell, script), prompt: 'Hello!', onError })
      let text = ''
      for await (const piece of result.textStream) text += piece
      expect(text).toMatch(/^one/)
      expect(errors).toHaveLength(1)
    })

    table.cell('abort', wire, async (cell) => {
      const controller = new AbortController()
      const { textStream } = streamText({
        ...base(cell, cell.long),
        prompt: 'Hi',
        abortSignal: controller.signal,
      })
      for await (const _ of textStream) controller.abort()
      await cell.hungUp()
    })
  }
  table.compare()
}
