// From the object to the client: what is cut off never looks whole.
import { describe, expect, it, vi } from 'vitest'
import { anthropic } from '../../../../shared/dialects/anthropic/index.ts'
import { gemini } from '../../../../shared/dialects/gemini/index.ts'
import { openaiChat } from '../../../../shared/dialects/openai-chat/index.ts'
import { openaiResponses } from '../../../../shared/dialects/openai-responses/index.ts'
import { relay, type Relaying } from '../../../../workers/edge/relay.ts'

const encoder = new TextEncoder()
const NUL = '\0'

/** Chunks, then an end or, where it says so, an error. */
const bodyOf = (chunks: readonly string[], error?: Error, cancel = vi.fn()): ReadableStream<Uint8Array> => {
  const left = [...chunks]
  return new ReadableStream({
    pull(controller) {
      const next = left.shift()
      if (next !== undefined) controller.enqueue(encoder.encode(next))
      else if (error === undefined) controller.close()
      else controller.error(error)
    },
    cancel,
  })
}

const relayed = (body: ReadableStream<Uint8Array>, over: Partial<Relaying> = {}): Promise<Response> =>
  relay({
    status: 200,
    headers: new Headers({ 'x-a': 'b' }),
    body,
    framing: 'events',
    dialect: openaiChat(),
    requestId: 'req_1',
    keepAliveMs: 0,
    now: Date.now,
    ...over,
  })

describe('a stream', () => {
  it('that is whole goes through as it is, without the mark of its end', async () => {
    for (const chunks of [
      ['data: a\n\n', `data: b\n\n${NUL}`],
      ['data: a\n\n', 'data: b\n\n', NUL],
    ]) {
      const response = await relayed(bodyOf(chunks))
      expect(response.headers.get('x-a')).toBe('b')
      expect(await response.text()).toBe('data: a\n\ndata: b\n\n')
    }
  })

  const gone = [undefined, new Error('the object died')]

  it('that is cut off ends with an error, also when the object dies', async () => {
    for (const error of gone) {
      const text = await (await relayed(bodyOf(['id: s1.1\ndata: a\n\n'], error))).text()
      expect(text).toMatch(/^id: s1\.1\ndata: a\n\ndata: \{"error":.*"answer_lost".*\}\n\n$/)
    }
  })

  it('ends so in the words of its dialect', async () => {
    const first = 'id: s1.7\nevent: x\ndata: {}\n\n'
    const last = async (over: Partial<Relaying>, chunk = first): Promise<string> =>
      (await (await relayed(bodyOf([chunk]), over)).text()).slice(chunk.length)
    expect(await last({ dialect: anthropic() })).toMatch(/^event: error\ndata: \{"type":"error",.*\}\n\n$/)
    expect(await last({ dialect: openaiResponses() })).toMatch(
      /^event: error\ndata: \{"type":"error","sequence_number":7,"code":"answer_lost".*\}\n\n$/,
    )
    expect(await last({ dialect: gemini })).toMatch(/^data: \{"error":\{"code":500.*\}\n\n$/)
    const array = await (await relayed(bodyOf(['[{"a":1}']), { dialect: gemini, framing: 'array' })).text()
    expect(JSON.parse(array)).toMatchObject([{ a: 1 }, { error: { code: 500 } }])
    const empty = await (await relayed(bodyOf([]), { dialect: gemini, framing: 'array' })).text()
    expect(JSON.parse(empty)).toMatchObject([{ error: { code: 500 } }])
  })

  it('that is silent gets signs of life; one that is an event has the id of the last one', async () => {
    vi.useFakeTimers({ now: 0 })
    let more: ReadableStreamDefaultController<Uint8Array> | undefined
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (more = controller) })
    const { body: out } = await relayed(body, { dialect: anthropic(), keepAliveMs: 1_000 })
    const reader = out?.getReader()
    const read = async (): Promise<string> => new TextDecoder().decode((await reader?.read())?.value)
    more?.enqueue(encoder.encode('id: s1.3\nevent: a\ndata: {}\n\nid: s1.4\nevent: a\ndata: {}\n\n'))
    await read()
    const beat = read()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await beat).toBe('id: s1.4\nevent: ping\ndata: {"type":"ping"}\n\n')
    await reader?.cancel()
    vi.useRealTimers()
  })

  it('whose client leaves is left', async () => {
    const cancel = vi.fn()
    const { body } = await relayed(bodyOf(['data: a\n\n', 'data: b\n\n'], undefined, cancel))
    await body?.cancel()
    expect(cancel).toHaveBeenCalledOnce()
  })
})

describe('a whole reply', () => {
  it('goes through without the mark of its end', async () => {
    const response = await relayed(bodyOf(['{"a":', `1}${NUL}`]), { framing: 'whole', status: 201 })
    expect(response.status).toBe(201)
    expect(await response.json()).toEqual({ a: 1 })
  })

  it('that is cut off is an error', async () => {
    for (const error of [undefined, new Error('the object died')])
      await expect(relayed(bodyOf(['{"a":'], error), { framing: 'whole' })).rejects.toMatchObject({
        failure: { kind: 'lost' },
      })
  })
})
