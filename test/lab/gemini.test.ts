// The lab's Gemini as its official client sees it, and what it refuses, as the API does.
import {
  type Content,
  FunctionCallingConfigMode,
  type GenerateContentParameters,
  GoogleGenAI,
} from '@google/genai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Behaviour } from './behaviour.ts'
import { startVendor, type Vendor } from './vendor.ts'

let vendor: Vendor
let client: GoogleGenAI

beforeAll(async () => {
  vendor = await startVendor()
  client = new GoogleGenAI({ apiKey: 'lab', httpOptions: { baseUrl: vendor.origin } })
})
afterAll(() => vendor.stop())

const model = (name: string, ...script: Behaviour[]): string => {
  vendor.script(name, ...script)
  return name
}

const weather = {
  name: 'weather',
  parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } } },
}
const tools = [{ functionDeclarations: [weather] }]

test('a whole answer and a streamed one say the same', async () => {
  const behaviour: Behaviour = {
    text: 'Let me look.',
    reasoning: 'Which city? Oslo.',
    toolCalls: [
      { name: 'weather', arguments: { city: 'Oslo' } },
      { name: 'weather', arguments: { city: 'Rome' } },
    ],
    usage: { prompt: 100, cached: 30, completion: 40, reasoning: 10 },
  }
  const params: GenerateContentParameters = {
    model: model('both', behaviour, behaviour),
    contents: 'Weather?',
    config: { tools, thinkingConfig: { includeThoughts: true } },
  }
  const whole = await client.models.generateContent(params)
  expect(whole.text).toBe('Let me look.')
  expect(whole.functionCalls).toHaveLength(2)
  expect(whole.usageMetadata).toMatchObject({
    candidatesTokenCount: 30,
    thoughtsTokenCount: 10,
    totalTokenCount: 140,
  })
  let [text, thoughts, calls] = ['', '', 0]
  for await (const chunk of await client.models.generateContentStream(params)) {
    for (const part of chunk.candidates?.[0]?.content?.parts ?? []) {
      if (part.thought === true) thoughts += part.text
      else text += part.text ?? ''
      calls += part.functionCall === undefined ? 0 : 1
    }
  }
  expect([text, thoughts, calls]).toEqual(['Let me look.', 'Which city? Oslo.', 2])
})

const user = (text: string): Content => ({ role: 'user', parts: [{ text }] })
const answerTo = (...names: string[]): Content => ({
  role: 'user',
  parts: names.map((name) => ({ functionResponse: { name, response: { output: 'rain' } } })),
})

test('a tool turn goes through when the signature comes back, and not without', async () => {
  const name = model('turn', { toolCalls: [{ name: 'weather', arguments: { city: 'Oslo' } }] })
  const first = await client.models.generateContent({ model: name, contents: 'Weather?', config: { tools } })
  const said = first.candidates?.[0]?.content ?? {}
  const [call = {}] = said.parts ?? []
  const again = (contents: Content[]) =>
    client.models.generateContent({ model: name, contents, config: { tools } })
  expect((await again([user('Weather?'), said, answerTo('weather')])).text).toBe('This is turn speaking.')
  const { thoughtSignature: proof, ...bare } = call
  expect(proof).toBeDefined()
  await expect(again([user('?'), { role: 'model', parts: [bare] }, answerTo('weather')])).rejects.toThrow(
    /missing a thought_signature/,
  )
  const forged = { ...bare, thoughtSignature: Buffer.from('forged').toString('base64') }
  await expect(again([user('?'), { role: 'model', parts: [forged] }, answerTo('weather')])).rejects.toThrow(
    /Corrupted thought signature/,
  )
  // An earlier turn is not asked for its proof.
  const earlier: Content[] = [
    user('?'),
    { role: 'model', parts: [bare] },
    answerTo('weather'),
    { role: 'model', parts: [{ text: 'Rain.' }] },
  ]
  expect((await again([...earlier, user('Thanks')])).text).toContain('turn')
})

const refusals: readonly { readonly what: string; readonly body: object; readonly says: RegExp }[] = [
  {
    what: 'an unknown field',
    body: { contents: [user('?')], max_tokens: 1 },
    says: /Unknown name "max_tokens"/,
  },
  { what: 'no contents', body: { contents: [] }, says: /contents is not specified/ },
  {
    what: 'an unknown role',
    body: { contents: [{ role: 'assistant', parts: [{ text: 'x' }] }] },
    says: /valid role/,
  },
  {
    what: 'a turn without parts',
    body: { contents: [{ role: 'user', parts: [] }] },
    says: /parts must not be empty/,
  },
  {
    what: 'a part without data',
    body: { contents: [{ role: 'user', parts: [{}] }] },
    says: /oneof field 'data'/,
  },
  {
    what: 'an answer to no call',
    body: { contents: [user('?'), answerTo('weather')] },
    says: /immediately after a function call turn/,
  },
  {
    what: 'fewer answers than calls',
    body: {
      contents: [
        user('?'),
        {
          role: 'model',
          parts: [
            { functionCall: { name: 'weather' }, thoughtSignature: 'skip_thought_signature_validator' },
            { functionCall: { name: 'weather' } },
          ],
        },
        answerTo('weather'),
      ],
    },
    says: /number of function response parts is equal/,
  },
  {
    what: 'JSON Schema where OpenAPI is spoken',
    body: {
      contents: [user('?')],
      tools: [
        {
          functionDeclarations: [{ name: 'f', parameters: { type: 'object', additionalProperties: false } }],
        },
      ],
    },
    says: /Unknown name "additionalProperties"/,
  },
  {
    what: 'a schema without the type',
    body: { contents: [user('?')], generationConfig: { responseSchema: { type: 'STRING' } } },
    says: /response mime type/,
  },
  {
    what: 'chosen functions in the wrong mode',
    body: {
      contents: [user('?')],
      tools,
      toolConfig: {
        functionCallingConfig: { mode: FunctionCallingConfigMode.AUTO, allowedFunctionNames: ['weather'] },
      },
    },
    says: /allowed_function_names/,
  },
]

test.each(refusals)('$what is refused', async ({ body, says }) => {
  const response = await fetch(`${vendor.origin}/v1beta/models/plain:generateContent`, {
    method: 'POST',
    body: JSON.stringify(body),
  })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    error: { code: 400, status: 'INVALID_ARGUMENT', message: expect.stringMatching(says) },
  })
})
