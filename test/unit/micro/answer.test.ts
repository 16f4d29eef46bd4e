import { describe, expect, it } from 'vitest'
import { writeAnswer, type AnswerEvent } from '../../../workers/micro/answer.ts'
import { readGguf } from '../../../workers/micro/gguf.ts'
import { readVocabulary } from '../../../workers/micro/vocabulary.ts'
import { makeTokenizer } from '../../../workers/micro/tokenizer.ts'
import { SCORED, SCORED_SIZE } from './pieces.ts'
import { makeGguf, SMALL } from './synthetic.ts'

const vocabulary = readVocabulary(readGguf(makeGguf(SMALL)))
const [end = -1] = vocabulary.ends

/** One token for each byte of a text, and the end where wanted. */
async function write(
  text: string,
  options: { stops?: string[]; isEnded?: boolean; signal?: AbortSignal; cut?: number } = {},
) {
  const bytes = new TextEncoder().encode(text)
  const ids = Array.from(
    bytes.slice(0, bytes.length - (options.cut ?? 0)),
    (byte) => vocabulary.pieces.byteIds[byte] ?? -1,
  )
  if (options.isEnded ?? true) ids.push(end)
  async function* tokens() {
    for (const id of ids) yield { id, logprob: -0.5, top: [] }
  }
  const events: AnswerEvent[] = []
  const signal = options.signal ?? new AbortController().signal
  for await (const event of writeAnswer(tokens(), vocabulary, options.stops ?? [], signal)) events.push(event)
  const texts = events.flatMap((event) => (event.type === 'text' ? [event] : []))
  return {
    events,
    text: texts.map((event) => event.text).join(''),
    tokens: texts.flatMap((event) => event.tokens),
    last: events.at(-1),
  }
}

describe('text', () => {
  for (const text of ['plain', 'naïve café', '日本語 👋🏽', '\ufeffmark', 'a\u0000b']) {
    it(`whose characters are split over tokens comes out whole: ${JSON.stringify(text)}`, async () => {
      const written = await write(text)
      expect(written.text).toBe(text)
      for (const event of written.events)
        if (event.type === 'text') expect(event.text).not.toContain('\ufffd')
      expect(written.tokens).toHaveLength(new TextEncoder().encode(text).length)
    })
  }

  it('cut inside a character ends in a replacement character', async () => {
    const written = await write('né', { cut: 1, isEnded: false })
    expect(written.text).toBe('n\ufffd')
    expect(written.last).toMatchObject({ type: 'finish', reason: 'length' })
  })

  it('that might begin a stop string waits, with its tokens, and comes at the end', async () => {
    const written = await write('abc ST', { stops: ['STOP'] })
    expect(written.text).toBe('abc ST')
    expect(written.tokens).toHaveLength(6)
    expect(written.last).toMatchObject({ reason: 'stop', tokenCount: 6, ending: { id: end } })
  })

  it('ends before a stop string', async () => {
    const written = await write('abc STOP def', { stops: ['STOP'] })
    expect(written.text).toBe('abc ')
    expect(written.last).toMatchObject({ reason: 'stop', tokenCount: 8, ending: undefined })
  })
})

describe('an ending', () => {
  it('comes once, last, also without any text', async () => {
    const { events } = await write('')
    expect(events.filter((event) => event.type === 'finish')).toHaveLength(1)
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop', tokenCount: 0 })
  })
  it('does not come when the decoding was aborted', async () => {
    const { events } = await write('ab', { isEnded: false, signal: AbortSignal.abort() })
    expect(events.every((event) => event.type === 'text')).toBe(true)
  })
})

describe('an answer in a SentencePiece vocabulary', () => {
  const scored = readVocabulary(readGguf(makeGguf(SMALL, SCORED, SCORED_SIZE)))

  it('does not begin with the space that any text has there, and keeps all others', async () => {
    const ids = makeTokenizer(scored).encode('naïve 👋🏽  café')
    async function* tokens() {
      for (const id of [...ids, 2]) yield { id, logprob: -0.5, top: [] }
    }
    let text = ''
    for await (const event of writeAnswer(tokens(), scored, [], new AbortController().signal))
      if (event.type === 'text') text += event.text
    expect(text).toBe('naïve 👋🏽  café')
  })
})
