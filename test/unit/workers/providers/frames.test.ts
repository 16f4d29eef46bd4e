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

async function readAll(steps: Step[], cx = cxAt(), passMs = 0) {
  const { stream, state } = bodyOf(...steps)
  const events = collect(readStream(stream, openaiChat().readEvents(), { idleMs: 3_000, signal: cx.signal }))
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

describe('a reader that leaves', () => {
  it('cancels the upstream', async () => {
    const { stream, state } = bodyOf(chunk({ content: 'a' }), chunk({ content: 'b' }), { hangs: true })
    const batches = readStream(stream, openaiChat().readEvents(), { idleMs: 3_000, signal: cxAt().signal })
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
      idleMs: 3_000,
      signal: cxAt().signal,
    }))
      sizes.push(batch.length)
    expect(sizes).toEqual([2, 3])
  })
})
