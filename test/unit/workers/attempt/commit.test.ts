// Committing to an answer: held until its first content, so that all before it can still fail over.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Batch, FinishReason, ModelEvent } from '../../../../shared/event.ts'
import { commit } from '../../../../workers/attempt/commit.ts'
import type { Answer, Cx } from '../../../../workers/service.ts'
import {
  answerOf,
  batchesOf,
  collect,
  cxAt,
  piece,
  requestFor,
  say,
  START,
  STOP,
  target,
  TIMEOUTS,
} from '../../samples.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const finish = (reason: FinishReason): ModelEvent => ({ type: 'finish', reason })
const broken: ModelEvent = { type: 'error', failure: { kind: 'overloaded', status: 503 } }

function committed(
  batches: AsyncGenerator<Batch, void, undefined>,
  stream = true,
  seen: Cx[] = [],
): Promise<Answer> {
  const call = commit((_, cx) => (seen.push(cx), Promise.resolve(answerOf(target('a'), batches))))
  return call({ request: requestFor('Hi', { stream }), target: target('a'), escalate: false }, cxAt())
}
const caught = (work: Promise<unknown>) => work.catch((error: unknown) => error)

describe('an answer', () => {
  it('with content passes whole, what was held first', async () => {
    const events = [START, say('Hel'), say('lo'), ...STOP]
    const answer = await committed(
      batchesOf([piece(START)], [piece(say(''))], [piece(say('Hel'))], [piece(say('lo'))], [piece(...STOP)]),
    )
    expect(
      (await collect(answer.batches)).filter((event) => event.type !== 'text-delta' || event.text !== ''),
    ).toEqual(events)
  })

  it('in one batch passes', async () => {
    expect(
      await collect((await committed(batchesOf([piece(START, say('Hi'), ...STOP)]))).batches),
    ).toHaveLength(4)
  })

  const contents: readonly ModelEvent[] = [
    { type: 'reasoning-delta', index: 0, text: 'hm' },
    { type: 'refusal-delta', index: 0, text: 'no' },
    { type: 'tool-start', index: 0, call: 0, id: 'c', name: 'f' },
    { type: 'other-delta', index: 0 },
  ]
  for (const content of contents) {
    it(`whose first content is ${content.type} is committed to at once`, async () => {
      async function* slow() {
        yield [piece(START, content)]
        await new Promise(() => undefined)
      }
      expect((await committed(slow())).status).toBe(200)
    })
  }

  it('that fails before its content fails the attempt, however much lifecycle came first', async () => {
    const error = await caught(
      committed(
        batchesOf(
          [piece(START)],
          [piece(say(''))],
          [piece({ type: 'logprobs', index: 0, value: {} })],
          [piece(broken)],
        ),
      ),
    )
    expect(error).toMatchObject({ failure: { kind: 'overloaded' } })
  })

  it('that fails in the batch of its first content fails the attempt: nothing was sent yet', async () => {
    expect(await caught(committed(batchesOf([piece(START, say('Hi')), piece(broken)])))).toMatchObject({
      failure: { kind: 'overloaded' },
    })
  })

  it('that fails after its content carries the error to its end', async () => {
    expect(
      (await collect((await committed(batchesOf([piece(say('Hi'))], [piece(broken)]))).batches)).at(-1),
    ).toBe(broken)
  })

  for (const reason of ['stop', 'other'] as const) {
    it(`that ends with ${reason} and no content is no answer`, async () => {
      expect(
        await caught(
          committed(
            batchesOf([piece(START)], [piece({ type: 'choice-end', index: 0, reason }, finish(reason))]),
          ),
        ),
      ).toMatchObject({ failure: { kind: 'malformed' } })
    })
  }
  for (const reason of ['length', 'content-filter', 'tool-calls'] as const) {
    it(`that ends with ${reason} and no content is one`, async () => {
      expect(
        await collect((await committed(batchesOf([piece(START)], [piece(finish(reason))]))).batches),
      ).toHaveLength(2)
    })
  }

  it('without any event is no answer', async () => {
    expect(await caught(committed(batchesOf()))).toMatchObject({ failure: { kind: 'malformed' } })
  })
})

describe('the first token', () => {
  async function* silent(): AsyncGenerator<Batch, void, undefined> {
    yield [piece(START)]
    await new Promise(() => undefined)
  }

  it('has a limit in a stream, at which the call is cut off', async () => {
    const seen: Cx[] = []
    const error = caught(committed(silent(), true, seen))
    await vi.advanceTimersByTimeAsync(TIMEOUTS.firstTokenMs)
    expect(await error).toMatchObject({
      failure: { kind: 'timeout', phase: 'first-token', limitMs: TIMEOUTS.firstTokenMs },
    })
    expect(seen[0]?.signal.aborted).toBe(true)
  })

  it('of a whole reply has the limit of the reply', async () => {
    const error = caught(committed(silent(), false))
    await vi.advanceTimersByTimeAsync(TIMEOUTS.replyMs)
    expect(await error).toMatchObject({ failure: { limitMs: TIMEOUTS.replyMs } })
  })

  it('once there, ends the limit', async () => {
    async function* slow() {
      yield [piece(say('Hi'))]
      await new Promise((resolve) => setTimeout(resolve, 50_000))
      yield [piece(...STOP)]
    }
    const answer = await committed(slow())
    const events = collect(answer.batches)
    await vi.advanceTimersByTimeAsync(50_000)
    expect((await events).at(-1)?.type).toBe('finish')
  })
})

describe('a reader that leaves', () => {
  it('ends the upstream, also before its first read', async () => {
    for (const reads of [0, 1, 2]) {
      let ended = false
      async function* source() {
        try {
          for (;;) yield [piece(say('a'))]
        } finally {
          ended = true
        }
      }
      const { batches } = await committed(source())
      await batches.next()
      for (let read = 0; read < reads; read += 1) await batches.next()
      await batches.return(undefined)
      expect(ended).toBe(true)
    }
  })
})
