import { describe, expect, it } from 'vitest'
import { TOKENS_BETWEEN_PAUSES } from '../../../workers/micro/decode.ts'
import { loadEngine } from '../../../workers/micro/engine.ts'
import { generate, type GenerateEvent, type GenerateOptions } from '../../../workers/micro/generate.ts'
import { CHUNK_TOKENS } from '../../../workers/micro/layout.ts'
import { readRequest } from '../../../workers/micro/request.ts'
import { kernelModule } from './load.ts'
import { makeGguf, SMALL } from './synthetic.ts'

const RECIPE = { ...SMALL, seed: 21, contextLength: 512, separateOutput: true }
const load = () => loadEngine(makeGguf(RECIPE), kernelModule())
const options: GenerateOptions = {
  scope: 'a',
  conversation: undefined,
  mayEscalate: false,
  bound: 0,
  seed: 1,
  signal: new AbortController().signal,
  pause: async () => {},
}

const ask = (fields: object, content = 'Tell me.') =>
  readRequest({ messages: [{ role: 'user', content }], max_tokens: 40, ...fields })

async function collect(events: AsyncIterable<GenerateEvent>) {
  const texts: string[] = []
  const seen: GenerateEvent[] = []
  for await (const event of events) {
    seen.push(event)
    if (event.type === 'choice' && event.event.type === 'text')
      texts[event.index] = (texts[event.index] ?? '') + event.event.text
  }
  const start = seen.find((event) => event.type === 'start')
  const finishes = seen.flatMap((event) =>
    event.type === 'choice' && event.event.type === 'finish' ? [event.event] : [],
  )
  return { texts, seen, start, finishes, text: texts[0] ?? '' }
}
const run = (fields: object, changes: Partial<GenerateOptions> = {}, engine = load()) =>
  collect(generate(engine, ask(fields), { ...options, ...changes }))

describe('an answer', () => {
  it('starts once and finishes once, last', async () => {
    const { seen, finishes } = await run({})
    expect(seen[0]).toMatchObject({ type: 'start', cachedTokens: 0, droppedMessages: 0 })
    expect(finishes).toHaveLength(1)
    expect(seen.at(-1)).toMatchObject({ event: { type: 'finish' } })
  })

  it('ends at its token limit and says so', async () => {
    const { finishes } = await run({ max_tokens: 5 })
    expect(finishes).toEqual([{ type: 'finish', reason: 'length', tokenCount: 5, ending: undefined }])
  })

  it('ends where the context ends', async () => {
    const { finishes, start } = await run({ max_tokens: 100_000, temperature: 1 })
    if (start?.type !== 'start') throw new Error('no start')
    expect(finishes[0]?.tokenCount).toBeLessThanOrEqual(512 - start.promptTokens)
  })

  it('is cut at a stop string, also one that spans tokens', async () => {
    const { text } = await run({})
    for (let at = 3; at < text.length - 4; at += 5) {
      const stop = text.slice(at, at + 4)
      const cut = await run({ stop: [stop] })
      expect(cut.text).toBe(text.slice(0, text.indexOf(stop)))
      expect(cut.finishes[0]?.reason).toBe('stop')
    }
  })

  it('has a log-probability for each token, and the most likely ones where asked', async () => {
    const { seen } = await run({ logprobs: true, top_logprobs: 3 })
    const tokens = seen.flatMap((event) =>
      event.type === 'choice' && event.event.type === 'text' ? event.event.tokens : [],
    )
    expect(tokens.length).toBeGreaterThan(10)
    for (const token of tokens) {
      expect(token.logprob).toBeLessThanOrEqual(0)
      expect(token.top[0]).toEqual({ id: token.id, logprob: token.logprob })
      expect(token.top).toHaveLength(3)
      expect(token.top.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)).toBeLessThanOrEqual(1.0001)
    }
  })
})

describe('a seed', () => {
  it('repeats the answer, whatever the object would have drawn', async () => {
    const one = await run({ temperature: 1.2, seed: 7 }, { seed: 100 })
    const two = await run({ temperature: 1.2, seed: 7 }, { seed: 200 })
    expect(one.text).toBe(two.text)
    expect((await run({ temperature: 1.2, seed: 8 })).text).not.toBe(one.text)
  })

  it('gives choices that differ and that repeat', async () => {
    const one = await run({ temperature: 1.2, seed: 7, n: 3 })
    expect(new Set(one.texts).size).toBe(3)
    expect((await run({ temperature: 1.2, seed: 7, n: 3 })).texts).toEqual(one.texts)
  })
})

describe('a conversation', () => {
  it('computes only what is new in its next turn', async () => {
    const engine = load()
    const first = await run({}, { conversation: 'talk' }, engine)
    const messages = [
      { role: 'user', content: 'Tell me.' },
      { role: 'assistant', content: first.text },
      { role: 'user', content: 'More.' },
    ]
    const next = await collect(
      generate(engine, readRequest({ messages, max_tokens: 8 }), { ...options, conversation: 'talk' }),
    )
    const fresh = await collect(generate(load(), readRequest({ messages, max_tokens: 8 }), options))
    if (next.start?.type !== 'start' || first.start?.type !== 'start') throw new Error('no start')
    expect(next.start.cachedTokens).toBeGreaterThanOrEqual(first.start.promptTokens)
    expect(next.text).toBe(fresh.text)
  })
})

describe('an abort', () => {
  it('ends the answer without another token and frees its cache', async () => {
    const engine = load()
    const controller = new AbortController()
    const seen: GenerateEvent[] = []
    for await (const event of generate(engine, ask({ max_tokens: 400, temperature: 1 }), {
      ...options,
      signal: controller.signal,
    })) {
      seen.push(event)
      if (seen.length === 20) controller.abort()
    }
    expect(seen.length).toBeLessThan(20 + TOKENS_BETWEEN_PAUSES + 2)
    expect(seen.some((event) => event.type === 'choice' && event.event.type === 'finish')).toBe(false)
    expect([...engine.caches.caches].every((cache) => !cache.isLeased)).toBe(true)
  })

  it('before the start computes nothing', async () => {
    const { seen } = await run({}, { signal: AbortSignal.abort() })
    expect(seen).toEqual([])
  })

  it('while the prompt is read ends there', async () => {
    const controller = new AbortController()
    let pauses = 0
    const pause = async () => {
      if (++pauses === 2) controller.abort()
    }
    const request = ask({}, 'a long prompt '.repeat(30))
    const { seen } = await collect(
      generate(load(), request, { ...options, signal: controller.signal, pause }),
    )
    expect(seen).toHaveLength(1)
    expect(pauses).toBe(2)
  })

  it('by a reader who leaves frees the cache too', async () => {
    const engine = load()
    for await (const event of generate(engine, ask({}), options)) if (event.type === 'choice') break
    expect([...engine.caches.caches].every((cache) => !cache.isLeased)).toBe(true)
  })
})

describe('other requests', () => {
  it('get the thread after every chunk of a prompt and every few tokens', async () => {
    let pauses = 0
    const request = ask({ max_tokens: 64, temperature: 1, seed: 2 }, 'a long prompt '.repeat(20))
    const { start, finishes } = await collect(
      generate(load(), request, { ...options, pause: async () => void pauses++ }),
    )
    if (start?.type !== 'start') throw new Error('no start')
    const decoded = finishes[0]?.tokenCount ?? 0
    expect(pauses).toBe(
      Math.ceil(start.promptTokens / CHUNK_TOKENS) - 1 + Math.floor((decoded - 1) / TOKENS_BETWEEN_PAUSES),
    )
  })

  it('that run in between change nothing', async () => {
    const engine = load()
    const alone = await run({ temperature: 1, seed: 3 })
    const pause = () => new Promise<void>((resolve) => setImmediate(resolve))
    const together = await Promise.all(
      Array.from({ length: 4 }, (_, index) =>
        collect(generate(engine, ask({ temperature: 1, seed: index + 1 }), { ...options, pause })),
      ),
    )
    expect(together[2]?.text).toBe(alone.text)
  })
})
