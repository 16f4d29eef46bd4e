// Streams of the Messages API in its recorded shapes, shortened.
// https://platform.claude.com/docs/en/build-with-claude/streaming
import type { StreamFixture } from '../entry.ts'
import type { Usage } from '../../../shared/usage.ts'

type Event = Readonly<Record<string, unknown>>

export const begin = (usage: object = { input_tokens: 25, output_tokens: 1 }, more: object = {}): Event => ({
  type: 'message_start',
  message: {
    id: 'msg_01XFDUDYJgAACzvnptvVoYEL',
    type: 'message',
    role: 'assistant',
    model: 'claude-opus-4-6',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
    ...more,
  },
})
export const open = (index: number, block: object): Event => ({
  type: 'content_block_start',
  index,
  content_block: block,
})
export const delta = (index: number, change: object): Event => ({
  type: 'content_block_delta',
  index,
  delta: change,
})
export const shut = (index: number): Event => ({ type: 'content_block_stop', index })
export const end = (
  reason: string,
  usage: object | undefined = { output_tokens: 15 },
  more: object = {},
): Event => ({
  type: 'message_delta',
  delta: { stop_reason: reason, stop_sequence: null, ...more },
  ...(usage === undefined ? {} : { usage }),
})
export const PING: Event = { type: 'ping' }
export const STOP: Event = { type: 'message_stop' }

export const say = (index: number, ...texts: readonly string[]): Event[] => [
  open(index, { type: 'text', text: '' }),
  ...texts.map((text) => delta(index, { type: 'text_delta', text })),
  shut(index),
]
export const call = (index: number, id: string, name: string, ...pieces: readonly string[]): Event[] => [
  open(index, { type: 'tool_use', id, name, input: {} }),
  ...pieces.map((piece) => delta(index, { type: 'input_json_delta', partial_json: piece })),
  shut(index),
]
export const think = (index: number, signature: string, ...texts: readonly string[]): Event[] => [
  open(index, { type: 'thinking', thinking: '', signature: '' }),
  ...texts.map((thinking) => delta(index, { type: 'thinking_delta', thinking })),
  delta(index, { type: 'signature_delta', signature }),
  shut(index),
]

export const dataOf = (events: readonly Event[]): string[] => events.map((event) => JSON.stringify(event))

const usage = (input: number, output: number, more: Partial<Usage> = {}): Usage => ({
  input,
  cacheRead: 0,
  cacheWrite: 0,
  output,
  reasoning: 0,
  ...more,
})

const fixture = (
  name: string,
  events: readonly Event[],
  says: StreamFixture['says'],
  counted: Usage | undefined = usage(25, 15),
): StreamFixture => ({ name, data: dataOf(events), says, usage: counted })

export const SIGNATURE = 'EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds/+Q=='

export const streams: readonly StreamFixture[] = [
  fixture(
    'text in several scripts, with pings',
    [begin(), PING, ...say(0, 'Grüße', ' aus 東京', ' 👩‍🚀!'), PING, end('end_turn'), STOP],
    [{ text: 'Grüße aus 東京 👩‍🚀!', reason: 'stop' }],
  ),
  fixture(
    'two tools in parallel, with words between',
    [
      begin({ input_tokens: 472, output_tokens: 2 }),
      ...say(0, 'Okay, ', 'both. '),
      ...call(
        1,
        'toolu_01T1x1fJ34qAmk2tNTrN7Up6',
        'get_weather',
        '',
        '{"location":',
        '"San Fra',
        'ncisco, CA"}',
      ),
      ...say(2, 'And the time. '),
      ...call(3, 'toolu_01A09q90qw90lq917835lq9', 'get_time', '{"zone":"CET"}'),
      end('tool_use', { output_tokens: 89 }),
      STOP,
    ],
    [
      {
        text: 'Okay, both. And the time. ',
        calls: [
          {
            id: 'toolu_01T1x1fJ34qAmk2tNTrN7Up6',
            name: 'get_weather',
            json: '{"location":"San Francisco, CA"}',
          },
          { id: 'toolu_01A09q90qw90lq917835lq9', name: 'get_time', json: '{"zone":"CET"}' },
        ],
        reason: 'tool-calls',
      },
    ],
    usage(472, 89),
  ),
  fixture(
    'thoughts with their signature',
    [
      begin(),
      ...think(0, SIGNATURE, '1071 = 2 × 462', ' + 147'),
      ...say(1, '21'),
      end('end_turn', { output_tokens: 40, output_tokens_details: { thinking_tokens: 30 } }),
      STOP,
    ],
    [{ text: '21', reasoning: '1071 = 2 × 462 + 147', reason: 'stop' }],
    usage(25, 10, { reasoning: 30 }),
  ),
  fixture(
    'thoughts that nobody may read: left out, and redacted',
    [
      begin(),
      ...think(0, SIGNATURE),
      open(1, { type: 'redacted_thinking', data: 'EmwKAhgBEgy3va3pzix/LafPsn4a' }),
      shut(1),
      ...say(2, 'Yes'),
      end('end_turn'),
      STOP,
    ],
    [{ text: 'Yes', reason: 'stop' }],
  ),
  fixture(
    'a prompt that was read from and written to a cache',
    [
      begin({
        input_tokens: 2_095,
        cache_creation_input_tokens: 556,
        cache_read_input_tokens: 188_086,
        cache_creation: { ephemeral_5m_input_tokens: 456, ephemeral_1h_input_tokens: 100 },
        output_tokens: 1,
        service_tier: 'standard',
      }),
      ...say(0, 'Hi'),
      end('end_turn', {
        input_tokens: 2_095,
        cache_creation_input_tokens: 556,
        cache_read_input_tokens: 188_086,
        output_tokens: 503,
      }),
      STOP,
    ],
    [{ text: 'Hi', reason: 'stop' }],
    usage(2_095, 503, { cacheRead: 188_086, cacheWrite: 456, cacheWriteLong: 100 }),
  ),
  fixture(
    'a tool of the server, whose blocks only this dialect knows',
    [
      begin({
        input_tokens: 2_679,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: 3,
      }),
      ...say(0, "I'll check."),
      open(1, {
        type: 'server_tool_use',
        id: 'srvtoolu_014hJH82Qum7Td6UV8gDXThB',
        name: 'web_search',
        input: {},
      }),
      delta(1, { type: 'input_json_delta', partial_json: '{"query":"weather"}' }),
      shut(1),
      open(2, {
        type: 'web_search_tool_result',
        tool_use_id: 'srvtoolu_014hJH82Qum7Td6UV8gDXThB',
        content: [
          {
            type: 'web_search_result',
            title: 'Weather',
            url: 'https://example.com',
            encrypted_content: 'Ev0',
          },
        ],
      }),
      shut(2),
      open(3, { type: 'text', text: '', citations: [] }),
      delta(3, {
        type: 'citations_delta',
        citation: { type: 'web_search_result_location', url: 'https://example.com', cited_text: 'Sunny' },
      }),
      delta(3, { type: 'text_delta', text: ' Sunny.' }),
      shut(3),
      end('end_turn', {
        input_tokens: 10_682,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: 510,
        server_tool_use: { web_search_requests: 1 },
      }),
      STOP,
    ],
    [{ text: "I'll check. Sunny.", reason: 'stop' }],
    usage(10_682, 510),
  ),
  fixture(
    'an answer that its limit cut',
    [begin(), ...say(0, 'So'), end('max_tokens'), STOP],
    [{ text: 'So', reason: 'length' }],
  ),
  fixture(
    'an answer that the context window cut',
    [begin(), ...say(0, 'So'), end('model_context_window_exceeded'), STOP],
    [{ text: 'So', reason: 'length' }],
  ),
  fixture(
    'a refusal in the middle',
    [
      begin(),
      ...say(0, 'So'),
      end(
        'refusal',
        { output_tokens: 15 },
        {
          stop_details: { type: 'refusal', category: 'cyber', explanation: null },
        },
      ),
      STOP,
    ],
    [{ text: 'So', reason: 'content-filter' }],
  ),
  fixture(
    'an end at a stop sequence',
    [begin(), ...say(0, 'So'), end('stop_sequence', { output_tokens: 15 }, { stop_sequence: 'END' }), STOP],
    [{ text: 'So', reason: 'stop' }],
  ),
  fixture(
    'nothing at all',
    [begin(), end('end_turn', { output_tokens: 0 }), STOP],
    [{ reason: 'stop' }],
    usage(25, 0),
  ),
  fixture(
    'usage of zero, which is data',
    [
      begin({ input_tokens: 0, output_tokens: 0 }),
      ...say(0, 'Hi'),
      end('end_turn', { output_tokens: 0 }),
      STOP,
    ],
    [{ text: 'Hi', reason: 'stop' }],
    usage(0, 0),
  ),
  fixture(
    'a tool without arguments, beside one whose arguments came with it (other servers)',
    [
      begin(),
      ...call(0, 'toolu_1', 'now'),
      open(1, { type: 'tool_use', id: 'toolu_2', name: 'add', input: { a: 1 } }),
      shut(1),
      end('tool_use'),
      STOP,
    ],
    [
      {
        calls: [
          { id: 'toolu_1', name: 'now', json: '{}' },
          { id: 'toolu_2', name: 'add', json: '{"a":1}' },
        ],
        reason: 'tool-calls',
      },
    ],
  ),
  fixture(
    'a text that came with its block, which is never ended (other servers)',
    [
      begin(),
      open(0, { type: 'text', text: 'Hi' }),
      delta(0, { type: 'text_delta', text: '!' }),
      end('end_turn'),
      STOP,
    ],
    [{ text: 'Hi!', reason: 'stop' }],
  ),
  {
    name: 'no usage',
    data: dataOf([
      {
        type: 'message_start',
        message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [] },
      },
      ...say(0, 'Hi'),
      { type: 'message_delta', delta: { stop_reason: 'end_turn' } },
      STOP,
    ]),
    says: [{ text: 'Hi', reason: 'stop' }],
    usage: undefined,
  },
  {
    name: 'odd spacing and escapes inside the JSON',
    data: [
      '{ "message":{"model":"m",  "id":"msg_1"} , "type":"message_start"}',
      '{"type": "content_block_start", "index":0, "content_block": {"type":"text","text":""}}',
      '{"delta": {"text":"\\u0048\\ud83d\\ude00\\n\\"", "type":"text_delta"}, "index":0, "type":"content_block_delta"}',
      '{"type":"message_delta","delta":{"stop_reason":"end_turn"}}',
      '{"type":"message_stop"}',
    ],
    says: [{ text: 'H😀\n"', reason: 'stop' }],
    usage: undefined,
  },
]
