// An answer as a reply: a stream that never throws, a whole body, and headers that explain it.
import { describe, expect, it, vi } from 'vitest'
import { openaiChat } from '../../../../shared/dialects/openai-chat/index.ts'
import type { Batch } from '../../../../shared/event.ts'
import { Failed } from '../../../../shared/failure.ts'
import type { RateLeft } from '../../../../shared/rates.ts'
import type { ModelRequest } from '../../../../shared/request.ts'
import { deliver, writeRoute } from '../../../../workers/edge/deliver.ts'
import {
  answerOf,
  batchesOf,
  cxAt,
  piece,
  planOf,
  requestFor,
  say,
  START,
  STOP,
  target,
} from '../../samples.ts'

const from = target('big', { provider: 'lab', model: 'big-1', tier: 'frontier' })
const attempts = [{ target: 'big', startedAt: 1, durationMs: 1, end: 'answered' }]

function delivered(
  batches: AsyncGenerator<Batch, void, undefined>,
  over: Partial<ModelRequest> = {},
  abort = vi.fn(),
  clamped?: number,
  rates: readonly RateLeft[] = [],
) {
  const plan = planOf(['big'], { tier: 'frontier', reason: 'hard', score: 0.7 })
  const answer = answerOf(from, batches)
  const served = { plan, answer, attempts, clamped, rates, promptTokens: async () => 7 }
  return deliver(
    { request: requestFor('Hi', over), served, dialect: openaiChat(), receivedAt: 1_000, keepAliveMs: 0 },
    cxAt(() => 1_030),
    abort,
  )
}

describe('headers', () => {
  it('explain who answered, why, after how many attempts and in what time', async () => {
    const { headers } = await delivered(batchesOf([piece(START, say('Hi'), ...STOP)]))
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-minnow-model': 'lab/big-1',
      'x-minnow-route': 'frontier; reason=hard; score=0.7',
      'x-minnow-attempts': '1',
      'server-timing': 'gateway;dur=25, upstream;dur=5',
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
    })
    expect(headers.has('x-minnow-cost')).toBe(false)
    expect(headers.has('x-minnow-clamped')).toBe(false)
  })

  it('say when the answer was shortened to its cost', async () => {
    expect(
      (await delivered(batchesOf([piece(say('Hi'), ...STOP)]), {}, vi.fn(), 40)).headers.get(
        'x-minnow-clamped',
      ),
    ).toBe('max_tokens=40')
  })

  it("say what is left of rates, in OpenAI's words", async () => {
    const rates: RateLeft[] = [
      { unit: 'requests', limit: 60, remaining: 59, resetMs: 1_000 },
      { unit: 'tokens', limit: 150_000, remaining: 149_984, resetMs: 360_000 },
    ]
    const { headers } = await delivered(batchesOf([piece(say('Hi'), ...STOP)]), {}, vi.fn(), undefined, rates)
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-limit-tokens': '150000',
      'x-ratelimit-remaining-tokens': '149984',
      'x-ratelimit-reset-tokens': '6m0s',
    })
  })

  it('carry the cost of a whole reply in dollars', async () => {
    const priced = piece(
      say('Hi'),
      { type: 'choice-end', index: 0, reason: 'stop' },
      { type: 'finish', reason: 'stop', costMicros: 120 },
    )
    const response = await delivered(batchesOf([priced]), { stream: false })
    expect(response.headers.get('x-minnow-cost')).toBe('0.00012')
    expect(response.headers.get('content-type')).toContain('application/json')
  })

  it('name the tier that answered and the reason of the plan, which differ after a failover', () => {
    expect(writeRoute(planOf([], { reason: 'easy', score: 0.12 }), 'frontier')).toBe(
      'frontier; reason=easy; score=0.12',
    )
    expect(writeRoute(planOf([]), 'fixed')).toBe('fixed; reason=order')
  })
})

describe('a stream', () => {
  it('carries every batch and ends cleanly after its finish', async () => {
    const text = await (
      await delivered(batchesOf([piece(START)], [piece(say('Hi'))], [piece(...STOP)]))
    ).text()
    expect(text).toContain('"content":"Hi"')
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  })

  it('that breaks off ends with the error in-band and no [DONE]', async () => {
    const text = await (
      await delivered(
        batchesOf(
          [piece(START, say('Hi'))],
          [piece({ type: 'error', failure: { kind: 'timeout', phase: 'idle', limitMs: 5 } })],
        ),
      )
    ).text()
    expect(text).toMatch(/data: \{"error":\{.*"code":"upstream_timeout"\}\}\n\n$/)
    expect(text).not.toContain('[DONE]')
  })

  it('whose reader leaves is cancelled upstream, also before its first byte', async () => {
    for (const reads of [0, 1]) {
      const abort = vi.fn()
      let ended = false
      async function* source() {
        try {
          for (;;) yield [piece(say('a'))]
        } finally {
          ended = true
        }
      }
      const { body } = await delivered(source(), {}, abort)
      const reader = body?.getReader()
      for (let read = 0; read < reads; read += 1) await reader?.read()
      await reader?.cancel()
      await vi.waitFor(() => expect(ended).toBe(true))
      expect(abort.mock.calls).toMatchObject([[{ failure: { kind: 'cancelled' } }]])
    }
  })
})

describe('a whole reply', () => {
  it('is put together from the events', async () => {
    const response = await delivered(batchesOf([piece(START, say('Hel'))], [piece(say('lo'), ...STOP)]), {
      stream: false,
    })
    expect(await response.json()).toMatchObject({
      id: 'chatcmpl-1',
      choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }],
    })
  })

  it('that breaks off is a failure, not half an answer', async () => {
    const failure = { kind: 'unreachable', reason: 'reset' } as const
    const work = delivered(batchesOf([piece(say('Hel'))], [piece({ type: 'error', failure })]), {
      stream: false,
    })
    const error: unknown = await work.catch((thrown: unknown) => thrown)
    expect(error instanceof Failed && error.failure).toBe(failure)
  })
})
