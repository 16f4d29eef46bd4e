// Google's service accounts: what is signed, whom it is shown to, how long a token serves.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportPKCS8, generateKeyPair, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { serviceAccount } from '../../../../../workers/providers/sign/service-account.ts'
import type { Outgoing } from '../../../../../workers/providers/vendor.ts'

const NOW = Date.UTC(2026, 0, 1)
const EMAIL = 'minnow@project.iam.gserviceaccount.com'

let server: Server
let tokenUri: string
let asked: URLSearchParams[] = []
let answer: { status: number; body: string }
let pair: CryptoKeyPair
let pem: string
let serial = 0

beforeAll(async () => {
  pair = await generateKeyPair('RS256', { extractable: true })
  pem = await exportPKCS8(pair.privateKey)
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      asked.push(new URLSearchParams(body))
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  tokenUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token` // listening on TCP
})
afterAll(() => new Promise((resolve) => server.close(() => resolve(undefined))))
beforeEach(() => {
  asked = []
  answer = {
    status: 200,
    body: JSON.stringify({ access_token: `ya29.token-${++serial}`, expires_in: 3_599 }),
  }
})

/** A key that no other test has: the tokens are kept by key. */
const account = (over: object = {}): string =>
  JSON.stringify({
    type: 'service_account',
    project_id: 'project',
    private_key_id: `key-${++serial}`,
    private_key: pem,
    client_email: EMAIL,
    token_uri: tokenUri,
    ...over,
  })

const call = (over: Partial<Outgoing> = {}): Outgoing => ({
  url: 'https://us-central1-aiplatform.googleapis.com/v1/x',
  headers: {},
  body: '{}',
  settings: {},
  fetcher: fetch,
  now: NOW,
  ...over,
})

const failureOf = async (key: string, over: Partial<Outgoing> = {}): Promise<unknown> => {
  try {
    return await serviceAccount(key, call(over))
  } catch (error) {
    return error
  }
}

describe('a service account', () => {
  it('signs who it is, whom it asks, for what and how long, and is given a token', async () => {
    const headers = await serviceAccount(account(), call())
    expect(headers).toEqual({ authorization: `Bearer ${JSON.parse(answer.body).access_token}` })
    expect(asked[0]?.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
    const { payload, protectedHeader } = await jwtVerify(asked[0]?.get('assertion') ?? '', pair.publicKey, {
      currentDate: new Date(NOW),
    })
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: expect.stringMatching(/^key-/) })
    expect(payload).toEqual({
      iss: EMAIL,
      aud: tokenUri,
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      iat: NOW / 1000,
      exp: NOW / 1000 + 3_600,
    })
  })

  it('may be given in base64, in lines', async () => {
    const base64 = Buffer.from(account()).toString('base64')
    await serviceAccount(`${base64.slice(0, 70)}\n${base64.slice(70)}\n`, call())
    expect(asked).toHaveLength(1)
  })

  it('is asked for once, until shortly before its token ends', async () => {
    const key = account()
    const first = await serviceAccount(key, call())
    answer = { status: 200, body: '{"access_token":"ya29.second","expires_in":3599}' }
    expect(await serviceAccount(key, call({ now: NOW + 3_400_000 }))).toEqual(first)
    expect(asked).toHaveLength(1)
    expect(await serviceAccount(key, call({ now: NOW + 3_500_000 }))).toEqual({
      authorization: 'Bearer ya29.second',
    })
    expect(asked).toHaveLength(2)
  })

  it('is not mistaken for another', async () => {
    const [one, two] = [account(), account()]
    const first = await serviceAccount(one, call())
    answer = { status: 200, body: '{"access_token":"ya29.two","expires_in":3599}' }
    expect(await serviceAccount(two, call())).not.toEqual(first)
    expect(await serviceAccount(one, call())).toEqual(first)
  })

  it('does not keep a token whose life nobody has told', async () => {
    const key = account()
    answer = { status: 200, body: '{"access_token":"ya29.short"}' }
    await serviceAccount(key, call())
    await serviceAccount(key, call())
    expect(asked).toHaveLength(2)
  })

  const refusals: readonly [string, number, string, object][] = [
    ['an unknown account', 400, '{"error":"invalid_grant"}', { kind: 'credentials', status: 400 }],
    ['a forbidden one', 403, '', { kind: 'credentials', status: 403 }],
    ['too many questions', 429, '', { kind: 'overloaded', status: 429 }],
    ['an ill server', 503, '<html>', { kind: 'overloaded', status: 503 }],
    ['an answer without a token', 200, '{}', { kind: 'credentials' }],
    ['an answer that is no JSON', 200, '<html>', { kind: 'credentials' }],
    ['a redirect', 302, '', { kind: 'credentials' }],
  ]
  for (const [name, status, body, failure] of refusals) {
    it(`fails by ${name}, says nothing of itself, and is asked for again`, async () => {
      const key = account()
      const good = answer
      answer = { status, body }
      const error = await failureOf(key)
      expect(error).toMatchObject({ failure })
      expect(JSON.stringify(error) + String(error)).not.toMatch(/PRIVATE KEY|gserviceaccount/)
      answer = good
      expect(await serviceAccount(key, call())).toHaveProperty('authorization')
    })
  }

  for (const [name, over] of [
    ['without a key', { private_key: undefined }],
    ['without a name', { client_email: undefined }],
    ['with a key that is none', { private_key: 'secret-that-is-no-pem' }],
  ] as const) {
    it(`${name} cannot sign, and shows nothing of it`, async () => {
      const error = await failureOf(account(over))
      expect(error).toMatchObject({ failure: { kind: 'credentials', status: 401 } })
      expect(JSON.stringify(error) + String(error)).not.toContain('secret-that')
      expect(asked).toEqual([])
    })
  }

  it('whose JSON is broken cannot sign', async () => {
    expect(await failureOf('{"client_email":')).toMatchObject({
      failure: { kind: 'credentials', status: 401 },
    })
  })

  it('stops waiting when nobody waits for it', async () => {
    const error = await failureOf(account(), { signal: AbortSignal.abort(new Error('gone')) })
    expect(String(error)).toContain('gone')
  })
})

describe('an access token', () => {
  for (const token of [
    'ya29.a0AfB_byC-example',
    'eyJhbGciOi.eyJpc3Mi.c2ln',
    'east',
    'ZXhhbXBsZQ==',
    'plain',
  ]) {
    it(`is shown as it is, and nobody is asked: ${token}`, async () => {
      expect(await serviceAccount(token, call())).toEqual({ authorization: `Bearer ${token}` })
      expect(asked).toEqual([])
    })
  }
})
