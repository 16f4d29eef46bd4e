// A response body as events: whatever happens to the bytes, the last event says how it ended.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openaiChat } from '../../../../shared/dialects/openai-chat/index.ts'
import { Failed } from '../../../../shared/failure.ts'
import { MAX_FRAME_CHARS } from '../../../../shared/sse.ts'
import { readStream } from '../../../../workers/providers/frames.ts'
import { collect, cxAt } from '../../samples.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', model: 'm', created: 1, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
const USAGE = 'data: {"choices":[],"usage":{"prompt_tokens":2,"completion_tokens":1}}\n\n'
const DONE = 'data: [DONE]\n\n'
const encoder = new TextEncoder()

type Step =
  | string
  | Uint8Array
  | { readonly afterMs: number }
  | { readonly breaks: true }
  | { readonly hangs: true }

function bodyOf(...steps: Step[]) {
  const state = { cancelled: false, reads: 0 }
  const left = [...steps]
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        state.reads += 1
        const step = left.shift()
        if (step === undefined) return controller.close()
        if (typeof step === 'string') return controller.enqueue(encoder.encode(step))
        if (step instanceof Uint8Array) return controller.enqueue(step)
        if ('breaks' in step) return controller.error(new Error('ECONNRESET'))
        if ('hangs' in step) return new Promise(() => undefined)
        await new Promise((resolve) => setTimeout(resolve, step.afterMs))
        const next = left.shift()
        if (typeof next === 'string') controller.enqueue(encoder.encode(next))
      },
      cancel() {
        state.cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, state }
}

const LIMITS = { idleMs: 3_000, floorTokensPerSecond: 0, floorWindowMs: 30_000 }

async function readAll(steps: Step[], cx = cxAt(), passMs = 0, limits = LIMITS) {
  const { stream, state } = bodyOf(...steps)
  const events = collect(readStream(stream, openaiChat().readEvents(), { ...limits, signal: cx.signal }))
  await vi.advanceTimersByTimeAsync(passMs)
  const list = await events
  return {
    events: list,
    last: list.at(-1),
    text: list.map((event) => (event.type === 'text-delta' ? event.text : '')).join(''),
    state,
  }
}

describe('a stream', () => {
  it('that is complete finishes, its bytes however cut', async () => {
    const bytes = encoder.encode(chunk({ content: 'Grüße 世界' }) + chunk({}, 'stop') + USAGE + DONE)
    for (const size of [1, 2, 3, 7, 1_000]) {
      const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
        bytes.slice(n * size, (n + 1) * size),
      )
      const { last, text } = await readAll(parts)
      expect(text).toBe('Grüße 世界')
      expect(last).toMatchObject({ type: 'finish', usage: { input: 2, output: 1 } })
    }
  })

  it('that has finished is not read any further, and its connection is let go', async () => {
    const { last, state } = await readAll([
      chunk({ content: 'Hi' }, 'stop') + DONE,
      'data: more\n\n',
      { hangs: true },
    ])
    expect(last?.type).toBe('finish')
    expect(state.cancelled).toBe(true)
  })

  it('that ends early is malformed', async () => {
    expect((await readAll([chunk({ content: 'Hal' })])).last).toMatchObject({
      type: 'error',
      failure: { kind: 'malformed' },
    })
  })

  it('that is cut inside its last character shows no replacement for it', async () => {
    const bytes = encoder.encode(chunk({ content: '世' }))
    const cut = bytes.slice(0, bytes.indexOf(0xe4) + 1)
    const { text, last } = await readAll([chunk({ content: 'a' }), cut])
    expect([text, last?.type]).toEqual(['a', 'error'])
  })

  it('whose connection breaks is unreachable, and the words of the error stay inside', async () => {
    const { last } = await readAll([chunk({ content: 'Hal' }), { breaks: true }])
    expect(last).toMatchObject({ type: 'error', failure: { kind: 'unreachable' } })
    expect(JSON.stringify(last)).not.toContain('ECONNRESET')
  })

  it('whose connection breaks after its last choice has ended is complete', async () => {
    expect(
      (await readAll([chunk({ content: 'Hi' }), chunk({}, 'stop'), { breaks: true }])).last,
    ).toMatchObject({ type: 'finish', reason: 'stop' })
  })

  it('that fails after its last choice has ended is complete, and its usage is not known', async () => {
    const error = 'data: {"error":{"message":"Overloaded","type":"server_error"}}\n\n'
    const { events, last, text } = await readAll([
      chunk({ content: 'Hi' }),
      chunk({}, 'stop'),
      error,
      { hangs: true },
    ])
    expect(text).toBe('Hi')
    expect(last).toEqual({ type: 'finish', reason: 'stop' })
    expect(events.filter(({ type }) => type === 'error')).toEqual([])
  })

  it('that falls silent is given up after its idle limit and cut off', async () => {
    const { last, state } = await readAll([chunk({ content: 'Hal' }), { hangs: true }], cxAt(), 3_100)
    expect(last).toMatchObject({ type: 'error', failure: { kind: 'timeout', phase: 'idle', limitMs: 3_000 } })
    expect(state.cancelled).toBe(true)
  })

  it('that keeps talking slowly is not silent', async () => {
    const slow = Array.from({ length: 5 }, (): Step[] => [{ afterMs: 2_000 }, chunk({ content: 'a' })]).flat()
    const { last, text } = await readAll([...slow, chunk({}, 'stop') + DONE], cxAt(), 20_000)
    expect([text, last?.type]).toEqual(['aaaaa', 'finish'])
  })

  it('that only sends comments is not silent either: the provider is there', async () => {
    const pings = Array.from({ length: 5 }, (): Step[] => [{ afterMs: 2_000 }, ': ping\n\n']).flat()
    expect(
      (await readAll([...pings, chunk({ content: 'Hi' }, 'stop') + DONE], cxAt(), 20_000)).last?.type,
    ).toBe('finish')
  })

  it('that stays open after its last choice is finished soon, with its usage', async () => {
    const { last, state } = await readAll(
      [chunk({ content: 'Hi' }), chunk({}, 'stop'), USAGE, { hangs: true }],
      cxAt(),
      2_000,
    )
    expect(last).toMatchObject({ type: 'finish', usage: { input: 2 } })
    expect(state.cancelled).toBe(true)
  })

  it('that nobody waits for ends as its signal says, and the upstream is cancelled', async () => {
    const cx = cxAt()
    setTimeout(() => cx.abort(new Failed({ kind: 'cancelled' })), 100)
    const { last, state } = await readAll([chunk({ content: 'Hal' }), { hangs: true }], cx, 200)
    expect(last).toMatchObject({ type: 'error', failure: { kind: 'cancelled' } })
    expect(state.cancelled).toBe(true)
  })

  it('that nobody waited for from the start is not begun', async () => {
    const cx = cxAt()
    cx.abort(new Failed({ kind: 'timeout', phase: 'total', limitMs: 1 }))
    expect((await readAll([chunk({ content: 'Hi' }, 'stop') + DONE], cx)).last).toMatchObject({
      type: 'error',
      failure: { kind: 'timeout', phase: 'total' },
    })
  })

  it('with an event beyond all bounds is malformed', async () => {
    const { last, state } = await readAll([`data: ${'x'.repeat(MAX_FRAME_CHARS + 1)}`, { hangs: true }])
    expect(last).toMatchObject({ type: 'error', failure: { kind: 'malformed' } })
    expect(state.cancelled).toBe(true)
  })

  it('leaves no timer behind, however it ends', async () => {
    for (const steps of [
      [chunk({ content: 'Hi' }, 'stop') + DONE],
      [chunk({ content: 'H' })],
      [{ breaks: true } as const],
    ]) {
      await readAll(steps)
      expect(vi.getTimerCount()).toBe(0)
    }
  })
})

describe('a slow stream', () => {
  const FLOOR = { idleMs: 10_000, floorTokensPerSecond: 0.5, floorWindowMs: 30_000 }
  const TOO_SLOW = { type: 'error', failure: { kind: 'timeout', phase: 'floor', limitMs: 30_000 } }
  const every = (afterMs: number, times: number, step: string): Step[] =>
    Array.from({ length: times }, (): Step[] => [{ afterMs }, step]).flat()
  const word = chunk({ content: 'a' })
  const read = (steps: Step[], passMs: number) => readAll(steps, cxAt(), passMs, FLOOR)

  it('that trickles one token every five seconds is given up after a window, and cut off', async () => {
    const startedAt = Date.now()
    const { last, text, state } = await read([word, ...every(5_000, 1_000, word)], 38_000)
    expect(last).toEqual(TOO_SLOW)
    expect(text.length).toBeLessThanOrEqual(8)
    expect(state.cancelled).toBe(true)
    expect(Date.now() - startedAt).toBe(38_000)
  })

  it('that was fast once is given up all the same', async () => {
    const { last } = await read(
      [...every(10, 1_000, chunk({ content: 'four' })), ...every(9_000, 99, word)],
      60_000,
    )
    expect(last).toEqual(TOO_SLOW)
  })

  it('that only pings after its first word is given up, too', async () =>
    expect((await read([word, ...every(5_000, 99, ': ping\n\n')], 40_000)).last).toEqual(TOO_SLOW))

  it('is not slow for small reads: long texts count for what they are', async () => {
    const long = chunk({ content: 'x'.repeat(40) })
    expect((await read([...every(9_000, 20, long), chunk({}, 'stop') + DONE], 200_000)).last?.type).toBe(
      'finish',
    )
  })

  it('that is just above the floor is let through', async () =>
    expect((await read([...every(1_900, 60, word), chunk({}, 'stop') + DONE], 120_000)).last?.type).toBe(
      'finish',
    ))

  it('may be long before its first word: that limit is another', async () =>
    expect(
      (await read([...every(5_000, 20, ': ping\n\n'), word, chunk({}, 'stop') + DONE], 120_000)).last?.type,
    ).toBe('finish'))

  const call = (json: string): string =>
    chunk({ tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: json } }] })

  it('may write the arguments of a tool behind its pings, and send them in one go', async () => {
    const steps = [
      word,
      call(''),
      ...every(9_000, 14, ': ping\n\n'),
      call('{}'),
      chunk({}, 'tool_calls') + DONE,
    ]
    expect((await read(steps, 200_000)).last?.type).toBe('finish')
  })

  it('may not trickle them', async () =>
    expect((await read([call(''), ...every(5_000, 99, call('1'))], 60_000)).last).toEqual(TOO_SLOW))

  it('is not slow where the client is: while nobody reads, no time passes', async () => {
    const { stream } = bodyOf(...every(100, 20, word), chunk({}, 'stop') + DONE)
    const seen: string[] = []
    const reading = (async () => {
      for await (const batch of readStream(stream, openaiChat().readEvents(), {
        ...FLOOR,
        signal: cxAt().signal,
      })) {
        seen.push(...batch.flatMap((piece) => piece.events.map((event) => event.type)))
        await new Promise((resolve) => setTimeout(resolve, 9_000))
      }
    })()
    await vi.advanceTimersByTimeAsync(300_000)
    await reading
    expect(seen.at(-1)).toBe('finish')
  })

  it('has no floor where that is nothing', async () => {
    const none = { ...FLOOR, floorTokensPerSecond: 0 }
    const steps = [...every(9_000, 20, word), chunk({}, 'stop') + DONE]
    expect((await readAll(steps, cxAt(), 200_000, none)).last?.type).toBe('finish')
  })
})

describe('a reader that leaves', () => {
  it('cancels the upstream', async () => {
    const { stream, state } = bodyOf(chunk({ content: 'a' }), chunk({ content: 'b' }), { hangs: true })
    const batches = readStream(stream, openaiChat().readEvents(), { ...LIMITS, signal: cxAt().signal })
    await batches.next()
    await batches.return(undefined)
    expect(state.cancelled).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('batches', () => {
  it('hold what one read brought, so that work is done per read', async () => {
    const { stream } = bodyOf(
      chunk({ content: 'a' }) + chunk({ content: 'b' }),
      chunk({ content: 'c' }) + chunk({}, 'stop') + DONE,
    )
    const sizes: number[] = []
    for await (const batch of readStream(stream, openaiChat().readEvents(), {
      ...LIMITS,
      signal: cxAt().signal,
    }))
      sizes.push(batch.length)
    expect(sizes).toEqual([2, 3])
  })
})
