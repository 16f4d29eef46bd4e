// The official `@google/genai` client against the gateway, with each vendor's wire behind it.
import {
  ApiError,
  type Content,
  FunctionCallingConfigMode,
  type GenerateContentConfig,
  type GenerateContentResponse,
  GoogleGenAI,
  type Part,
} from '@google/genai'
import { afterAll, beforeAll, expect } from 'vitest'
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

const table = openTable('@google/genai: generateContent', 4, () => stage)

const clientOf = ({ url }: Cell, apiKey = 'mk-local'): GoogleGenAI =>
  new GoogleGenAI({ apiKey, httpOptions: { baseUrl: url } })

interface Ask {
  readonly model: string
  readonly contents?: Content[] | string
  readonly config?: GenerateContentConfig
}

async function generate(cell: Cell, { contents = 'Hello!', ...ask }: Ask): Promise<GenerateContentResponse> {
  const reply = await clientOf(cell).models.generateContent({ contents, ...ask })
  cell.leftOut(reply.sdkHttpResponse?.headers?.['x-minnow-dropped'] ?? '')
  return reply
}

interface Streamed {
  readonly parts: readonly Part[]
  readonly chunks: number
  readonly last: GenerateContentResponse | undefined
}

/** What a stream said, put together as a client must. */
async function stream(cell: Cell, { contents = 'Hello!', ...ask }: Ask): Promise<Streamed> {
  const parts: Part[] = []
  let last: GenerateContentResponse | undefined
  let chunks = 0
  for await (const chunk of await clientOf(cell).models.generateContentStream({ contents, ...ask })) {
    chunks += 1
    last = chunk
    parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []))
    if (chunks === 1) cell.leftOut(chunk.sdkHttpResponse?.headers?.['x-minnow-dropped'] ?? '')
  }
  return { parts, chunks, last }
}

const partsOf = (reply: GenerateContentResponse): Part[] => reply.candidates?.[0]?.content?.parts ?? []
const textOf = (parts: readonly Part[], isThought = false): string =>
  parts.map((part) => ((part.thought ?? false) === isThought ? (part.text ?? '') : '')).join('')
const callsIn = (parts: readonly Part[]): Part[] =>
  parts.filter(({ functionCall }) => functionCall !== undefined)

const said = (role: string, parts: Part[]): Content => ({ role, parts })
const hello = said('user', [{ text: 'Hello!' }])

/** The turn that answers every call of the model's. */
const resultsFor = (parts: readonly Part[]): Content =>
  said(
    'user',
    callsIn(parts).map(({ functionCall: { id, name = '', args } = {} }) => ({
      functionResponse: {
        ...(id === undefined ? {} : { id }),
        name,
        response: { output: weather(String(args?.['city'])) },
      },
    })),
  )

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const tools = [
  {
    functionDeclarations: [
      { name: 'weather', description: 'The weather in a city', parametersJsonSchema: parameters },
    ],
  },
]
const forced = { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } }

for (const wire of WIRES) {
  const isMicro = wire === micro

  table.cell('answer', wire, async (cell) => {
    const reply = await generate(cell, { model: cell.model({ text: GREETING }) })
    expect(reply.candidates?.[0]).toMatchObject({ finishReason: 'STOP', content: { role: 'model' } })
    if (isMicro) return expect(reply.text?.length).toBeGreaterThan(3)
    expect(reply.text).toBe(GREETING)
    cell.expectValid()
  })

  table.cell('usage', wire, async (cell) => {
    const { usageMetadata: usage } = await generate(cell, { model: cell.model(USAGE) })
    if (isMicro) return expect(usage?.candidatesTokenCount).toBeGreaterThan(1)
    expect(usage).toMatchObject({ promptTokenCount: 100, cachedContentTokenCount: 40, totalTokenCount: 120 })
    expect((usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0)).toBe(20)
  })

  table.cell('stream, with usage', wire, async (cell) => {
    const { parts, chunks, last } = await stream(cell, { model: cell.model({ ...USAGE, text: GREETING }) })
    expect(chunks).toBeGreaterThan(1)
    expect(last?.candidates?.[0]?.finishReason).toBe('STOP')
    if (isMicro) return expect(last?.usageMetadata?.candidatesTokenCount).toBeGreaterThan(1)
    expect(textOf(parts)).toBe(GREETING)
    expect(last?.usageMetadata).toMatchObject({ promptTokenCount: 100, totalTokenCount: 120 })
    cell.expectValid()
  })

  table.cell('system instruction', wire, async (cell) => {
    const config = { systemInstruction: 'Answer in rhymes.' }
    expect((await generate(cell, { model: cell.model(), config })).text).toBeTruthy()
    if (isMicro) return
    expect(cell.sent(0)).toContain('Answer in rhymes.')
    cell.expectValid()
  })

  table.cell('functions: call, response, answer', wire, async (cell) => {
    const model = cell.model(CALL, SUMMARY)
    const first = generate(cell, { model, config: { tools, toolConfig: forced } })
    if (isMicro) return cell.refused(first, 400, /micro calls no tools/)
    const reply = await first
    expect(reply.functionCalls).toMatchObject([{ name: 'weather', args: { city: 'Oslo' } }])
    const contents = [hello, said('model', partsOf(reply)), resultsFor(partsOf(reply))]
    expect((await generate(cell, { model, contents, config: { tools } })).text).toBe(SUMMARY.text)
    cell.expectValid()
  })

  if (!isMicro)
    table.cell('parallel calls beside text, in a stream', wire, async (cell) => {
      const model = cell.model({ ...CALLS, text: 'I look.' }, SUMMARY)
      const { parts } = await stream(cell, { model, config: { tools } })
      expect(textOf(parts)).toBe('I look.')
      expect(callsIn(parts).map(({ functionCall }) => functionCall?.args)).toEqual([
        { city: 'Oslo' },
        { city: 'Rome' },
      ])
      const contents = [
        hello,
        said(
          'model',
          [...parts].filter(({ text }) => text !== ''),
        ),
        resultsFor(parts),
      ]
      expect(textOf((await stream(cell, { model, contents, config: { tools } })).parts)).toBe(SUMMARY.text)
      cell.expectValid()
    })

  table.cell('JSON by a schema', wire, async (cell) => {
    const properties = { city: { type: 'string' }, size: { type: 'integer' } }
    const responseJsonSchema = { type: 'object', properties, required: ['city', 'size'] }
    const config = { responseMimeType: 'application/json', responseJsonSchema }
    const asked = generate(cell, { model: cell.model(), config })
    if (isMicro) return cell.refused(asked, 400, /micro answers in plain text only/)
    expect(JSON.parse((await asked).text ?? '')).toEqual({ city: 'text', size: 7 })
    cell.expectValid()
  })

  table.cell('image', wire, async (cell) => {
    const parts = [{ inlineData: { mimeType: 'image/png', data: PIXEL } }, { text: 'What is this?' }]
    const asked = generate(cell, { model: cell.model(), contents: [said('user', parts)] })
    if (isMicro) return cell.refused(asked, 400, /micro reads text only/)
    expect((await asked).candidates?.[0]?.finishReason).toBe('STOP')
    expect(cell.sent(0)).toContain(PIXEL)
    cell.expectValid()
  })

  if (!isMicro)
    table.cell('thoughts, whole and in a stream', wire, async (cell) => {
      const behaviour = { text: 'Fine.', reasoning: THOUGHT }
      const config = { thinkingConfig: { includeThoughts: true, thinkingBudget: 2_048 } }
      const ask: Ask = { model: cell.model(behaviour, behaviour), config }
      for (const parts of [partsOf(await generate(cell, ask)), (await stream(cell, ask)).parts]) {
        expect(textOf(parts, true)).toBe(THOUGHT)
        expect(textOf(parts)).toBe('Fine.')
      }
      cell.expectValid()
    })

  for (const isStream of isMicro ? [] : [false, true]) {
    table.cell(`thoughts through a function turn${isStream ? ' in a stream' : ''}`, wire, async (cell) => {
      const model = cell.model(...THOUGHTFUL)
      const config = { tools, thinkingConfig: { includeThoughts: true, thinkingBudget: 2_048 } }
      const ask = async (contents: Content[]): Promise<readonly Part[]> =>
        isStream
          ? (await stream(cell, { model, contents, config })).parts
          : partsOf(await generate(cell, { model, contents, config }))
      const first = await ask([hello])
      const second = await ask([hello, said('model', [...first]), resultsFor(first)])
      expect(textOf(second)).toBe(SUMMARY.text)
      cell.expectProven()
    })
  }

  table.cell('stop sequence', wire, async (cell) => {
    const config = { stopSequences: ['END'] }
    const reply = await generate(cell, { model: cell.model({ text: 'one two END three' }), config })
    expect(reply.candidates?.[0]?.finishReason).toBe('STOP')
    if (isMicro) return
    expect(reply.text).toMatch(/^one two/)
    cell.expectValid()
  })

  table.cell('length', wire, async (cell) => {
    const config = { maxOutputTokens: isMicro ? 2 : 20 }
    const reply = await generate(cell, { model: cell.model(WORDY), config })
    expect(reply.candidates?.[0]?.finishReason).toBe('MAX_TOKENS')
    if (isMicro) return
    expect(reply.text?.split(' ')).toHaveLength(20)
    cell.expectValid()
  })

  table.cell('candidateCount = 2', wire, async (cell) => {
    const { candidates = [] } = await generate(cell, { model: cell.model(), config: { candidateCount: 2 } })
    expect(candidates.length).toBeGreaterThanOrEqual(1)
    if (candidates.length === 2) expect(candidates.map(({ index }) => index ?? 0)).toEqual([0, 1])
    cell.expectValid()
  })

  if (!isMicro && wire !== workersAi)
    table.cell('refusal', wire, async (cell) => {
      const reply = await generate(cell, { model: cell.model({ refusal: 'I cannot help with that.' }) })
      const [candidate] = reply.candidates ?? []
      const isRefused = candidate?.finishReason === 'SAFETY' || reply.promptFeedback !== undefined
      expect(isRefused || reply.text === 'I cannot help with that.').toBe(true)
      cell.expectValid()
    })

  table.cell('countTokens', wire, async (cell) => {
    const counted = await clientOf(cell).models.countTokens({
      model: cell.model(),
      contents: 'Hello, how are you?',
    })
    expect(counted.totalTokens).toBeGreaterThan(3)
    cell.expectValid()
  })

  table.cell('errors: key, model 404, body 400', wire, async (cell) => {
    const model = cell.model()
    const wrongKey = clientOf(cell, 'mk-wrong').models.generateContent({ model, contents: 'Hello!' })
    await expect(wrongKey).rejects.toThrow(ApiError)
    await expect(wrongKey).rejects.toMatchObject({
      status: 401,
      message: expect.stringContaining('UNAUTHENTICATED'),
    })
    const unknown = generate(cell, { model: 'nothing-such' })
    await expect(unknown).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining('NOT_FOUND'),
    })
    const invalid = generate(cell, { model, config: { maxOutputTokens: -1 } })
    await expect(invalid).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('INVALID_ARGUMENT'),
    })
    expect(cell.seen()).toEqual([])
  })

  if (isMicro) continue

  table.cell("errors: the vendor's own", wire, async (cell) => {
    const model = cell.model({ status: 400 }, { status: 429 }, { status: 500 }, { status: 401 })
    await expect(generate(cell, { model })).rejects.toMatchObject({ status: 400 })
    const busy = wire === workersAi ? 500 : 429
    await expect(generate(cell, { model })).rejects.toMatchObject({
      status: expect.toSatisfy((status) => status >= busy),
    })
    await expect(generate(cell, { model })).rejects.toMatchObject({ status: 500 })
    await expect(generate(cell, { model })).rejects.toMatchObject({ status: 502 })
  })

  table.cell('errors: in the middle of a stream', wire, async (cell) => {
    const asked = clientOf(cell).models.generateContentStream({
      model: cell.model({ text: 'one two three four five six seven eight nine ten', failAt: 5 }),
      contents: 'Hello!',
    })
    let text = ''
    const read = async (): Promise<void> => {
      for await (const chunk of await asked) text += chunk.text ?? ''
    }
    await expect(read()).rejects.toThrow(ApiError)
    expect(text).toMatch(/^one/)
  })

  table.cell('abort', wire, async (cell) => {
    const controller = new AbortController()
    const ask = { model: cell.model(cell.long), config: { abortSignal: controller.signal } }
    const read = async (): Promise<void> => {
      for await (const _ of await clientOf(cell).models.generateContentStream({ contents: 'Hello!', ...ask }))
        controller.abort()
    }
    await expect(read()).rejects.toThrow(/abort/i)
    await cell.hungUp()
  })
}

table.compare()
