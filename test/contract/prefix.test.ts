// From turn to turn a prompt only grows: what a vendor was sent before is, byte for byte, the beginning of what it is sent
// next, or nothing of it would be found in its cache. Every client's dialect, over every vendor.
import { describe, expect, it } from 'vitest'
import type { VendorDialect } from '../../shared/dialect.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { vendors } from '../../workers/providers/registry.ts'
import { unitsOf } from '../lab/prompt-units.ts'
import type { Fields } from '../lab/wire.ts'
import { entries } from './dialects.ts'

const LONG = 'Be brief. '.repeat(600)
const parameters = { type: 'object', properties: { zebra: { type: 'string' }, ant: { type: 'number' } } }
const TOOLS = ['weather', 'alarm', 'mail'] // in no order that sorting would leave alone

/** A conversation as clients of each dialect keep it: so many of its pieces are a turn. */
const CLIENTS: Readonly<
  Record<string, { readonly base: Fields; readonly at: string; readonly said: Fields[] }>
> = {
  'openai-chat': {
    at: 'messages',
    base: { tools: TOOLS.map((name) => ({ type: 'function', function: { name, parameters } })) },
    said: [
      { role: 'system', content: LONG },
      { role: 'user', content: 'What is it like in Rome?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          {
            id: 'call_1',
            type: 'function',
            function: { name: 'weather', arguments: '{"zebra":"Rome","ant":1}' },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
      { role: 'assistant', content: 'It rains. ' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'And' },
          { type: 'text', text: 'Oslo?' },
        ],
      },
      { role: 'assistant', content: 'Snow.' },
      { role: 'user', content: 'Thanks.' },
    ],
  },
  'openai-responses': {
    at: 'input',
    base: {
      instructions: LONG,
      tools: TOOLS.map((name) => ({ type: 'function', name, parameters, strict: false })),
    },
    said: [
      { role: 'user', content: 'What is it like in Rome?' },
      { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"zebra":"Rome","ant":1}' },
      { type: 'function_call_output', call_id: 'call_1', output: 'rain' },
      { role: 'assistant', content: 'It rains. ' },
      { role: 'user', content: [{ type: 'input_text', text: 'And Oslo?' }] },
      { role: 'assistant', content: 'Snow.' },
      { role: 'user', content: 'Thanks.' },
    ],
  },
  anthropic: {
    at: 'messages',
    base: {
      max_tokens: 99,
      system: LONG,
      tools: TOOLS.map((name) => ({ name, input_schema: parameters })),
    },
    said: [
      { role: 'user', content: 'What is it like in Rome?' },
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: { zebra: 'Rome', ant: 1 } }],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'rain' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'It rains. ' }] },
      { role: 'user', content: [{ type: 'text', text: 'And Oslo?' }] },
      { role: 'assistant', content: 'Snow.' },
      { role: 'user', content: 'Thanks.' },
    ],
  },
  gemini: {
    at: 'contents',
    base: {
      systemInstruction: { parts: [{ text: LONG }] },
      tools: [{ functionDeclarations: TOOLS.map((name) => ({ name, parametersJsonSchema: parameters })) }],
    },
    said: [
      { role: 'user', parts: [{ text: 'What is it like in Rome?' }] },
      { role: 'model', parts: [{ functionCall: { name: 'weather', args: { zebra: 'Rome', ant: 1 } } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'weather', response: { output: 'rain' } } }] },
      { role: 'model', parts: [{ text: 'It rains. ' }] },
      { role: 'user', parts: [{ text: 'And Oslo?' }] },
      { role: 'model', parts: [{ text: 'Snow.' }] },
      { role: 'user', parts: [{ text: 'Thanks.' }] },
    ],
  },
}

const isAsking = (piece: Fields | undefined): boolean =>
  ['user', 'tool'].includes(String(piece?.['role'])) || piece?.['type'] === 'function_call_output'

/** What the wire is called in the lab. */
const WIRES: Readonly<Record<string, string>> = { 'workers-ai': 'ai-run', vertex: 'gemini' }

interface Prompt {
  readonly units: readonly string[]
  /** What does not grow: the other fields. */
  readonly rest: string
}

const GROWING = new Set(['messages', 'input', 'contents', 'system'])

function promptOf(dialect: VendorDialect, request: ModelRequest, model: string): Prompt {
  const { body } = dialect.writeRequest(request, { model, maxOutput: 500 })
  const wire = WIRES[dialect.id] ?? dialect.id
  const units = unitsOf({
    at: 0,
    method: 'POST',
    path: '/',
    headers: {},
    rawHeaders: [],
    text: '',
    body: JSON.parse(JSON.stringify(body)) as Fields, // as it travels
    model,
    wire,
    events: 0,
  })
  if (units === undefined) throw new Error(`the lab reads no prompt of ${wire}`)
  const rest = Object.entries(body).filter(([name]) => !GROWING.has(name) && !name.startsWith('tool'))
  return { units: units.map(({ text }) => text), rest: JSON.stringify(rest) }
}

const MODELS: Readonly<Record<string, readonly string[]>> = {
  bedrock: ['anthropic.claude-sonnet-4-5', 'amazon.nova-pro-v1:0', 'mistral.mistral-large-2407-v1:0'],
  anthropic: ['claude-sonnet-4-5', 'claude-opus-5-5'],
  'workers-ai': ['@cf/meta/llama-3.3-70b-instruct-fp8-fast', '@cf/zai-org/glm-4.7-flash'],
}

for (const { dialect: client } of entries) {
  const spoken = CLIENTS[client.id]
  if (spoken === undefined) throw new Error(`no conversation of ${client.id}`)
  const { base, at, said } = spoken
  const ends = said.flatMap((piece, end) => (isAsking(piece) ? [end + 1] : []))
  const turns = (): ModelRequest[] =>
    ends.map((end) =>
      client.readRequest({ model: 'm', ...base, [at]: said.slice(0, end) }, { model: 'm', stream: false }),
    )

  describe(`a client of ${client.id}`, () => {
    for (const { id, dialect, alternatives = [], example = 'm' } of vendors) {
      const dialects = [dialect, ...alternatives.map((other) => other.dialect)]
      for (const [number, vendor] of dialects.entries()) {
        for (const model of MODELS[id] ?? [example]) {
          it(`sends ${id} (${vendor.id}${number > 0 ? `, ${number + 1}` : ''}, ${model}) a prompt that only grows`, () => {
            const prompts = turns().map((request) => promptOf(vendor, request, model))
            expect(prompts.length).toBe(4)
            for (const [turn, { units, rest }] of prompts.entries()) {
              const before = prompts[turn - 1]
              if (before === undefined) continue
              expect(units.slice(0, before.units.length)).toEqual(before.units)
              expect(units.length).toBeGreaterThan(before.units.length)
              expect(rest).toBe(before.rest)
            }
          })
        }
      }
    }
  })
}
