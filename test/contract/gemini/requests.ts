// Requests as Google's clients send them, and some that must be refused.
// Sources: https://ai.google.dev/api/generate-content, https://ai.google.dev/gemini-api/docs/function-calling
import type { Address } from '../../../shared/dialect.ts'
import type { BadRequest, RequestFixture } from '../entry.ts'

const address: Address = { model: 'gemini-2.5-flash', stream: false }
const streaming: Address = { model: 'gemini-3.1-pro-preview', stream: true }

const weather = {
  name: 'get_weather',
  description: 'The weather in a city.',
  parameters: {
    type: 'OBJECT',
    properties: {
      city: { type: 'STRING', description: 'Its name' },
      days: { type: 'INTEGER', nullable: true },
    },
    required: ['city'],
  },
}

export const requests: readonly RequestFixture[] = [
  { name: 'the least', body: { contents: [{ parts: [{ text: 'Hi' }] }] }, address },
  {
    name: 'names in snake case and single values for lists, as the documentation writes them',
    body: {
      system_instruction: { parts: { text: 'You are a cat.' } },
      contents: {
        role: 'user',
        parts: [{ text: 'Miau?' }, { inline_data: { mime_type: 'image/png', data: 'iVBORw0KGgo=' } }],
      },
      generation_config: {
        max_output_tokens: 100,
        top_p: 0.9,
        stop_sequences: ['\n'],
        thinking_config: { thinking_budget: 0 },
      },
      tools: { function_declarations: weather },
      tool_config: { function_calling_config: { mode: 'ANY', allowed_function_names: ['get_weather'] } },
      safety_settings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
    },
    address,
  },
  {
    name: 'every setting',
    body: {
      contents: [{ role: 'user', parts: [{ text: 'List two colours.' }] }],
      systemInstruction: { role: 'user', parts: [{ text: 'Be brief.' }, { text: 'Be kind.' }] },
      generationConfig: {
        temperature: 0.4,
        topP: 0.8,
        topK: 20,
        candidateCount: 2,
        maxOutputTokens: 512,
        stopSequences: ['END', 'STOP'],
        seed: 7,
        presencePenalty: 0.5,
        frequencyPenalty: -0.5,
        responseMimeType: 'application/json',
        responseJsonSchema: {
          type: 'object',
          properties: { colours: { type: 'array', items: { type: 'string' } } },
        },
        responseLogprobs: true,
        logprobs: 3,
        responseModalities: ['TEXT'],
        mediaResolution: 'MEDIA_RESOLUTION_LOW',
        thinkingConfig: { includeThoughts: true, thinkingBudget: 2048 },
      },
      safetySettings: [{ category: 'HARM_CATEGORY_DANGEROUS_CONTENT', threshold: 'BLOCK_ONLY_HIGH' }],
      cachedContent: 'cachedContents/k2v1',
      labels: { team: 'red_team' },
      serviceTier: 'flex',
    },
    address,
  },
  {
    name: 'a conversation with thoughts, calls, results, pictures and files',
    body: {
      contents: [
        {
          role: 'user',
          parts: [
            { text: 'What is this, and how is the weather there?' },
            { inlineData: { mimeType: 'image/jpeg', data: '/9j/4AAQSkZJRg==' } },
            { inlineData: { mimeType: 'application/pdf', data: 'JVBERi0xLjQ=', displayName: 'map.pdf' } },
            { inlineData: { mimeType: 'audio/wav', data: 'UklGRg==' } },
            { fileData: { mimeType: 'image/png', fileUri: 'https://example.com/a.png' } },
            { fileData: { mimeType: 'video/mp4', fileUri: 'https://www.youtube.com/watch?v=9hE5' } },
          ],
        },
        {
          role: 'model',
          parts: [
            { text: 'A map of Bern.', thought: true },
            { text: 'I look it up.' },
            {
              functionCall: { id: 'a1', name: 'get_weather', args: { city: 'Bern' } },
              thoughtSignature: 'CpQBAXLI2nyf',
            },
            { functionCall: { id: 'a2', name: 'get_time', args: {} } },
          ],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { id: 'a2', name: 'get_time', response: { output: '12:00' } } },
            { functionResponse: { id: 'a1', name: 'get_weather', response: { sky: 'clear', celsius: 21 } } },
            { text: 'Go on.' },
          ],
        },
        { role: 'model', parts: [{ text: 'Clear, ' }] },
        { role: 'model', parts: [{ text: '21 °C.' }, { text: '', thoughtSignature: 'CpQBAXLI3nyg' }] },
        { role: 'user', parts: [{ text: 'Thanks!' }] },
      ],
      tools: [
        { functionDeclarations: [weather, { name: 'get_time', parametersJsonSchema: { type: 'object' } }] },
        { googleSearch: {} },
        { codeExecution: {} },
      ],
      toolConfig: { functionCallingConfig: { mode: 'AUTO' } },
      generationConfig: { thinkingConfig: { thinkingLevel: 'low' } },
    },
    address: streaming,
  },
  {
    name: 'an answer as one JSON array',
    body: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
    address: { model: 'gemini-flash-latest', stream: true, framing: 'array' },
  },
]

const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }]

export const badRequests: readonly BadRequest[] = [
  { name: 'no contents', body: {}, param: 'contents' },
  { name: 'empty contents', body: { contents: [] }, param: 'contents' },
  { name: 'a text for contents', body: { contents: 'Hi' }, param: 'contents' },
  {
    name: 'a role nobody knows',
    body: { contents: [{ role: 'assistant', parts: [{ text: 'Hi' }] }] },
    param: 'contents[0].role',
  },
  {
    name: 'a number for a text',
    body: { contents: [{ parts: [{ text: 5 }] }] },
    param: 'contents[0].parts[0].text',
  },
  {
    name: 'a call without a name',
    body: { contents: [{ role: 'model', parts: [{ functionCall: { args: {} } }] }] },
    param: 'contents[0].parts[0].functionCall.name',
  },
  {
    name: 'arguments that are no object',
    body: { contents: [{ role: 'model', parts: [{ functionCall: { name: 'f', args: '{}' } }] }] },
    param: 'contents[0].parts[0].functionCall.args',
  },
  {
    name: 'a picture without its type',
    body: { contents: [{ parts: [{ inlineData: { data: 'AA==' } }] }] },
    param: 'contents[0].parts[0].inlineData.mimeType',
  },
  {
    name: 'a temperature in words',
    body: { contents, generationConfig: { temperature: 'hot' } },
    param: 'generationConfig.temperature',
  },
  {
    name: 'no room for an answer',
    body: { contents, generationConfig: { maxOutputTokens: 0 } },
    param: 'generationConfig.maxOutputTokens',
  },
  {
    name: 'too many answers',
    body: { contents, generationConfig: { candidateCount: 9 } },
    param: 'generationConfig.candidateCount',
  },
  {
    name: 'a mode nobody knows',
    body: { contents, toolConfig: { functionCallingConfig: { mode: 'MUST' } } },
    param: 'toolConfig.functionCallingConfig.mode',
  },
  {
    name: 'a function without a name',
    body: { contents, tools: [{ functionDeclarations: [{ description: 'Something.' }] }] },
    param: 'tools[0].functionDeclarations[0].name',
  },
  {
    name: 'a mistake under a name in snake case',
    body: { contents, generation_config: { top_k: '5' } },
    param: 'generationConfig.topK',
  },
  { name: 'a list for a body', body: [], param: undefined },
  { name: 'nothing for a body', body: null, param: undefined },
]
