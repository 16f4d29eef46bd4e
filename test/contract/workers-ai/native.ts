// Streams and replies of Workers AI's native models, as /run gives them. Names say whose habit a shape is.
import type { ReplyFixture, StreamFixture } from '../entry.ts'

type Json = Readonly<Record<string, unknown>>

const frame = (fields: Json): string => JSON.stringify(fields)

/** `p` pads frames, so that their length does not tell the token. */
const say = (response: unknown, more: Json = {}): string => frame({ response, p: 'abdefghijkl', ...more })
const DONE = '[DONE]'

const usage = (prompt: number, completion: number, cached = 0): Json => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  prompt_tokens_details: { cached_tokens: cached },
  neurons: 1.7727,
})

const counted = (input: number, output: number, cacheRead = 0) => ({
  input,
  cacheRead,
  cacheWrite: 0,
  output,
  reasoning: 0,
})

/** With a last line that counts, so that the end marker may be missing. */
export const streams: readonly StreamFixture[] = [
  {
    name: 'text (Llama 3)',
    data: [
      say('Grüße, 世'),
      say('界 👩‍🚀'),
      say('!'),
      say(''),
      frame({ response: '', usage: usage(755, 10) }),
      DONE,
    ],
    says: [{ text: 'Grüße, 世界 👩‍🚀!', reason: 'stop' }],
    usage: counted(755, 10),
  },
  {
    name: 'text with cached tokens and empty lists of calls (Llama 3.3, Llama 4)',
    data: [
      say('', { tool_calls: [] }),
      say('Seven', { tool_calls: [] }),
      frame({ tool_calls: [], p: 'abdef' }),
      say(' bridges', { tool_calls: [] }),
      frame({ response: '', usage: usage(1_219, 3, 1_024) }),
      DONE,
    ],
    says: [{ text: 'Seven bridges', reason: 'stop' }],
    usage: counted(195, 3, 1_024),
  },
  {
    name: 'a token that is a number',
    data: [say('6 times 7 is '), say(42), say('.'), frame({ response: '', usage: usage(9, 5) }), DONE],
    says: [{ text: '6 times 7 is 42.', reason: 'stop' }],
    usage: counted(9, 5),
  },
  {
    name: 'a finish reason of its own (Llama 4)',
    data: [
      say('Hello', { finish_reason: null }),
      say(' wor', { finish_reason: 'length' }),
      frame({ response: '', usage: usage(5, 2) }),
      DONE,
    ],
    says: [{ text: 'Hello wor', reason: 'length' }],
    usage: counted(5, 2),
  },
  {
    name: 'calls in pieces, one after the other, and a mark after the last',
    data: [
      say('Let me look.'),
      frame({
        tool_calls: [{ id: 'call123', type: 'function', index: 0, function: { name: 'get_weather' } }],
      }),
      frame({ tool_calls: [{ index: 0, function: { arguments: '{"city": "Mün' } }] }),
      frame({ tool_calls: [{ index: 0, function: { arguments: 'chen"}' } }] }),
      frame({ tool_calls: [{ id: 'call124', type: 'function', index: 1, function: { name: 'get_time' } }] }),
      frame({ tool_calls: [{ index: 1, function: { arguments: '{}' } }] }),
      frame({ tool_calls: [{ id: null, type: null, function: { name: null, arguments: '' } }] }),
      frame({ response: '', usage: usage(120, 31) }),
      DONE,
    ],
    says: [
      {
        text: 'Let me look.',
        calls: [
          { id: 'call123', name: 'get_weather', json: '{"city": "München"}' },
          { id: 'call124', name: 'get_time', json: '{}' },
        ],
        reason: 'tool-calls',
      },
    ],
    usage: counted(120, 31),
  },
  {
    name: 'zero for usage is said, not missing',
    data: [say('Hi'), frame({ response: '', usage: usage(0, 0) }), DONE],
    says: [{ text: 'Hi', reason: 'stop' }],
    usage: counted(0, 0),
  },
]

/** Without such a line: only the end marker says that nothing is missing. */
export const bareStreams: readonly StreamFixture[] = [
  {
    name: 'text without usage (before it was reported)',
    data: [say('Hello'), say('!'), DONE],
    says: [{ text: 'Hello!', reason: 'stop' }],
    usage: undefined,
  },
  {
    name: 'usage so far in every frame',
    data: [
      say('Hello', { usage: usage(7, 1) }),
      say(' there', { usage: usage(7, 2) }),
      say('', { usage: usage(7, 3) }),
      DONE,
    ],
    says: [{ text: 'Hello there', reason: 'stop' }],
    usage: counted(7, 3),
  },
  {
    name: 'whole calls with objects for arguments (Hermes 2 Pro, Mistral Small)',
    data: [
      frame({
        response: null,
        tool_calls: [{ name: 'get_weather', arguments: { city: 'Zürich', days: 2 } }],
      }),
      frame({ response: null, tool_calls: [{ name: 'get_time', arguments: {} }] }),
      frame({ tool_calls: [{ id: null, type: null, function: { name: null, arguments: '' } }] }),
      DONE,
    ],
    says: [
      {
        calls: [
          { id: 'call_9320a026_0_0', name: 'get_weather', json: '{"city":"Zürich","days":2}' },
          { id: 'call_f29e667e_0_1', name: 'get_time', json: '{}' },
        ],
        reason: 'tool-calls',
      },
    ],
    usage: undefined,
  },
]

const rest = (result: unknown): string => JSON.stringify({ result, success: true, errors: [], messages: [] })

export const replies: readonly ReplyFixture[] = [
  {
    name: 'text, through the binding',
    body: JSON.stringify({ response: 'Grüße, 世界!', tool_calls: [], usage: usage(26, 8) }),
    says: [{ text: 'Grüße, 世界!', reason: 'stop' }],
    usage: counted(26, 8),
  },
  {
    name: 'text, over REST',
    body: rest({ response: 'Hi', usage: usage(1_030, 2, 1_024) }),
    says: [{ text: 'Hi', reason: 'stop' }],
    usage: counted(6, 2, 1_024),
  },
  {
    name: 'calls with objects for arguments, no ids, and one without arguments',
    body: rest({
      response: null,
      tool_calls: [
        { name: 'getWeather', arguments: { latitude: '47.3769', longitude: '8.5417' } },
        { name: 'getTime' },
      ],
      usage: usage(99, 20),
    }),
    says: [
      {
        calls: [
          {
            id: 'call_9af1dee5_0_0',
            name: 'getWeather',
            json: '{"latitude":"47.3769","longitude":"8.5417"}',
          },
          { id: 'call_0d53bc8e_0_1', name: 'getTime', json: '{}' },
        ],
        reason: 'tool-calls',
      },
    ],
    usage: counted(99, 20),
  },
  {
    name: 'JSON mode, whose answer comes parsed',
    body: JSON.stringify({
      response: { river: 'Limmat', lengthKm: 35, cities: ['Zürich', 'Baden'] },
      usage: usage(40, 30),
    }),
    says: [{ text: '{"river":"Limmat","lengthKm":35,"cities":["Zürich","Baden"]}', reason: 'stop' }],
    usage: counted(40, 30),
  },
  {
    name: 'without usage',
    body: rest({ response: 'Hi' }),
    says: [{ text: 'Hi', reason: 'stop' }],
    usage: undefined,
  },
]
