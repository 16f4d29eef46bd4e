// The meter: what an answer used and cost, and how it ended, said once.
import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { Batch, ModelEvent } from '../../../../shared/event.ts'
import { Failed } from '../../../../shared/failure.ts'
import { tokenizer } from '../../tokenizer.ts'
import { noUsage } from '../../../../shared/usage.ts'
import { meter } from '../../../../workers/attempt/meter.ts'
import { batchesOf, collect, cxAt, piece, say, START, STOP } from '../../samples.ts'

const price = { input: 1, cacheRead: 0.5, cacheWrite: 2, output: 10 }
const usage = { ...noUsage, input: 100, output: 7 }
const reported: ModelEvent = { type: 'finish', reason: 'stop', usage }
const broken: ModelEvent = { type: 'error', failure: { kind: 'timeout', phase: 'idle', limitMs: 5 } }

const metered = (
  batches: AsyncGenerator<Batch, void, undefined>,
  over: Partial<Parameters<typeof meter>[0]> = {},
) => meter({ batches, price, countPrompt: () => 50, tokenizer, signal: cxAt().signal, ...over })

describe('an answer that finishes', () => {
  it('is charged what the provider reported, and its last event says so', async () => {
    const { batches, end } = metered(batchesOf([piece(START, say('Hi'))], [piece(reported)]))
    const events = await collect(batches)
    expect(events.at(-1)).toEqual({ ...reported, costMicros: 170 })
    expect(await end).toMatchObject({
      end: 'finish',
      usage,
      usageSource: 'reported',
      costMicros: 170,
      text: 'Hi',
      toolCalls: [],
    })
  })

  it('is charged by count where the provider reported nothing, and that is labelled', async () => {
    const text = 'The quick brown fox jumps.'
    const { batches, end } = metered(
      batchesOf(
        [piece(START, say(text)), piece({ type: 'reasoning-delta', index: 0, text: 'hm' })],
        [piece(...STOP)],
      ),
    )
    await collect(batches)
    const count = await tokenizer()
    expect(await end).toMatchObject({
      usageSource: 'estimated',
      usage: { input: 50, output: count(text), reasoning: count('hm') },
    })
  })

  it('with a usage of zero is charged nothing: zero is data', async () => {
    const { batches, end } = metered(
      batchesOf([piece(say('Hi'), { type: 'finish', reason: 'stop', usage: noUsage })]),
    )
    await collect(batches)
    expect(await end).toMatchObject({ usageSource: 'reported', costMicros: 0 })
  })

  it('is told the cost of the whole request, and settles its own', async () => {
    const { batches, end } = metered(batchesOf([piece(say('Hi'), reported)]), {
      aside: () => Promise.resolve(30),
    })
    expect((await collect(batches)).at(-1)).toMatchObject({ costMicros: 200 })
    expect(await end).toMatchObject({ costMicros: 170 })
  })

  it('without a price costs nothing and says what it used', async () => {
    const { batches, end } = metered(batchesOf([piece(say('Hi'), reported)]), { price: undefined })
    await collect(batches)
    expect(await end).toMatchObject({ costMicros: 0, usage })
  })

  it('keeps its tool calls, each with its arguments', async () => {
    const { batches, end } = metered(
      batchesOf([
        piece(
          { type: 'tool-start', index: 0, call: 0, id: 'c', name: 'f' },
          { type: 'tool-start', index: 0, call: 1, id: 'd', name: 'g' },
          { type: 'tool-delta', index: 0, call: 1, json: '{' },
          { type: 'tool-delta', index: 0, call: 0, json: '[]' },
          { type: 'tool-delta', index: 0, call: 1, json: '}' },
          reported,
        ),
      ]),
    )
    await collect(batches)
    expect((await end).toolCalls).toMatchObject([
      { id: 'c', name: 'f', json: '[]' },
      { id: 'd', name: 'g', json: '{}' },
    ])
  })
})

describe('an answer that breaks off', () => {
  it('is charged for what came, and says why', async () => {
    const { batches, end } = metered(batchesOf([piece(say('Half an ans'))], [piece(broken)]))
    expect((await collect(batches)).at(-1)).toBe(broken)
    expect(await end).toMatchObject({
      end: 'error',
      usageSource: 'estimated',
      text: 'Half an ans',
      failure: { kind: 'timeout', phase: 'idle' },
    })
  })

  it('is not read any further', async () => {
    const { batches } = metered(batchesOf([piece(broken)], [piece(say('more'))]))
    expect(await collect(batches)).toEqual([broken])
  })
})

describe('a reader that leaves', () => {
  it('ends the answer as cancelled, charged for what came', async () => {
    const { batches, end } = metered(batchesOf([piece(say('one'))], [piece(say('two'))], [piece(reported)]))
    await batches.next()
    await batches.return(undefined)
    expect(await end).toMatchObject({ end: 'cancelled', text: 'one', failure: { kind: 'cancelled' } })
  })

  it('of what is billed whole is not missed: the rest is read for its usage', async () => {
    const { batches, end } = metered(
      batchesOf([piece(say('one'))], [piece(say(' two'))], [piece(reported)]),
      {
        drains: () => true,
      },
    )
    await batches.next()
    await batches.return(undefined)
    expect(await end).toMatchObject({
      end: 'cancelled',
      usage,
      usageSource: 'reported',
      costMicros: 170,
      text: 'one two',
    })
  })

  it('of what never ends is waited for only so long', async () => {
    vi.useFakeTimers()
    async function* silent() {
      yield [piece(say('one'))]
      await new Promise(() => undefined)
    }
    const { batches, end } = metered(silent(), { drains: () => true })
    await batches.next()
    void batches.return(undefined)
    await vi.advanceTimersByTimeAsync(25_000)
    vi.useRealTimers()
    expect(await end).toMatchObject({ end: 'cancelled', usageSource: 'estimated', text: 'one' })
  })

  it('because of a limit ends it with that', async () => {
    const cx = cxAt()
    const { batches, end } = metered(batchesOf([piece(say('one'))], [piece(say('two'))]), {
      signal: cx.signal,
    })
    await batches.next()
    cx.abort(new Failed({ kind: 'timeout', phase: 'total', limitMs: 9 }))
    await batches.return(undefined)
    expect(await end).toMatchObject({ end: 'error', failure: { kind: 'timeout', phase: 'total' } })
  })

  it('after the finish has a finished answer', async () => {
    const { batches, end } = metered(batchesOf([piece(say('Hi'))], [piece(reported)]))
    await batches.next()
    await batches.next()
    await batches.return(undefined)
    expect((await end).end).toBe('finish')
  })
})

describe('in every cut of a stream', () => {
  it('the end is said once, with every text that was passed on', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ minLength: 1 }), { minLength: 1 }),
        fc.nat(12),
        async (texts, reads) => {
          const { batches, end } = metered(
            batchesOf(...texts.map((text) => [piece(say(text))]), [piece(reported)]),
          )
          let passed = ''
          let done = false
          for (let read = 0; read <= reads && !done; read += 1) {
            const next = await batches.next()
            done = next.done === true
            for (const event of next.value?.flatMap((some) => some.events) ?? [])
              if (event.type === 'text-delta') passed += event.text
          }
          await batches.return(undefined)
          const ending = await end
          expect(ending.text).toBe(passed)
          expect(ending.end).toBe(reads >= texts.length ? 'finish' : 'cancelled')
        },
      ),
    )
  })
})
