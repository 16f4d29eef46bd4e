// Amazon's signature against its published example, and against one computed here by hand.
import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { bedrock } from '../../../../../shared/dialects/bedrock/index.ts'
import { Failed } from '../../../../../shared/failure.ts'
import { readCredentials, sigv4 } from '../../../../../workers/providers/sign/sigv4.ts'
import type { Outgoing } from '../../../../../workers/providers/vendor.ts'
import { requestFor } from '../../../samples.ts'

const ID = 'AKIDEXAMPLE123456789'
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const AT = Date.UTC(2015, 7, 30, 12, 36, 0)

const call = (over: Partial<Outgoing> = {}): Outgoing => ({
  url: 'https://bedrock-runtime.us-east-1.amazonaws.com/model/a/converse',
  headers: { 'content-type': 'application/json', accept: 'application/json', 'x-request-id': 'req_1' },
  body: '{}',
  settings: { region: 'us-east-1' },
  fetcher: () => Promise.reject(new Error('nobody is asked')),
  now: AT,
  ...over,
})

const signatureOf = (headers: Readonly<Record<string, string>>): string | undefined =>
  /Signature=([0-9a-f]{64})$/.exec(headers['authorization'] ?? '')?.[1]

/** The four steps of the specification, by hand. `path` is as it stands in the address. */
function signed(
  host: string,
  path: string,
  headers: Record<string, string>,
  body: string,
  service: string,
): string {
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
  const names = Object.keys({ host, ...headers }).sort()
  const canonical = [
    'POST',
    path
      .split('/')
      .map((segment) => encodeURIComponent(segment))
      .join('/'),
    '',
    ...names.map((name) => `${name}:${name === 'host' ? host : headers[name]}`),
    '',
    names.join(';'),
    hash(body),
  ].join('\n')
  const scope = `20150830/us-east-1/${service}/aws4_request`
  const key = ['20150830', 'us-east-1', service, 'aws4_request'].reduce<Buffer | string>(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    `AWS4${SECRET}`,
  )
  return createHmac('sha256', key)
    .update(['AWS4-HMAC-SHA256', '20150830T123600Z', scope, hash(canonical)].join('\n'))
    .digest('hex')
}

describe('a signature', () => {
  it('is the published one: https://docs.aws.amazon.com/general/latest/gr/signature-v4-test-suite.html, post-vanilla', async () => {
    // The published id has eleven characters, as no real one has; it is not part of what is signed.
    const headers = await sigv4('service')(
      `${ID}:${SECRET}`,
      call({ url: 'https://example.amazonaws.com/', body: '', headers: {} }),
    )
    expect(signatureOf(headers)).toBe('5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b')
    expect(headers['x-amz-date']).toBe('20150830T123600Z')
    expect(headers['authorization']).toContain(`Credential=${ID}/20150830/us-east-1/service/aws4_request`)
  })

  for (const model of [
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3-7-sonnet-20250219-v1:0',
    'mistral.mistral-large-2402-v1:0',
  ]) {
    it(`covers the address of ${model}, whose signs are encoded twice`, async () => {
      const { path, body: sent } = bedrock().writeRequest(requestFor('Grüße'), { model })
      const host = 'bedrock-runtime.us-east-1.amazonaws.com'
      const body = JSON.stringify(sent)
      const headers = await sigv4('bedrock')(`${ID}:${SECRET}`, call({ url: `https://${host}${path}`, body }))
      expect(signatureOf(headers)).toBe(
        signed(host, path, { 'x-amz-date': '20150830T123600Z' }, body, 'bedrock'),
      )
    })
  }

  it('covers a session token, and sends it along', async () => {
    const headers = await sigv4('bedrock')(`${ID}:${SECRET}:IQoJb3JpZ2luX2Vj//EXAMPLE==`, call())
    expect(headers['x-amz-security-token']).toBe('IQoJb3JpZ2luX2Vj//EXAMPLE==')
    expect(signatureOf(headers)).toBe(
      signed(
        'bedrock-runtime.us-east-1.amazonaws.com',
        '/model/a/converse',
        { 'x-amz-date': '20150830T123600Z', 'x-amz-security-token': 'IQoJb3JpZ2luX2Vj//EXAMPLE==' },
        '{}',
        'bedrock',
      ),
    )
  })

  it('covers what is Amazon’s, and nothing that a proxy may change', async () => {
    const headers = await sigv4('bedrock')(
      `${ID}:${SECRET}`,
      call({ headers: { accept: '*/*', 'X-Amzn-Trace': 'no', 'X-Amz-Target': 't' } }),
    )
    expect(headers['authorization']).toContain('SignedHeaders=host;x-amz-date;x-amz-target,')
    expect(Object.keys(headers).sort()).toEqual(['authorization', 'x-amz-date', 'x-amz-target'])
  })

  it('differs by region, by day, by body and by secret, also for a key derived before', async () => {
    const sign = async (key: string, over: Partial<Outgoing>): Promise<string | undefined> =>
      signatureOf(await sigv4('bedrock')(key, call(over)))
    const all = [
      await sign(`${ID}:${SECRET}`, {}),
      await sign(`${ID}:${SECRET}`, { settings: { region: 'eu-west-1' } }),
      await sign(`${ID}:${SECRET}`, { now: AT + 86_400_000 }),
      await sign(`${ID}:${SECRET}`, { body: '{"a":1}' }),
      await sign(`${ID}:another`, {}),
    ]
    expect(new Set(all).size).toBe(all.length)
    expect(await sign(`${ID}:${SECRET}`, {})).toBe(all[0])
  })

  it('never shows the secret', async () => {
    const headers = await sigv4('bedrock')(`${ID}:${SECRET}`, call())
    expect(JSON.stringify(headers)).not.toContain(SECRET)
  })
})

describe('a key', () => {
  it('of a pair is read with and without a session token', () => {
    expect(readCredentials(` ${ID}:${SECRET}\n`)).toEqual({ accessKeyId: ID, secretAccessKey: SECRET })
    expect(readCredentials(`${ID}:${SECRET}:token==`)).toEqual({
      accessKeyId: ID,
      secretAccessKey: SECRET,
      sessionToken: 'token==',
    })
  })

  for (const key of [
    'ABSKQmVkcm9ja0FQSUtleS1leGFtcGxl',
    'bedrock-api-key-YmVkcm9jay5hbWF6b25hd3M',
    'sk-abc:def',
  ]) {
    it(`of the service is shown as it is: ${key}`, async () => {
      expect(await sigv4('bedrock')(key, call())).toEqual({ authorization: `Bearer ${key}` })
    })
  }

  for (const key of ['AKIAIOSFODNN7EXAMPLE', 'ASIAIOSFODNN7EXAMPLE:']) {
    it(`without its secret is refused before it is shown to anybody: ${key}`, async () => {
      const error: unknown = await Promise.resolve(sigv4('bedrock')(key, call())).catch(
        (error: unknown) => error,
      )
      expect(error).toBeInstanceOf(Failed)
      expect(error).toMatchObject({ failure: { kind: 'credentials', status: 401 } })
      expect(JSON.stringify(error)).not.toContain('IOSFODNN7')
    })
  }
})
