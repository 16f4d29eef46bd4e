// Cutting a request for vectors into several and putting the answers together again.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cut, put } from '../../../shared/dialects/embeddings/parts.ts'
import { openaiEmbeddings } from '../../../shared/dialects/embeddings/index.ts'
import { finishOf } from '../said.ts'
import { eventsOf } from '../wire.ts'

const dialect = openaiEmbeddings()

/** A server whose vector of a text or list of ids is made of it, and which takes so many at once. */
function serve(body: Readonly<Record<string, unknown>>, tokens: number | undefined) {
  const { input } = body
  const list: readonly unknown[] = Array.isArray(input) ? input : [input]
  return dialect.readReply(
    JSON.stringify({
      data: list.map((one, index) => ({ index, embedding: [one].flat().map(Number) })).toReversed(),
      ...(tokens === undefined ? {} : { usage: { prompt_tokens: tokens } }),
    }),
  )
}

const answer = (input: unknown, most: number, tokens: (part: number) => number | undefined) =>
  eventsOf(
    put(
      cut(dialect.readRequest({ model: 'm', input }), most).map((part, at) =>
        serve(dialect.writeRequest(part, { model: 'm' }).body, tokens(at)),
      ),
    ),
  )

describe('inputs in parts', () => {
  it('come back in their order, texts and token ids alike', () => {
    const texts = fc.array(fc.nat(999).map(String), { minLength: 1, maxLength: 40 })
    const ids = fc.array(fc.array(fc.nat(999), { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 40,
    })
    fc.assert(
      fc.property(fc.oneof(texts, ids), fc.integer({ min: 1, max: 45 }), (input, most) => {
        const events = answer(input, most, () => 2)
        const vectors = events.flatMap((event) => (event.type === 'embedding' ? [event.vector] : []))
        expect(vectors).toEqual(input.map((one) => [one].flat().map(Number)))
        expect(finishOf(events)?.usage?.input).toBe(2 * Math.ceil(input.length / most))
      }),
    )
  })

  it('without the usage of one part have none', () => {
    expect(finishOf(answer(['1', '2', '3'], 1, (at) => (at === 1 ? undefined : 5)))?.usage).toBeUndefined()
  })

  it('of which one failed are a failure', () => {
    const failed = dialect.readReply('{"error":{"message":"No.","code":429}}')
    expect(eventsOf(put([serve({ input: '1' }, 1), failed]))).toMatchObject([{ type: 'error' }])
  })

  it('are not cut where they need not be', () => {
    const request = dialect.readRequest({ model: 'm', input: ['1', '2'] })
    expect(cut(request, 2)).toEqual([request])
    expect(cut(request, Number.POSITIVE_INFINITY)).toEqual([request])
  })
})
