import { describe, expect, it } from 'vitest'
import type { AnswerEvent } from '../../../workers/micro/answer.ts'
import { HONEST_SENTENCE, JUDGED_TOKENS } from '../../../workers/micro/confidence.ts'
import { gate, type GateEvent } from '../../../workers/micro/gate.ts'

const piece = (text: string, logprob: number): AnswerEvent => ({
  type: 'text',
  text,
  tokens: [{ id: 1, logprob, top: [] }],
})
const finish: AnswerEvent = {
  type: 'finish',
  reason: 'stop',
  tokenCount: 9,
  ending: { id: 0, logprob: -0.001, top: [] },
}
const words = (text: string, logprob = -0.001) =>
  (text.match(/\S+\s*/gu) ?? []).map((word) => piece(word, logprob))

async function* stream(
  events: readonly AnswerEvent[],
  onRead: (index: number) => void = () => {},
): AsyncGenerator<AnswerEvent> {
  for (const [index, event] of events.entries()) {
    onRead(index)
    yield event
  }
}

async function toArray<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

async function run(
  events: readonly AnswerEvent[],
  mayEscalate = false,
  question = 'hi',
): Promise<GateEvent[]> {
  return toArray(gate(stream(events), { question, bound: 0.5, mayEscalate }))
}
const textOf = (events: readonly GateEvent[]) =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('')

const long = `${'word '.repeat(JUDGED_TOKENS + 8)}end`

describe('a trusted answer', () => {
  it('passes unchanged behind its verdict', async () => {
    const events = [...words('Hello there, friend'), finish]
    const [verdict, ...rest] = await run(events)
    expect(verdict).toMatchObject({ type: 'verdict', isTrusted: true })
    expect(rest).toEqual(events)
  })

  it('in prose flows as soon as enough tokens are judged', async () => {
    let read = -1
    for await (const event of gate(
      stream(words(long), (index) => (read = index)),
      { question: '', bound: 0.5, mayEscalate: false },
    )) {
      if (event.type === 'text') break
    }
    expect(read).toBe(JUDGED_TOKENS - 1)
  })

  it('that copies or calculates waits for its end', async () => {
    let read = -1
    const events = [piece('27 + 48: ', -0.001), ...words(long), finish]
    for await (const event of gate(
      stream(events, (index) => (read = index)),
      { question: '27+48', bound: 0.5, mayEscalate: false },
    )) {
      if (event.type === 'verdict') break
    }
    expect(read).toBe(events.length - 1)
  })
})

describe('a doubtful answer', () => {
  it('becomes the honest sentence, and none of it is shown', async () => {
    const events = await run([...words(long, -1), finish])
    expect(textOf(events)).toBe(HONEST_SENTENCE)
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' })
  })
  it('becomes nothing but a doubt where that may be passed on', async () => {
    expect(await run([...words(long, -1), finish], true)).toEqual([
      { type: 'doubt', confidence: expect.any(Number) },
    ])
  })
  it('is stopped at once', async () => {
    let read = -1
    await toArray(
      gate(
        stream([...words(long, -1), finish], (index) => (read = index)),
        { question: '', bound: 0.5, mayEscalate: true },
      ),
    )
    expect(read).toBe(JUDGED_TOKENS - 1)
  })
})

describe("the model's own refusal", () => {
  it('is shown as it is', async () => {
    expect(textOf(await run([...words(HONEST_SENTENCE), finish]))).toBe(HONEST_SENTENCE)
    expect(textOf(await run([...words(HONEST_SENTENCE, -0.3), finish]))).toBe(HONEST_SENTENCE)
  })
  it('is a doubt where that may be passed on', async () => {
    expect(await run([...words(HONEST_SENTENCE), finish], true)).toEqual([{ type: 'doubt', confidence: 0 }])
  })
})

it('an aborted answer ends without a word', async () => expect(await run(words('Hel'))).toEqual([]))
