// The vendors whose calls are signed, as a configuration makes providers of them: where they are called, and with what.
import { exportPKCS8, generateKeyPair } from 'jose'
import { describe, expect, it } from 'vitest'
import type { Config } from '../../../../../shared/config.ts'
import { Failed } from '../../../../../shared/failure.ts'
import { explaining } from '../../../../../workers/providers/refusal.ts'
import { openProviders } from '../../../../../workers/providers/registry.ts'
import type { Provider } from '../../../../../workers/service.ts'
import { requestFor } from '../../../samples.ts'

type Entry = NonNullable<Config['providers']>[string]

interface Call {
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: string
}

/** A provider and the calls it makes; the server behind answers what `answer` says. */
function open(id: string, entry: Entry, keys: readonly string[], answer = (_: Call) => new Response('{}')) {
  const calls: Call[] = []
  const fetcher: typeof fetch = (input, init = {}) => {
    const call = {
      url: input instanceof Request ? input.url : String(input),
      headers: init.headers as Record<string, string>, // the registry sends a plain object
      body: typeof init.body === 'string' ? init.body : '',
    }
    calls.push(call)
    return Promise.resolve(answer(call))
  }
  const provider = openProviders(
    { providers: { [id]: { ...entry, apiKey: keys.map((_, at) => `$K${at}`) } } },
    (name) => keys[Number(name.slice(1))],
    fetcher,
  ).get(id)
  if (provider === undefined) throw new Error('no such provider')
  return { provider, calls }
}

async function send(provider: Provider, model: string, stream = false): Promise<Response> {
  const dialect = provider.dialectFor?.(model, 'openai-chat') ?? provider.dialect
  return provider.send(dialect.writeRequest(requestFor('Hi', { stream }), { model }), {
    model,
    explain: explaining(dialect),
    requestId: 'req_1',
    signal: new AbortController().signal,
    escalate: false,
    stream,
  })
}

describe('Amazon Bedrock', () => {
  it('is called in its region, signed for it', async () => {
    const { provider, calls } = open('bedrock', { settings: { region: 'eu-central-1' } }, [
      'AKIDEXAMPLE123456789:secret-0123',
    ])
    await send(provider, 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0', true)
    expect(calls[0]?.url).toBe(
      'https://bedrock-runtime.eu-central-1.amazonaws.com/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream',
    )
    expect(calls[0]?.headers).toMatchObject({
      accept: 'application/vnd.amazon.eventstream',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE123456789\/\d{8}\/eu-central-1\/bedrock\/aws4_request, /,
      ),
      'x-amz-date': expect.stringMatching(/^\d{8}T\d{6}Z$/),
    })
    expect(JSON.stringify(calls)).not.toContain('secret-0123')
  })

  it('is called in the usual region with a key of its own, and with the next one where that is dead', async () => {
    const dead = (call: Call) =>
      new Response('{}', { status: call.headers['authorization']?.includes('one') ? 403 : 200 })
    const { provider, calls } = open('bedrock', {}, ['ABSKone', 'ABSKtwo'], dead)
    expect((await send(provider, 'amazon.nova-lite-v1:0')).status).toBe(200)
    expect(calls.map(({ headers }) => headers['authorization'])).toEqual(['Bearer ABSKone', 'Bearer ABSKtwo'])
    expect(calls[0]?.url).toMatch(/^https:\/\/bedrock-runtime\.us-east-1\.amazonaws\.com\/model\//)
  })
})

describe('Azure OpenAI', () => {
  it('is called at its resource, with the key in a header of its own', async () => {
    const { provider, calls } = open('azure', { settings: { resource: 'my-resource' } }, ['0123456789abcdef'])
    await send(provider, 'my-gpt-5')
    expect(calls[0]?.url).toBe('https://my-resource.openai.azure.com/openai/v1/chat/completions')
    expect(calls[0]?.headers['api-key']).toBe('0123456789abcdef')
    expect(calls[0]?.headers).not.toHaveProperty('authorization')
    expect(JSON.parse(calls[0]?.body ?? '')).toMatchObject({ model: 'my-gpt-5' })
  })

  it('is called at a resource of AI Foundry, with a token of Entra', async () => {
    const entry = { settings: { resource: 'hub', domain: 'services.ai.azure.com' } }
    const { provider, calls } = open('azure', entry, ['eyJ0eXAi.eyJhdWQi.c2ln'])
    await send(provider, 'DeepSeek-V3')
    expect(calls[0]?.url).toBe('https://hub.services.ai.azure.com/openai/v1/chat/completions')
    expect(calls[0]?.headers).toMatchObject({ authorization: 'Bearer eyJ0eXAi.eyJhdWQi.c2ln' })
    expect(calls[0]?.headers).not.toHaveProperty('api-key')
  })

  it('cannot be called without its resource, and says so', async () => {
    const error: unknown = await send(open('azure', {}, ['k']).provider, 'm').catch((error: unknown) => error)
    expect(error).toBeInstanceOf(Failed)
    expect(String(error)).toContain('"resource"')
  })
})

describe('Google Vertex AI', () => {
  const hosts: readonly [string | undefined, string][] = [
    [undefined, 'us-central1-aiplatform.googleapis.com/v1/projects/p1/locations/us-central1'],
    ['europe-west4', 'europe-west4-aiplatform.googleapis.com/v1/projects/p1/locations/europe-west4'],
    ['global', 'aiplatform.googleapis.com/v1/projects/p1/locations/global'],
    ['eu', 'aiplatform.eu.rep.googleapis.com/v1/projects/p1/locations/eu'],
  ]
  for (const [location, where] of hosts) {
    it(`is called in its location: ${location ?? 'the usual one'}`, async () => {
      const settings = { project: 'p1', ...(location === undefined ? {} : { location }) }
      const { provider, calls } = open('vertex', { settings }, ['ya29.token'])
      await send(provider, 'gemini-2.5-pro', true)
      await send(provider, 'claude-sonnet-4-5@20250929', true)
      await send(provider, 'claude-sonnet-4-5@20250929')
      expect(calls.map(({ url }) => url)).toEqual([
        `https://${where}/publishers/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse`,
        `https://${where}/publishers/anthropic/models/claude-sonnet-4-5%4020250929:streamRawPredict`,
        `https://${where}/publishers/anthropic/models/claude-sonnet-4-5%4020250929:rawPredict`,
      ])
      expect(calls[0]?.headers).toMatchObject({ authorization: 'Bearer ya29.token' })
    })
  }

  it('is called at another host where the configuration names one', async () => {
    const settings = { project: 'p1', host: 'private.example' }
    const { provider, calls } = open('vertex', { settings }, ['ya29.token'])
    await send(provider, 'gemini-2.5-pro')
    expect(calls[0]?.url).toMatch(
      /^https:\/\/private\.example\/v1\/projects\/p1\/locations\/us-central1\/publishers\/google\//,
    )
  })

  it('asks Claude with the version in the body, where the model is not', async () => {
    const { provider, calls } = open('vertex', { settings: { project: 'p1' } }, ['ya29.token'])
    await send(provider, 'claude-sonnet-4-5@20250929', true)
    const body = JSON.parse(calls[0]?.body ?? '') as Record<string, unknown>
    expect(body).toMatchObject({ anthropic_version: 'vertex-2023-10-16', stream: true })
    expect(body).not.toHaveProperty('model')
    expect(calls[0]?.headers).not.toHaveProperty('anthropic-version')
  })

  it('is asked with the next account where one cannot get a token', async () => {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true })
    const account = (name: string): string =>
      JSON.stringify({
        client_email: `${name}@p1.iam.gserviceaccount.com`,
        private_key: pem,
        private_key_id: name,
      })
    const pem = await exportPKCS8(privateKey)
    const first = account('first')
    const issuer = (call: Call): Response => {
      if (!call.url.startsWith('https://oauth2.googleapis.com/')) return new Response('{}')
      const isFirst = Buffer.from(call.body.split('.')[1] ?? '', 'base64url')
        .toString()
        .includes('first@')
      return isFirst
        ? new Response('{"error":"invalid_grant"}', { status: 400 })
        : new Response('{"access_token":"ya29.second","expires_in":3599}')
    }
    const { provider, calls } = open(
      'vertex',
      { settings: { project: 'p1' } },
      [first, account('second')],
      issuer,
    )
    expect((await send(provider, 'gemini-2.5-pro')).status).toBe(200)
    expect(calls.map(({ url }) => new URL(url).hostname)).toEqual([
      'oauth2.googleapis.com',
      'oauth2.googleapis.com',
      'us-central1-aiplatform.googleapis.com',
    ])
    expect(calls[2]?.headers).toMatchObject({ authorization: 'Bearer ya29.second' })

    const alone: unknown = await send(
      open('vertex', { settings: { project: 'p1' } }, [first], issuer).provider,
      'gemini-2.5-pro',
    ).catch((error: unknown) => error)
    expect(alone).toMatchObject({ failure: { kind: 'credentials', status: 400 } })
  })
})
