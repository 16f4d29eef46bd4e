// Every record does what its vendor's documentation says, and a vendor with more than one wire is asked in the right one.
import { describe, expect, it } from 'vitest'
import { completionTokens } from '../../shared/usage.ts'
import { openProviders, vendors } from '../../workers/providers/registry.ts'
import { hello, rows } from './oddities.ts'

const recordOf = (id: string) => {
  const vendor = vendors.find((one) => one.id === id)
  if (vendor === undefined) throw new Error(`no vendor ${id}`)
  return vendor
}

describe('what the documentation says', () => {
  for (const { vendor, says, model = 'their-model', ask, body, without = [], dropped = [] } of rows) {
    it(`of ${vendor}: ${says} (${JSON.stringify(ask).slice(0, 60)})`, () => {
      const wire = recordOf(vendor).dialect.writeRequest({ ...hello, ...ask }, { model })
      if (body !== undefined) expect(wire.body).toMatchObject(body)
      for (const field of without) expect(wire.body).not.toHaveProperty(field)
      expect([...wire.dropped].sort()).toEqual([...dropped].sort())
    })
  }

  // https://github.com/xai-org/xai-proto/blob/main/proto/xai/api/v1/usage.proto
  it('of xai: the reasoning is beside the completion tokens', () => {
    const reply = {
      id: 'r',
      object: 'chat.completion',
      created: 1,
      model: 'grok-4.3',
      choices: [{ index: 0, message: { role: 'assistant', content: '101' }, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: 37,
        completion_tokens: 2,
        total_tokens: 359,
        completion_tokens_details: { reasoning_tokens: 320 },
      },
    }
    const events = recordOf('xai')
      .dialect.readReply(JSON.stringify(reply))
      .flatMap((piece) => piece.events)
    const finish = events.find((event) => event.type === 'finish')
    expect(finish?.usage).toMatchObject({ output: 2, reasoning: 320 })
    expect(finish?.usage === undefined ? 0 : completionTokens(finish.usage)).toBe(322)
  })

  it('of ollama: pictures are bytes', () => {
    expect(recordOf('ollama').dialect.inlineMedia).toBe(true)
    expect(recordOf('vllm').dialect.inlineMedia).toBeUndefined()
  })
})

describe('a vendor with more than one wire', () => {
  const open = (entry: object) =>
    openProviders(
      { providers: { openai: entry } },
      () => 'key',
      () => Promise.resolve(new Response('{}')),
    ).get('openai')

  for (const model of [
    'o1-pro',
    'o3-pro-2025-06-10',
    'o3-deep-research',
    'gpt-5-codex',
    'gpt-5.5-pro',
    'computer-use-preview',
  ]) {
    it(`is asked for ${model} in the only one that answers`, () =>
      expect(open({ apiKey: '$A' })?.dialectFor?.(model, 'openai-chat').id).toBe('openai-responses'))
  }

  for (const model of ['o3', 'gpt-4.1', 'gpt-5.6-sol', 'prometheus']) {
    it(`is asked for ${model} in the usual one, and in the client's own where that is the other`, () => {
      const provider = open({ apiKey: '$A' })
      for (const client of ['openai-chat', 'anthropic', 'gemini']) {
        expect(provider?.dialectFor?.(model, client).id).toBe('openai-chat')
      }
      expect(provider?.dialectFor?.(model, 'openai-responses').id).toBe('openai-responses')
    })
  }

  for (const model of ['gpt-4o-audio-preview', 'gpt-5-search-api']) {
    it(`is asked for ${model} in the only one that answers, whatever the client speaks`, () =>
      expect(open({ apiKey: '$A' })?.dialectFor?.(model, 'openai-responses').id).toBe('openai-chat'))
  }

  it('speaks the one that the configuration names, for every model and client', () => {
    const provider = open({ apiKey: '$A', dialect: 'openai-responses' })
    expect(provider?.dialect.id).toBe('openai-responses')
    expect(provider?.dialectFor?.('gpt-4.1', 'openai-chat').id ?? provider?.dialect.id).toBe(
      'openai-responses',
    )
  })

  it('is not what somebody has built himself under its name', () => {
    const provider = open({ dialect: 'openai-chat', baseUrl: 'http://lab/v1' })
    const wire = provider?.dialect.writeRequest(
      { ...hello, messages: [{ role: 'developer', parts: [{ type: 'text', text: 'x' }] }] },
      { model: 'm' },
    )
    expect(wire?.body).toMatchObject({ messages: [{ role: 'system' }] })
  })
})
