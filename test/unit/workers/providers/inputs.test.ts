// One attempt of several calls: in order, not too many at once, and all or nothing.
import { describe, expect, it } from 'vitest'
import { openaiEmbeddings } from '../../../../shared/dialects/embeddings/index.ts'
import type { Batch } from '../../../../shared/event.ts'
import { Failed } from '../../../../shared/failure.ts'
import type { ModelRequest } from '../../../../shared/request.ts'
import type { Answer, Cx } from '../../../../workers/service.ts'
import { inParts } from '../../../../workers/providers/inputs.ts'
import { target } from '../../samples.ts'

const dialect = openaiEmbeddings()
const request = dialect.readRequest({ model: 'm', input: Array.from({ length: 25 }, (_, at) => String(at)) })

const cx = (signal = new AbortController().signal): Cx => ({
  id: 'r',
  signal,
  now: Date.now,
  defer: () => undefined,
})

async function* once(batch: Batch): AsyncGenerator<Batch, void, undefined> {
  yield batch
}

/** Later parts answer sooner. */
function server(fail: (part: readonly string[]) => boolean = () => false) {
  const seen = { open: 0, most: 0, calls: 0, aborted: 0, heads: 0 }
  const one = async (
    call: { request: ModelRequest; onHead?: (ms: number, status: number) => void },
    inside: Cx,
  ) => {
    const input = dialect.writeRequest(call.request, { model: 'm' }).body['input']
    const texts = Array.isArray(input) ? input.map(String) : [String(input)]
    seen.calls += 1
    seen.open += 1
    seen.most = Math.max(seen.most, seen.open)
    await new Promise((resolve) => setTimeout(resolve, 30 - Number(texts[0])))
    seen.open -= 1
    if (inside.signal.aborted) seen.aborted += 1
    if (fail(texts)) throw new Failed({ kind: 'overloaded', status: 503 })
    call.onHead?.(1, 200)
    if (call.onHead !== undefined) seen.heads += 1
    const reply = {
      data: texts.map((text, index) => ({ index, embedding: [Number(text)] })),
      usage: { prompt_tokens: texts.length },
    }
    const answer: Answer = {
      target: target('m'),
      batches: once(dialect.readReply(JSON.stringify(reply))),
      headMs: 1,
      status: 200,
      dropped: [],
      dialect: dialect.id,
    }
    return answer
  }
  return { seen, one }
}

async function eventsOf({ batches }: Answer) {
  const events = []
  for await (const batch of batches) events.push(...batch.flatMap((piece) => piece.events))
  return events
}

describe('inputs in parts', () => {
  it('are asked four calls at a time, put in order, and summed', async () => {
    const { seen, one } = server()
    const events = await eventsOf(await inParts(one, () => 2)({ request, onHead: () => undefined }, cx()))
    expect(events.flatMap((event) => (event.type === 'embedding' ? [event.vector[0]] : []))).toEqual(
      Array.from({ length: 25 }, (_, at) => at),
    )
    expect(events.at(-1)).toMatchObject({ type: 'finish', usage: { input: 25 } })
    expect(seen).toMatchObject({ calls: 13, most: 4, heads: 1 })
  })

  it('are one call where they fit', async () => {
    const { seen, one } = server()
    await inParts(one, () => 25)({ request }, cx())
    await inParts(one, () => undefined)({ request }, cx())
    expect(seen.calls).toBe(2)
  })

  it('fail with the part that failed, and the rest is not asked any more', async () => {
    const { seen, one } = server((texts) => texts.includes('6'))
    await expect(inParts(one, () => 2)({ request }, cx())).rejects.toMatchObject({
      failure: { kind: 'overloaded' },
    })
    const { calls } = seen
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(seen.calls - calls).toBeLessThanOrEqual(3)
    expect(seen.calls).toBeLessThan(13)
  })
})
