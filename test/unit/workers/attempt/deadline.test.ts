// The limit on the head of a reply: streams and whole replies have different ones.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Call, headDeadline, headLimit } from '../../../../workers/attempt/deadline.ts'
import type { Answer, Cx } from '../../../../workers/service.ts'
import { answerOf, batchesOf, cxAt, requestFor, target, TIMEOUTS } from '../../samples.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const callFor = (stream: boolean): Call => ({
  request: requestFor('Hi', { stream }),
  target: target('a'),
  escalate: false,
})

describe('the head', () => {
  it('of a stream has the head limit, that of a whole reply its own', () => {
    expect(headLimit(callFor(true))).toBe(TIMEOUTS.headMs)
    expect(headLimit(callFor(false))).toBe(TIMEOUTS.replyMs)
  })

  it('that comes in time passes, and its stream may take longer', async () => {
    const answer = answerOf(target('a'), batchesOf())
    const signals: AbortSignal[] = []
    const call = headDeadline((_: Call, cx: Cx) => (signals.push(cx.signal), Promise.resolve(answer)))
    expect(await call(callFor(true), cxAt())).toBe(answer)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(signals[0]?.aborted).toBe(false)
  })

  it('that does not come fails the call and cuts it off', async () => {
    const signals: AbortSignal[] = []
    const call = headDeadline(
      (_: Call, cx: Cx) => (signals.push(cx.signal), new Promise<Answer>(() => undefined)),
    )
    const caught = call(callFor(true), cxAt()).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(TIMEOUTS.headMs)
    expect(await caught).toMatchObject({
      failure: { kind: 'timeout', phase: 'head', limitMs: TIMEOUTS.headMs },
    })
    expect(signals[0]?.aborted).toBe(true)
  })
})
