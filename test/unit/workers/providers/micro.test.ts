// Which object of the embedded model serves a request.
import { describe, expect, it } from 'vitest'
import { micro } from '../../../../workers/providers/micro.ts'
import type { SendOptions } from '../../../../workers/service.ts'

const wire = { path: '/chat/completions', body: {}, dropped: [] }

async function objectsOf(...requests: Partial<SendOptions>[]): Promise<string[]> {
  const names: string[] = []
  const provider = micro({
    fetch: (name) => {
      names.push(name)
      return Promise.resolve(new Response('{}'))
    },
  })
  for (const options of requests) {
    await provider.send(wire, {
      requestId: 'r',
      signal: new AbortController().signal,
      escalate: false,
      stream: true,
      ...options,
    })
  }
  return names
}

describe('the object of the embedded model', () => {
  it("is the conversation's own, so that the next turn finds its keys and values", async () => {
    const names = await objectsOf({ conversation: 'key_a/chat' }, { conversation: 'key_a/chat' })
    expect(new Set(names).size).toBe(1)
  })

  it('is one of a few for requests without a conversation', async () => {
    const names = await objectsOf(...Array.from({ length: 12 }, () => ({ tenant: 'key_a' })))
    expect(new Set(names).size).toBe(4)
  })

  it('is never shared by two keys, whose cached prompts would show', async () => {
    const mine = await objectsOf(...Array.from({ length: 8 }, () => ({ tenant: 'key_a' })))
    const yours = await objectsOf(...Array.from({ length: 8 }, () => ({ tenant: 'key_b' })))
    expect(mine.filter((name) => yours.includes(name))).toEqual([])
  })
})
