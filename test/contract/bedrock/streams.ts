// Streams of ConverseStream in the recorded shapes: each event under its name, `p` the padding that Bedrock adds.
import type { StreamFixture } from '../entry.ts'

type Event = Readonly<Record<string, unknown>>

const start: Event = { messageStart: { p: 'abcdefghijk', role: 'assistant' } }
const delta = (contentBlockIndex: number, delta: object, p = 'abcdefgh'): Event => ({
  contentBlockDelta: { contentBlockIndex, delta, p },
})
const say = (at: number, text: string): Event => delta(at, { text })
const think = (at: number, content: object): Event => delta(at, { reasoningContent: content })
const tool = (contentBlockIndex: number, toolUseId: string, name: string): Event => ({
  contentBlockStart: {
    contentBlockIndex,
    p: 'abc',
    start: { toolUse: { name, toolUseId, type: 'tool_use' } },
  },
})
const args = (at: number, input: string): Event => delta(at, { toolUse: { input } })
const stop = (contentBlockIndex: number): Event => ({
  contentBlockStop: { contentBlockIndex, p: 'abcdefghijklmno' },
})
const end = (stopReason: string): Event => ({ messageStop: { p: 'abcdefg', stopReason } })
const meter = (usage: object, more: object = {}): Event => ({
  metadata: {
    metrics: { latencyMs: 812 },
    p: 'abcdefghijklm',
    usage: { serverToolUsage: {}, ...usage },
    ...more,
  },
})

const fixture = (
  name: string,
  events: readonly Event[],
  says: StreamFixture['says'],
  usage: StreamFixture['usage'],
): StreamFixture => ({ name, data: events.map((event) => JSON.stringify(event)), says, usage })

const plain = { inputTokens: 14, outputTokens: 9, totalTokens: 23 }
const counted = { input: 14, cacheRead: 0, cacheWrite: 0, output: 9, reasoning: 0 }

export const streams: readonly StreamFixture[] = [
  fixture(
    'text in several scripts',
    [start, say(0, 'Grüße'), say(0, ' aus 東京'), say(0, ' 👩‍🚀!'), stop(0), end('end_turn'), meter(plain)],
    [{ text: 'Grüße aus 東京 👩‍🚀!', reason: 'stop' }],
    counted,
  ),
  fixture(
    'two tools in parallel, with words between',
    [
      start,
      say(0, 'I will look at both. '),
      stop(0),
      tool(1, 'tooluse_kZJMlvQmRJ6eAyJE5GIl7Q', 'weather'),
      args(1, ''),
      args(1, '{"city":'),
      args(1, ' "Paris"}'),
      stop(1),
      say(2, 'And now the time. '),
      stop(2),
      tool(3, 'tooluse_bpe71yCfRu2b5i-nKGDr5g', 'time'),
      args(3, '{"zone":"CET"}'),
      stop(3),
      end('tool_use'),
      meter({ inputTokens: 402, outputTokens: 118, totalTokens: 520 }),
    ],
    [
      {
        text: 'I will look at both. And now the time. ',
        calls: [
          { id: 'tooluse_kZJMlvQmRJ6eAyJE5GIl7Q', name: 'weather', json: '{"city": "Paris"}' },
          { id: 'tooluse_bpe71yCfRu2b5i-nKGDr5g', name: 'time', json: '{"zone":"CET"}' },
        ],
        reason: 'tool-calls',
      },
    ],
    { input: 402, cacheRead: 0, cacheWrite: 0, output: 118, reasoning: 0 },
  ),
  fixture(
    'a tool without arguments',
    [start, tool(0, 'tooluse_1', 'now'), args(0, ''), stop(0), end('tool_use'), meter(plain)],
    [{ calls: [{ id: 'tooluse_1', name: 'now', json: '{}' }], reason: 'tool-calls' }],
    counted,
  ),
  fixture(
    'thoughts with their proof, then an answer',
    [
      start,
      think(0, { text: 'The user ' }),
      think(0, { text: 'wants 2+2.' }),
      think(0, { signature: 'EqoBCkgIARABGAIiQL8UGLtk1fMFV' }),
      stop(0),
      say(1, 'Four.'),
      stop(1),
      end('end_turn'),
      meter(plain),
    ],
    [{ reasoning: 'The user wants 2+2.', text: 'Four.', reason: 'stop' }],
    counted,
  ),
  fixture(
    'thoughts that nobody may read, in pieces',
    [
      start,
      think(0, { redactedContent: 'cnNuX3BVUGgx' }),
      think(0, { redactedContent: 'NnRvNFZL' }),
      stop(0),
      tool(1, 'call_61f8fcbe423a58699163c53e076f1a06', 'propose'),
      args(1, '{"groups":[]}'),
      stop(1),
      end('tool_use'),
      meter(plain),
    ],
    [
      {
        calls: [{ id: 'call_61f8fcbe423a58699163c53e076f1a06', name: 'propose', json: '{"groups":[]}' }],
        reason: 'tool-calls',
      },
    ],
    counted,
  ),
  fixture(
    'an open model, whose blocks begin without a word and whose ids have dots and colons',
    [
      start,
      say(0, ''),
      say(0, ' Reading. '),
      stop(0),
      tool(1, 'functions.read_file:1', 'read_file'),
      args(1, '{"path": "a.ts"}'),
      stop(1),
      say(2, ''),
      stop(2),
      end('tool_use'),
      meter(plain),
    ],
    [
      {
        text: ' Reading. ',
        calls: [{ id: 'functions.read_file:1', name: 'read_file', json: '{"path": "a.ts"}' }],
        reason: 'tool-calls',
      },
    ],
    counted,
  ),
  fixture(
    'the output limit',
    [start, say(0, 'Once upon'), stop(0), end('max_tokens'), meter(plain)],
    [{ text: 'Once upon', reason: 'length' }],
    counted,
  ),
  fixture(
    'a filter',
    [
      start,
      say(0, 'Sorry, no.'),
      stop(0),
      end('guardrail_intervened'),
      meter(plain, { trace: { guardrail: {} } }),
    ],
    [{ text: 'Sorry, no.', reason: 'content-filter' }],
    counted,
  ),
  fixture(
    'nothing',
    [start, end('end_turn'), meter({ inputTokens: 3, outputTokens: 0, totalTokens: 3 })],
    [{ reason: 'stop' }],
    {
      input: 3,
      cacheRead: 0,
      cacheWrite: 0,
      output: 0,
      reasoning: 0,
    },
  ),
  fixture(
    'a prompt read from one cache and written to two',
    [
      start,
      say(0, 'Yes.'),
      stop(0),
      end('stop_sequence'),
      meter({
        inputTokens: 6,
        outputTokens: 4,
        totalTokens: 3_310,
        cacheReadInputTokenCount: 2_000,
        cacheReadInputTokens: 2_000,
        cacheWriteInputTokenCount: 1_300,
        cacheWriteInputTokens: 1_300,
        cacheDetails: [
          { inputTokens: 1_000, ttl: '1h' },
          { inputTokens: 300, ttl: '5m' },
        ],
      }),
    ],
    [{ text: 'Yes.', reason: 'stop' }],
    { input: 6, cacheRead: 2_000, cacheWrite: 300, cacheWriteLong: 1_000, output: 4, reasoning: 0 },
  ),
  fixture(
    'no usage',
    [start, say(0, 'Hi'), stop(0), end('end_turn')],
    [{ text: 'Hi', reason: 'stop' }],
    undefined,
  ),
]
