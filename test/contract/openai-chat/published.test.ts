// What OpenAI itself is sent conforms to what OpenAI publishes about its requests, whoever the client is.
import { describe, expect, it } from 'vitest'
import type { ModelEvent } from '../../../shared/event.ts'
import type { ModelRequest } from '../../../shared/request.ts'
import { openai } from '../../../workers/providers/vendors/openai.ts'
import { judge } from '../../lab/openapi.ts'
import { requestFor } from '../../unit/samples.ts'
import { CONTEXT } from '../wire.ts'
import { chat, END, START } from './chunks.ts'

const MODELS = ['gpt-4.1', 'gpt-5.1', 'o3']
const PNG = 'data:image/png;base64,iVBORw0KGgo='

const foreign: ModelRequest = requestFor('Hi', {
  stream: true,
  native: { dialect: 'anthropic', body: { top_secret: 1 } },
  messages: [
    {
      role: 'system',
      parts: [
        { type: 'text', text: 'A', cache: '1h' },
        { type: 'text', text: 'B' },
      ],
    },
    {
      role: 'user',
      name: 'ada',
      parts: [
        { type: 'text', text: 'See' },
        { type: 'image', url: PNG, detail: 'low', cache: '5m' },
        { type: 'file', url: 'data:application/pdf;base64,JVBE' },
        { type: 'audio', data: 'UklG', format: 'wav' },
      ],
    },
    {
      role: 'assistant',
      parts: [
        {
          type: 'reasoning',
          text: 'hm',
          signature: { dialect: 'anthropic', kind: 'signature', data: 'S' },
        },
        { type: 'text', text: 'So' },
        { type: 'refusal', text: ' no.' },
      ],
      toolCalls: [
        {
          id: 'toolu_1',
          name: 'f',
          json: '{}',
          signature: { dialect: 'gemini', kind: 'signature', data: 'G' },
        },
      ],
    },
    {
      role: 'tool',
      toolCallId: 'toolu_1',
      isError: true,
      parts: [
        { type: 'text', text: 'x' },
        { type: 'image', url: PNG },
      ],
    },
    { role: 'assistant', parts: [] },
    { role: 'user', parts: [] },
  ],
  tools: [
    { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true, cache: '5m' },
    { name: 'web_search', hosted: { dialect: 'anthropic', value: { type: 'web_search_20250305' } } },
  ],
  toolChoice: { name: 'f' },
  parallelTools: false,
  choices: 2,
  format: { type: 'json-schema', name: 'a b', schema: { type: 'object' }, strict: true },
  reasoning: { budgetTokens: 5000 },
  sampling: {
    temperature: 1,
    topP: 1,
    topK: 5,
    minP: 0.1,
    stop: ['a', 'b', 'c', 'd', 'e'],
    seed: 1,
    presencePenalty: 0,
    frequencyPenalty: 0,
    logitBias: { '5': 1 },
    topLogprobs: 2,
  },
  limits: { maxOutput: 10 },
  user: 'u',
  serviceTier: 'flex',
})

describe('OpenAI is sent what it publishes', () => {
  for (const model of MODELS) {
    it(`by a client of another dialect: ${model}`, () => {
      const { body, dropped } = openai.dialect.writeRequest(foreign, { model })
      expect(judge('chat', body)).toEqual({})
      expect(dropped).toEqual(expect.arrayContaining(['tools', 'top_k', 'min_p']))
      for (const word of ['cache_control', 'signature', 'top_secret', 'reasoning_content']) {
        expect(JSON.stringify(body)).not.toContain(word)
      }
    })

    it(`by a client that sends our own answer back as it came: ${model}`, () => {
      const events: ModelEvent[] = [
        START,
        { type: 'reasoning-delta', index: 0, text: 'hm' },
        {
          type: 'reasoning-signature',
          index: 0,
          signature: { dialect: 'anthropic', kind: 'signature', data: 'S' },
        },
        {
          type: 'tool-start',
          index: 0,
          call: 0,
          id: 'c',
          name: 'f',
          signature: { dialect: 'gemini', kind: 'signature', data: 'G' },
        },
        { type: 'tool-delta', index: 0, call: 0, json: '{}' },
        ...END,
      ]
      const { choices } = chat.writeReply([{ events }], CONTEXT) as { choices: { message: object }[] }
      const asked = chat.readRequest({
        messages: [
          { role: 'user', content: 'Hi' },
          choices[0]?.message,
          { role: 'tool', tool_call_id: 'c', content: 'x' },
        ],
      })
      expect(judge('chat', openai.dialect.writeRequest(asked, { model }).body)).toEqual({})
    })
  }
})
