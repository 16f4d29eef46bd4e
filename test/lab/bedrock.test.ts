// The lab's Amazon Bedrock: it takes what is signed right, and refuses what Converse refuses.
import { AwsV4Signer } from 'aws4fetch'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AMAZON_KEY } from './signature.ts'
import { startVendor, type Vendor } from './vendor.ts'

let vendor: Vendor
beforeAll(async () => void (vendor = await startVendor()))
afterAll(() => vendor.stop())

const [accessKeyId = '', secretAccessKey = ''] = AMAZON_KEY.split(':')

interface Sending {
  readonly secret?: string
  /** What is sent in place of what was signed. */
  readonly tampered?: object
  readonly path?: string
}

async function send(
  body: object,
  { secret = secretAccessKey, tampered, path = 'converse' }: Sending = {},
): Promise<Response> {
  const signer = new AwsV4Signer({
    url: `${vendor.origin}/model/us.amazon.nova-2-lite-v1%3A0/${path}`,
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
    accessKeyId,
    secretAccessKey: secret,
    service: 'bedrock',
    region: 'eu-central-1',
  })
  const { url, method, headers, body: signed } = await signer.sign()
  const sent = tampered === undefined ? signed : JSON.stringify(tampered)
  return fetch(url, { method, headers, ...(typeof sent === 'string' ? { body: sent } : {}) })
}

const user = (...content: object[]): object => ({ role: 'user', content })
const assistant = (...content: object[]): object => ({ role: 'assistant', content })
const hello = { messages: [user({ text: 'Hi' })] }

test('a signed request is answered, by the model of its address', async () => {
  const response = await send(hello)
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({
    output: {
      message: { role: 'assistant', content: [{ text: 'This is us.amazon.nova-2-lite-v1:0 speaking.' }] },
    },
    stopReason: 'end_turn',
  })
})

test('a stream comes in binary frames', async () => {
  const response = await send(hello, { path: 'converse-stream' })
  expect(response.headers.get('content-type')).toBe('application/vnd.amazon.eventstream')
  const bytes = new DataView(await response.arrayBuffer())
  const kinds: string[] = []
  for (let at = 0; at < bytes.byteLength; at += bytes.getUint32(at)) {
    const frame = Buffer.from(bytes.buffer, at, bytes.getUint32(at)).toString('latin1')
    kinds.push(/messageStart|contentBlockDelta|contentBlockStop|messageStop|metadata/.exec(frame)?.[0] ?? '')
  }
  expect([kinds[0], kinds[1], kinds.at(-2), kinds.at(-1)]).toEqual([
    'messageStart',
    'contentBlockDelta',
    'messageStop',
    'metadata',
  ])
})

test('a wrong secret and a body that was changed on the way are forbidden', async () => {
  for (const sending of [{ secret: 'another' }, { tampered: { messages: [user({ text: 'Ha' })] } }]) {
    const response = await send(hello, sending)
    expect(response.status).toBe(403)
    expect(response.headers.get('x-amzn-errortype')).toBe('InvalidSignatureException')
  }
  const bare = await fetch(`${vendor.origin}/model/x/converse`, {
    method: 'POST',
    body: JSON.stringify(hello),
  })
  expect([bare.status, bare.headers.get('x-amzn-errortype')]).toEqual([
    403,
    'MissingAuthenticationTokenException',
  ])
})

const call = { toolUse: { toolUseId: 't1', name: 'f', input: {} } }
const result = { toolResult: { toolUseId: 't1', content: [{ text: '1' }] } }
const toolConfig = { tools: [{ toolSpec: { name: 'f', inputSchema: { json: { type: 'object' } } } }] }

const refusals: readonly { readonly what: string; readonly body: object; readonly says: RegExp }[] = [
  { what: 'an unknown field', body: { ...hello, max_tokens: 1 }, says: /max_tokens/ },
  { what: 'a blank text', body: { messages: [user({ text: ' ' })] }, says: /messages.0.content/ },
  {
    what: 'an assistant at the beginning',
    body: { messages: [assistant({ text: 'Hi' })] },
    says: /must start with a user message/,
  },
  {
    what: 'two turns of one role',
    body: { messages: [user({ text: 'a' }), user({ text: 'b' })] },
    says: /must alternate/,
  },
  {
    what: 'a call without a result',
    body: { messages: [user({ text: 'a' }), assistant(call), user({ text: 'b' })], toolConfig },
    says: /Expected toolResult blocks .* t1/,
  },
  {
    what: 'a result without a call',
    body: { messages: [user(result)], toolConfig },
    says: /exceeds the number of toolUse blocks/,
  },
  {
    what: 'calls without tools',
    body: { messages: [user({ text: 'a' }), assistant(call), user(result)] },
    says: /toolConfig field must be defined/,
  },
  {
    what: 'a thought that is not its own',
    body: {
      messages: [
        user({ text: 'a' }),
        assistant({ reasoningContent: { reasoningText: { text: 'x', signature: 'y' } } }, { text: 'z' }),
        user({ text: 'b' }),
      ],
    },
    says: /Invalid `signature`/,
  },
]

test.each(refusals)('$what is refused', async ({ body, says }) => {
  const response = await send(body)
  expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([400, 'ValidationException'])
  expect(await response.text()).toMatch(says)
})
