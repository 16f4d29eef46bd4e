// Bedrock's exceptions: by status, by name in a header or a body, by words; and what a reply tells besides.
import { describe, expect, it } from 'vitest'
import { bedrock } from '../../../shared/dialects/bedrock/index.ts'
import type { ModelEvent } from '../../../shared/event.ts'
import type { Failure } from '../../../shared/failure.ts'
import { eventsOf, readData } from '../wire.ts'
import { bedrockEntry } from './entry.ts'

const { readFailure, readReply, readEvents } = bedrock()
const said = (message: string): string => JSON.stringify({ message })

describe('a failed reply', () => {
  const cases: readonly [number, string | undefined, string, Failure['kind']][] = [
    [400, 'ValidationException', said('Malformed input request.'), 'rejected'],
    [
      400,
      'ValidationException:http://internal.amazon.com/coral/com.amazon.coral.validate/',
      said('No.'),
      'rejected',
    ],
    [400, 'ValidationException', said('Input is too long for requested model.'), 'context-length'],
    [
      400,
      undefined,
      said('The model returned the following errors: prompt is too long: 210000 tokens > 200000 maximum'),
      'context-length',
    ],
    [
      400,
      undefined,
      said('input length and `max_tokens` exceed context limit: 199000 + 8000 > 200000'),
      'context-length',
    ],
    [400, undefined, said('Output blocked by content filtering policy'), 'refused'],
    [400, 'ServiceQuotaExceededException', said('Your request exceeds the service quota.'), 'rate-limited'],
    [
      400,
      undefined,
      '{"__type":"com.amazon.coral.availability#ThrottlingException","message":"Slow."}',
      'rate-limited',
    ],
    [401, undefined, '', 'credentials'],
    [
      403,
      'AccessDeniedException',
      said("You don't have access to the model with the specified model ID."),
      'credentials',
    ],
    [
      403,
      'ExpiredTokenException',
      said('The security token included in the request is expired'),
      'credentials',
    ],
    [
      403,
      undefined,
      '{"Message":"Authentication failed: Please make sure your API Key is valid."}',
      'credentials',
    ],
    [404, 'ResourceNotFoundException', said('Could not resolve the foundation model.'), 'rejected'],
    [408, 'ModelTimeoutException', said('Model has timed out.'), 'overloaded'],
    [424, 'ModelErrorException', said('The system encountered an unexpected error.'), 'overloaded'],
    [429, 'ThrottlingException', said('Too many tokens, please wait before trying again.'), 'rate-limited'],
    [429, 'ModelNotReadyException', said('The model is not ready.'), 'rate-limited'],
    [500, 'InternalServerException', said('Internal.'), 'overloaded'],
    [503, 'ServiceUnavailableException', '<html>', 'overloaded'],
    [302, undefined, '', 'malformed'],
  ]
  for (const [status, code, body, kind] of cases) {
    it(`of ${status} ${code ?? ''} ${body.slice(0, 60)} is ${kind}`, () =>
      expect(readFailure({ status, body, ...(code === undefined ? {} : { code }) }).kind).toBe(kind))
  }

  it('keeps the name of the exception, its words, and how long to wait', () => {
    expect(readFailure({ status: 400, code: 'ValidationException', body: said('Bad.') })).toEqual({
      kind: 'rejected',
      status: 400,
      code: 'ValidationException',
      message: 'Bad.',
    })
    expect(readFailure({ status: 429, body: said('Slow.'), retryAfterMs: 1_500 })).toEqual({
      kind: 'rate-limited',
      status: 429,
      retryAfterMs: 1_500,
    })
  })

  it('says nothing of the account, nor of a page that is no answer', () => {
    const body = said(
      'No access to arn:aws:bedrock:us-east-1:123456789012:inference-profile/x for AKIAIOSFODNN7EXAMPLE.',
    )
    const failure = JSON.stringify(readFailure({ status: 400, body }))
    expect(failure).toContain('No access to [resource] for')
    expect(failure).not.toMatch(/123456789012|AKIAIOSFODNN7EXAMPLE/)
    expect(JSON.stringify(readFailure({ status: 400, body: '<html>nginx</html>' }))).not.toContain('nginx')
  })

  it('row 22: inside a 200, as a wrong address is answered, is a failure', () => {
    const body = '{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}'
    expect(eventsOf(readReply(body))).toEqual([
      {
        type: 'error',
        failure: {
          kind: 'rejected',
          status: 404,
          code: 'UnknownOperationException',
          message: 'The provider gave no reason.',
        },
      },
    ])
  })
})

describe('an answer', () => {
  const whole = (more: object, model?: string): ModelEvent[] =>
    eventsOf(
      readReply(
        JSON.stringify({
          output: { message: { role: 'assistant', content: [{ text: 'Hi' }] } },
          stopReason: 'end_turn',
          ...more,
        }),
        model,
      ),
    )
  const streamed = (...events: object[]): ModelEvent[] =>
    readData(
      bedrockEntry,
      events.map((event) => JSON.stringify(event)),
    )
  const text = { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'Hi' } } }

  const reasons: readonly [string, string][] = [
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['tool_use', 'tool-calls'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['content_filtered', 'content-filter'],
    ['guardrail_intervened', 'content-filter'],
    ['something_new', 'other'],
    ['constructor', 'other'],
  ]
  for (const [raw, reason] of reasons) {
    it(`row 36: that ends with '${raw}' has ended by ${reason}`, () => {
      const end = { type: 'choice-end', index: 0, reason, raw }
      expect(whole({ stopReason: raw })).toContainEqual(end)
      expect(streamed(text, { messageStop: { stopReason: raw } })).toContainEqual(end)
    })
  }

  it('is over with its usage, without waiting for the connection to close', () => {
    const reader = readEvents()
    const read = (event: string, value: object) => reader.read({ event, data: JSON.stringify(value) }).events
    read('contentBlockDelta', text.contentBlockDelta)
    expect(read('messageStop', { stopReason: 'end_turn' })).toMatchObject([{ type: 'choice-end' }])
    expect(reader.complete).toBe(true)
    expect(read('metadata', { usage: { inputTokens: 1, outputTokens: 1 } })).toMatchObject([
      { type: 'finish' },
    ])
    expect(reader.close().events).toEqual([])
  })

  it('without a reason to end is none', () => {
    expect(whole({ stopReason: undefined })).toMatchObject([
      { type: 'error', failure: { kind: 'malformed' } },
    ])
  })

  it('that its host could not read is none', () => {
    for (const stopReason of ['malformed_model_output', 'malformed_tool_use']) {
      expect(whole({ stopReason }).at(-1)).toMatchObject({ type: 'error', failure: { kind: 'malformed' } })
      expect(streamed(text, { messageStop: { stopReason } }, { metadata: {} }).at(-1)).toMatchObject({
        type: 'error',
      })
    }
  })

  it('row 8: tells which class of service it was billed at', () => {
    expect(whole({ serviceTier: { type: 'priority' } }).at(-1)).toEqual({
      type: 'finish',
      reason: 'stop',
      serviceTier: 'priority',
    })
    const metadata = { usage: { inputTokens: 1, outputTokens: 2 }, serviceTier: { type: 'flex' } }
    expect(streamed(text, { messageStop: { stopReason: 'end_turn' } }, { metadata }).at(-1)).toMatchObject({
      type: 'finish',
      serviceTier: 'flex',
      usage: { input: 1, output: 2 },
    })
  })

  it('row 4: whose usage comes before its end keeps it, and row 5: zero is data', () => {
    const metadata = { usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 } }
    expect(streamed(text, { metadata }, { messageStop: { stopReason: 'end_turn' } }).at(-1)).toEqual({
      type: 'finish',
      reason: 'stop',
      usage: { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 },
    })
    for (const usage of [undefined, null, {}, [], 'none', 5]) {
      expect(whole({ usage }).at(-1)).toEqual({ type: 'finish', reason: 'stop' })
    }
  })

  it('row 7: tells an hour of cache from five minutes, however it is written', () => {
    const usageOf = (cacheDetails: unknown) =>
      whole({ usage: { inputTokens: 1, outputTokens: 1, cacheWriteInputTokens: 10, cacheDetails } }).at(-1)
    expect(usageOf([{ ttl: 'T1H', inputTokens: 4 }])).toMatchObject({
      usage: { cacheWrite: 6, cacheWriteLong: 4 },
    })
    expect(usageOf([{ ttl: '1h', inputTokens: 40 }])).toMatchObject({
      usage: { cacheWrite: 0, cacheWriteLong: 10 },
    })
    for (const none of [undefined, [], [{ ttl: '5m', inputTokens: 10 }], [null, 5]]) {
      expect(usageOf(none)).toMatchObject({ usage: { cacheWrite: 10 } })
      expect(usageOf(none)).not.toHaveProperty('usage.cacheWriteLong')
    }
  })

  it('row 32: has a number of its own for each call, whatever the block', () => {
    const tool = (contentBlockIndex: number, toolUseId?: string) => ({
      contentBlockStart: { contentBlockIndex, start: { toolUse: { name: 'f', toolUseId } } },
    })
    const args = (contentBlockIndex: number, input: string) => ({
      contentBlockDelta: { contentBlockIndex, delta: { toolUse: { input } } },
    })
    const events = streamed(text, tool(3, 'a'), tool(7), args(7, '{"b":'), args(3, '{}'), args(7, '1}'), {
      messageStop: { stopReason: 'tool_use' },
    })
    expect(events.filter(({ type }) => type.startsWith('tool-'))).toEqual([
      { type: 'tool-start', index: 0, call: 0, id: 'a', name: 'f' },
      { type: 'tool-start', index: 0, call: 1, id: 'call_1', name: 'f' },
      { type: 'tool-delta', index: 0, call: 1, json: '{"b":' },
      { type: 'tool-delta', index: 0, call: 0, json: '{}' },
      { type: 'tool-delta', index: 0, call: 1, json: '1}' },
    ])
  })

  it('does not ask the client to call what Bedrock calls itself', () => {
    const events = streamed(
      {
        contentBlockStart: {
          contentBlockIndex: 0,
          start: { toolUse: { name: 'nova_grounding', toolUseId: 'a', type: 'server_tool_use' } },
        },
      },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { toolUse: { input: '{"q":1}' } } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      text,
      { messageStop: { stopReason: 'end_turn' } },
    )
    expect(events.map(({ type }) => type)).toEqual([
      'start',
      'other-delta',
      'text-delta',
      'choice-end',
      'finish',
    ])
  })

  describe('with thoughts', () => {
    const content = [
      { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'c2Vh' } } },
      { reasoningContent: { redactedContent: 'cmVk' } },
    ]
    const proofs = (model?: string): unknown[] =>
      whole({ output: { message: { content } } }, model).flatMap((event) =>
        event.type === 'reasoning-signature' ? [event.signature] : [],
      )

    it('row 38: names the maker whose proof it is, in order', () => {
      expect(proofs('us.anthropic.claude-sonnet-4-5-20250929-v1:0')).toEqual([
        { dialect: 'anthropic', kind: 'signature', data: 'c2Vh' },
        { dialect: 'bedrock-claude', kind: 'redacted', data: 'cmVk' },
      ])
      expect(proofs('us.openai.gpt-5.6')).toMatchObject([
        { dialect: 'bedrock-openai' },
        { dialect: 'bedrock-openai' },
      ])
      expect(proofs('arn:aws:bedrock:us-east-1:1:application-inference-profile/abc')).toMatchObject([
        { dialect: 'bedrock-other' },
        { dialect: 'bedrock-other' },
      ])
    })

    it('row 38: puts a proof together that comes in pieces, and says it where its block ends', () => {
      const reader = readEvents(1, 'anthropic.claude-opus-4-6-v1')
      const frames: readonly [string, object][] = [
        ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'Hm.' } } }],
        ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { signature: 'c2' } } }],
        ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { signature: 'Vh' } } }],
        ['contentBlockStop', { contentBlockIndex: 0 }],
        ['contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'Four.' } }],
      ]
      const events = frames.flatMap(
        ([event, value]) => reader.read({ event, data: JSON.stringify(value) }).events,
      )
      expect(events.slice(1)).toEqual([
        { type: 'reasoning-delta', index: 0, text: 'Hm.' },
        {
          type: 'reasoning-signature',
          index: 0,
          signature: { dialect: 'anthropic', kind: 'signature', data: 'c2Vh' },
        },
        { type: 'text-delta', index: 0, text: 'Four.' },
      ])
    })
  })
})
