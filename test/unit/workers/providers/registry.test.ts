// Providers made of a configuration: addresses, keys in turn, headers of their own.
import { describe, expect, it } from 'vitest'
import type { Config } from '../../../../shared/config.ts'
import { openProviders } from '../../../../workers/providers/registry.ts'

const SECRETS: Readonly<Record<string, string>> = {
  A: 'key-a',
  B: 'key-b',
  TEAM: 'blue',
  ACCOUNT: '0123abcd',
}

function open(providers: NonNullable<Config['providers']>) {
  const calls: { url: string; headers: Record<string, string>; body: unknown; redirect: unknown }[] = []
  const fetcher: typeof fetch = (input, init) => {
    calls.push({
      url: input instanceof Request ? input.url : String(input),
      headers: Object.fromEntries(new Headers(init?.headers)),
      body: init?.body,
      redirect: init?.redirect,
    })
    return Promise.resolve(new Response('{}'))
  }
  const opened = openProviders({ providers }, (name) => SECRETS[name], fetcher)
  const send = async (id: string, body: Record<string, unknown> = { stream: true }) => {
    await opened.get(id)?.send(
      { path: '/chat/completions', body, dropped: [] },
      {
        requestId: 'req_1',
        signal: new AbortController().signal,
        escalate: false,
        stream: body['stream'] === true,
      },
    )
    return calls.at(-1)
  }
  return { opened, send, calls }
}

describe('a provider', () => {
  it('is called at its address and path, with its key and the id of the request', async () => {
    expect(
      await open({ lab: { baseUrl: 'http://127.0.0.1:8401/v1', apiKey: '$A' } }).send('lab'),
    ).toMatchObject({
      url: 'http://127.0.0.1:8401/v1/chat/completions',
      headers: {
        authorization: 'Bearer key-a',
        'content-type': 'application/json',
        accept: 'text/event-stream',
        'x-request-id': 'req_1',
      },
      body: '{"stream":true}',
    })
  })

  it('is never followed elsewhere, because the key would go along', async () => {
    expect((await open({ lab: { baseUrl: 'http://a/v1' } }).send('lab'))?.redirect).toBe('manual')
  })

  for (const path of [
    '/run/../../user/tokens',
    '/models/..:x/../y',
    '/a/%2E%2e/b',
    '/a/.',
    '/a/..?b',
    '/a\\..\\b',
  ]) {
    it(`is not led to another address by the name of a model: ${path}`, async () => {
      const calls: unknown[] = []
      const fetcher: typeof fetch = (input) => {
        calls.push(input)
        return Promise.resolve(new Response('{}'))
      }
      const lab = openProviders(
        { providers: { lab: { baseUrl: 'http://a/v1' } } },
        () => undefined,
        fetcher,
      ).get('lab')
      const sent = lab?.send(
        { path, body: {}, dropped: [] },
        { requestId: 'r', signal: new AbortController().signal, escalate: false, stream: false },
      )
      await expect(sent).rejects.toMatchObject({ failure: { kind: 'invalid-request', param: 'model' } })
      expect(calls).toEqual([])
    })
  }

  it('is called at a path whose names have dots within', async () => {
    const fetcher: typeof fetch = (input) => Promise.resolve(new Response(String(input)))
    const lab = openProviders(
      { providers: { lab: { baseUrl: 'http://a/v1' } } },
      () => undefined,
      fetcher,
    ).get('lab')
    const reply = await lab?.send(
      { path: '/run/@cf/meta/llama-3.1-8b..x?version=1.0', body: {}, dropped: [] },
      { requestId: 'r', signal: new AbortController().signal, escalate: false, stream: false },
    )
    expect(await reply?.text()).toBe('http://a/v1/run/@cf/meta/llama-3.1-8b..x?version=1.0')
  })

  it('is asked for JSON where no stream is wanted', async () => {
    expect((await open({ lab: { baseUrl: 'http://a/v1' } }).send('lab', {}))?.headers['accept']).toBe(
      'application/json',
    )
  })

  for (const baseUrl of ['http://a/v1', 'http://a/v1/', 'http://a/v1//']) {
    it(`may be written with slashes at its end: ${baseUrl}`, async () => {
      expect((await open({ lab: { baseUrl } }).send('lab'))?.url).toBe('http://a/v1/chat/completions')
    })
  }

  it('without a key, or with one that is not set, sends none', async () => {
    expect((await open({ lab: { baseUrl: 'http://a/v1' } }).send('lab'))?.headers).not.toHaveProperty(
      'authorization',
    )
    expect(
      (await open({ lab: { baseUrl: 'http://a/v1', apiKey: '$MISSING' } }).send('lab'))?.headers,
    ).not.toHaveProperty('authorization')
  })

  it('with several keys uses them in turn', async () => {
    const { send, calls } = open({ lab: { baseUrl: 'http://a/v1', apiKey: ['$A', '$MISSING', '$B'] } })
    for (let turn = 0; turn < 4; turn += 1) await send('lab')
    expect(calls.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer key-a',
      'Bearer key-b',
      'Bearer key-a',
      'Bearer key-b',
    ])
  })

  it('sends its own headers, variables filled in', async () => {
    expect(
      (
        await open({
          lab: { baseUrl: 'http://a/v1', headers: { 'x-team': '$TEAM', 'x-note': 'costs $5' } },
        }).send('lab')
      )?.headers,
    ).toMatchObject({ 'x-team': 'blue', 'x-note': 'costs $5' })
  })

  it('that is known needs no address, and may have another', async () => {
    expect((await open({ mistral: { apiKey: '$A' } }).send('mistral'))?.url).toBe(
      'https://api.mistral.ai/v1/chat/completions',
    )
    expect((await open({ mistral: { apiKey: '$A', baseUrl: 'http://proxy/v1' } }).send('mistral'))?.url).toBe(
      'http://proxy/v1/chat/completions',
    )
  })

  it('that people run themselves needs neither address nor key', async () => {
    const call = await open({ ollama: {} }).send('ollama')
    expect(call?.url).toBe('http://127.0.0.1:11434/v1/chat/completions')
    expect(call?.headers).not.toHaveProperty('authorization')
  })

  it('may be a second account of a vendor, under a name of its own', async () => {
    const call = await open({ mine: { vendor: 'groq', apiKey: '$B' } }).send('mine')
    expect(call).toMatchObject({
      url: 'https://api.groq.com/openai/v1/chat/completions',
      headers: { authorization: 'Bearer key-b' },
    })
  })

  it('has its settings in its address and its headers, variables filled in', async () => {
    const settings = { account: '$ACCOUNT', gateway: 'blue' }
    expect(await open({ 'ai-gateway': { apiKey: '$A', settings } }).send('ai-gateway')).toMatchObject({
      url: 'https://api.cloudflare.com/client/v4/accounts/0123abcd/ai/v1/chat/completions',
      headers: { 'cf-aig-gateway-id': 'blue' },
    })
  })

  for (const account of ['$MISSING', 'a/../b', 'a?b']) {
    it(`is not called where a setting cannot stand in its address: ${account}`, async () => {
      const { send, calls } = open({ 'ai-gateway': { apiKey: '$A', settings: { account } } })
      await expect(send('ai-gateway')).rejects.toMatchObject({ failure: { kind: 'unreachable' } })
      expect(calls).toEqual([])
    })
  }

  it('keeps its key to itself', () => {
    const { opened } = open({ lab: { baseUrl: 'http://a/v1', apiKey: '$A' } })
    expect(JSON.stringify([...opened])).not.toContain('key-a')
  })
})
