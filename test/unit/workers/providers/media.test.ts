// Pictures and documents by their addresses: fetched once from a real server that misbehaves on purpose.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Failed } from '../../../../shared/failure.ts'
import type { Message, ModelRequest, Part } from '../../../../shared/request.ts'
import { type MediaOptions, openMedia } from '../../../../workers/providers/media.ts'
import { cxAt, messageOf, requestFor } from '../../samples.ts'

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
const JPEG = Buffer.from('ffd8ffe000104a464946', 'hex')
const GIF = Buffer.from('GIF89a\u0001\u0000')
const WEBP = Buffer.from('RIFF\u0010\u0000\u0000\u0000WEBPVP8 ')
const PDF = Buffer.from('%PDF-1.7\n')
const TEXT = Buffer.from('Grüße, 世界')

type Answer = (request: IncomingMessage, response: ServerResponse) => void
const say =
  (bytes: Buffer, type?: string, status = 200): Answer =>
  (_, response) =>
    response.writeHead(status, type === undefined ? {} : { 'content-type': type }).end(bytes)
const lead =
  (location: string, status = 302): Answer =>
  (_, response) =>
    response.writeHead(status, { location }).end('<html>moved: secret-page</html>')

let server: Server
let host: string
let routes: Record<string, Answer> = {}
let asked: { url: string; headers: IncomingMessage['headers'] }[] = []
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push({ url: request.url ?? '', headers: request.headers })
    const answer = routes[request.url ?? '']
    if (answer === undefined) response.writeHead(404).end('secret-page')
    else answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  host = `127.0.0.1:${(server.address() as AddressInfo).port}` // listening on TCP
})
afterAll(() => {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(resolve))
})
beforeEach(() => {
  routes = {}
  asked = []
})

const open = (over: Partial<MediaOptions> = {}) => openMedia({ fetcher: fetch, allowHosts: [host], ...over })
const at = (path: string): string => `http://${host}${path}`
const image = (path: string): Part => ({ type: 'image', url: at(path) })
const file = (path: string, name?: string): Part => ({
  type: 'file',
  url: at(path),
  ...(name === undefined ? {} : { name }),
})
const asking = (...parts: Part[]): ModelRequest => requestFor('Hi', { messages: [messageOf(...parts)] })
const partsOf = (request: ModelRequest): unknown[] => request.messages.flatMap(({ parts }) => parts)
const urlOf = async (part: Part, over: Partial<MediaOptions> = {}): Promise<unknown> =>
  (partsOf(await open(over)(asking(part), cxAt()))[0] as { url: string }).url
const failureOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(error instanceof Failed) || error.failure.kind !== 'invalid-request')
    throw new Error(`not refused: ${String(error)}`)
  expect(error.message).not.toContain('secret')
  return error.message
}

describe('what is fetched', () => {
  const kinds: readonly [string, Part['type'], Buffer, string | undefined, string][] = [
    ['PNG', 'image', PNG, 'image/png', 'image/png'],
    ['JPEG under its nickname', 'image', JPEG, 'image/jpg', 'image/jpeg'],
    ['GIF', 'image', GIF, 'image/gif', 'image/gif'],
    ['WebP', 'image', WEBP, 'IMAGE/WEBP; q=1', 'image/webp'],
    ['a JPEG that is called PNG', 'image', JPEG, 'image/png', 'image/jpeg'],
    ['a picture of no type', 'image', PNG, undefined, 'image/png'],
    ['a picture of bytes', 'image', PNG, 'application/octet-stream', 'image/png'],
    ['PDF', 'file', PDF, 'application/pdf', 'application/pdf'],
    ['PDF of bytes', 'file', PDF, 'binary/octet-stream', 'application/pdf'],
    ['text', 'file', TEXT, 'text/plain; charset=utf-8', 'text/plain'],
    ['CSV', 'file', TEXT, 'text/csv', 'text/csv'],
    ['a picture for a document', 'file', PNG, 'image/png', 'image/png'],
  ]
  for (const [name, type, bytes, declared, found] of kinds) {
    it(`becomes a data: address: ${name}`, async () => {
      routes['/a'] = say(bytes, declared)
      const part = type === 'image' ? image('/a') : file('/a', 'a')
      expect(await urlOf(part)).toBe(`data:${found};base64,${bytes.toString('base64')}`)
    })
  }

  it('keeps every byte, however many', async () => {
    const bytes = Buffer.concat([PNG, Buffer.from(Array.from({ length: 100_001 }, (_, n) => (n * 7) % 256))])
    routes['/a'] = say(bytes, 'image/png')
    expect(await urlOf(image('/a'))).toBe(`data:image/png;base64,${bytes.toString('base64')}`)
  })

  it('leaves the rest of the request as it was, and the request it was given untouched', async () => {
    routes['/a'] = say(PNG, 'image/png')
    const part: Part = { type: 'image', url: at('/a'), detail: 'low', cache: '5m' }
    const request = asking(
      { type: 'text', text: 'a' },
      part,
      { type: 'image', url: 'data:image/gif;base64,R0lG' },
      { type: 'file', id: 'file-1' },
      { type: 'image', url: 's3://a/b.png' },
    )
    const before = JSON.stringify(request)
    const done = await open()(request, cxAt())
    expect(JSON.stringify(request)).toBe(before)
    expect(partsOf(done)).toEqual(
      partsOf(request).map((one) =>
        one === part ? { ...part, url: `data:image/png;base64,${PNG.toString('base64')}` } : one,
      ),
    )
    expect({ ...done, messages: [] }).toEqual({ ...request, messages: [] })
  })

  it('is the same request where nothing has to be fetched', async () => {
    const request = asking({ type: 'text', text: 'http://example.com/a.png' })
    expect(await open()(request, cxAt())).toBe(request)
  })

  it('sends nothing that belongs to anybody', async () => {
    routes['/a'] = say(PNG, 'image/png')
    await urlOf(image('/a'))
    expect(Object.keys(asked[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(['cookie']))
    expect(asked[0]?.headers).not.toHaveProperty('authorization')
    expect(asked[0]?.headers['user-agent']).toBe('minnow')
  })
})

describe('a message that has changed', () => {
  const native = (value: unknown): NonNullable<Message['native']> => ({ dialect: 'anthropic', value })

  it('is no longer as its dialect had it, with those that were one with it', async () => {
    routes['/a'] = say(PNG, 'image/png')
    const messages: Message[] = [
      { role: 'user', parts: [{ type: 'text', text: 'a' }], native: native({ first: 1 }) },
      { role: 'tool', toolCallId: 'c', parts: [{ type: 'text', text: 'x' }], native: native({ second: 2 }) },
      { role: 'user', parts: [image('/a')], native: native(null) },
      { role: 'user', parts: [{ type: 'text', text: 'b' }], native: native(null) },
      { role: 'user', parts: [{ type: 'text', text: 'c' }], native: native({ third: 3 }) },
    ]
    const done = await open()(requestFor('', { messages }), cxAt())
    expect(done.messages.map((message) => message.native?.value)).toEqual([
      { first: 1 },
      undefined,
      undefined,
      undefined,
      { third: 3 },
    ])
    expect(done.messages.map(({ role, toolCallId }) => [role, toolCallId])).toEqual(
      messages.map(({ role, toolCallId }) => [role, toolCallId]),
    )
  })
})

describe('one request', () => {
  it('fetches each address once, wherever it stands', async () => {
    routes['/a'] = say(PNG, 'image/png')
    const messages = [messageOf(image('/a'), image('/a')), messageOf(file('/a'))]
    const done = await open()(requestFor('', { messages }), cxAt())
    expect(asked).toHaveLength(1)
    expect(new Set(partsOf(done).map((part) => (part as { url: string }).url)).size).toBe(1)
  })

  it('is fetched for once, however often it is tried, also at the same time', async () => {
    routes['/a'] = say(PNG, 'image/png')
    const [media, request] = [open(), asking(image('/a'))]
    const [one, two] = await Promise.all([media(request, cxAt()), media(request, cxAt())])
    expect(await media(request, cxAt())).toBe(one)
    expect(two).toBe(one)
    expect(asked).toHaveLength(1)
  })

  it('is tried again where it has failed', async () => {
    const [media, request] = [open(), asking(image('/a'))]
    await failureOf(media(request, cxAt()))
    routes['/a'] = say(PNG, 'image/png')
    expect(partsOf(await media(request, cxAt()))).toMatchObject([{ url: expect.stringMatching(/^data:/) }])
  })

  it('goes on for one attempt when another is given up', async () => {
    let release = (): void => undefined
    routes['/a'] = (request, response) => void (release = () => say(PNG, 'image/png')(request, response))
    const [media, request, left] = [open(), asking(image('/a')), cxAt()]
    const gone = media(request, left)
    const waits = media(request, cxAt())
    left.abort(new Failed({ kind: 'cancelled' }))
    await expect(gone).rejects.toMatchObject({ failure: { kind: 'cancelled' } })
    await expect.poll(() => asked).toHaveLength(1)
    release()
    expect(partsOf(await waits)).toMatchObject([{ url: expect.stringMatching(/^data:/) }])
  })

  it('does not begin for one that is given up already', async () => {
    routes['/a'] = say(PNG, 'image/png')
    const left = cxAt()
    left.abort(new Failed({ kind: 'cancelled' }))
    await expect(open()(asking(image('/a')), left)).rejects.toMatchObject({ failure: { kind: 'cancelled' } })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(asked).toEqual([])
  })

  it('points at no more than so many', async () => {
    const message = await failureOf(open({ most: 2 })(asking(image('/a'), image('/b'), image('/c')), cxAt()))
    expect(message).toContain('at most 2 are fetched')
    expect(asked).toEqual([])
  })
})

describe('a redirect', () => {
  it('is followed three times, to an address of any form', async () => {
    routes['/a'] = lead('/b', 301)
    routes['/b'] = lead(at('/c'), 307)
    routes['/c'] = lead('d', 308)
    routes['/d'] = say(PNG, 'image/png')
    expect(await urlOf(image('/a'))).toMatch(/^data:image\/png/)
    expect(asked.map(({ url }) => url)).toEqual(['/a', '/b', '/c', '/d'])
  })

  it('is not followed a fourth time', async () => {
    for (const path of ['/a', '/b', '/c', '/d']) routes[path] = lead('/a')
    expect(await failureOf(urlOf(image('/a')))).toContain('leads on more than 3 times')
    expect(asked).toHaveLength(4)
  })

  for (const location of [
    'http://169.254.169.254/latest',
    'http://localhost/',
    'http://[::1]/',
    'http://0x7f.1:1/',
    'ftp://example.com/',
    'http://user:secret@example.com/',
  ]) {
    it(`into what may not be fetched is not followed: ${location}`, async () => {
      routes['/a'] = lead(location)
      expect(await failureOf(urlOf(image('/a')))).toContain('it leads to an address that')
      expect(asked).toHaveLength(1)
    })
  }

  it('to nowhere is an error', async () => {
    routes['/a'] = lead('http://')
    expect(await failureOf(urlOf(image('/a')))).toContain('it leads to something that is not an address')
    routes['/b'] = (_, response) => response.writeHead(302).end()
    expect(await failureOf(urlOf(image('/b')))).toContain('status 302')
  })
})

describe('what is refused, in words that say what to do', () => {
  it('is a private address, before anybody is asked', async () => {
    for (const part of [image('/a'), file('/a')]) {
      const message = await failureOf(openMedia({ fetcher: fetch })(asking(part), cxAt()))
      expect(message).toBe(
        `The ${part.type === 'image' ? 'picture' : 'document'} at ${at('/a')} cannot be used: it does not lie on the public internet. Send its bytes as a data: address, or another address.`,
      )
    }
    expect(asked).toEqual([])
  })

  it('is an address with a password, which is not repeated', async () => {
    const part: Part = { type: 'image', url: `http://user:secret@${host}/a` }
    const message = await failureOf(open()(asking(part), cxAt()))
    expect(message).toContain(`at ${at('/a')} cannot be used: it holds a user name or a password.`)
  })

  it('is no address at all', async () => {
    expect(await failureOf(open()(asking({ type: 'image', url: 'http://' }), cxAt()))).toContain(
      'it is not an address',
    )
  })

  const refused: readonly [string, 'image' | 'file', Answer, string][] = [
    [
      'a page for a picture',
      'image',
      say(Buffer.from('<html>secret-page'), 'text/html'),
      'another type than PNG, JPEG, WebP or GIF',
    ],
    ['a PDF for a picture', 'image', say(PDF, 'application/pdf'), 'another type than PNG'],
    ['SVG', 'image', say(Buffer.from('<svg/>'), 'image/svg+xml'), 'another type than PNG'],
    ['an archive', 'file', say(Buffer.from('PK'), 'application/zip'), 'another type than PDF, text'],
    [
      'a page that calls itself a picture',
      'image',
      say(Buffer.from('<html>secret-page'), 'image/png'),
      'its bytes are not what it says it is',
    ],
    ['a PDF that calls itself a picture', 'image', say(PDF, 'image/png'), 'its bytes are not'],
    ['bytes that are nothing known', 'file', say(Buffer.from([1, 2, 3])), 'its bytes are not'],
    ['text with a zero in it', 'file', say(Buffer.from('a\0b'), 'text/plain'), 'its bytes are not'],
    ['text that is none', 'file', say(Buffer.from([0x61, 0xff]), 'text/plain'), 'its bytes are not'],
    [
      'an error',
      'image',
      say(Buffer.from('secret-page'), 'image/png', 500),
      'its host answered with status 500',
    ],
    ['nothing', 'image', say(Buffer.alloc(0), 'image/png'), 'it is empty'],
    ['no content', 'image', say(Buffer.alloc(0), 'image/png', 204), 'it is empty'],
    ['a broken connection', 'image', (request) => void request.socket.destroy(), 'it could not be reached'],
    [
      'a connection that breaks midway',
      'image',
      (request, response) => {
        response.writeHead(200, { 'content-type': 'image/png' }).write(PNG)
        setTimeout(() => request.socket.destroy(), 20)
      },
      'it could not be reached',
    ],
  ]
  for (const [name, type, answer, words] of refused) {
    it(`is ${name}`, async () => {
      routes['/a'] = answer
      const message = await failureOf(urlOf(type === 'image' ? image('/a') : file('/a')))
      expect(message).toContain(at('/a'))
      expect(message).toContain(words)
      expect(message).toContain('Send its bytes as a data: address')
    })
  }

  it('is what nobody listens at', async () => {
    const closed: Part = { type: 'image', url: 'http://127.0.0.1:9/a' }
    expect(await failureOf(open({ allowHosts: ['127.0.0.1:9'] })(asking(closed), cxAt()))).toContain(
      'could not be reached',
    )
  })

  it('is too large, declared or not, and not read further than that', async () => {
    const limits = { eachBytes: 1024 * 1024 }
    routes['/a'] = (_, response) =>
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': '5000000' }).end(PNG)
    expect(await failureOf(urlOf(image('/a'), limits))).toContain('it is larger than 1 MB')
    let sent = 0
    routes['/b'] = (_, response) => {
      response.writeHead(200, { 'content-type': 'image/png' })
      const more = (): void => {
        if (response.destroyed || sent > 100) return void response.end()
        sent += 1
        response.write(Buffer.alloc(256 * 1024), more)
      }
      more()
    }
    expect(await failureOf(urlOf(image('/b'), limits))).toContain('it is larger than 1 MB')
    expect(sent).toBeLessThan(100)
  })

  it('are together too large', async () => {
    const picture = Buffer.concat([PNG, Buffer.alloc(600)])
    for (const path of ['/a', '/b']) routes[path] = say(picture, 'image/png')
    const limits = { totalBytes: 1_000 }
    expect(await failureOf(open(limits)(asking(image('/a'), image('/b')), cxAt()))).toContain(
      'all of them together are too large',
    )
    expect(await urlOf(image('/a'), limits)).toMatch(/^data:/)
  })

  it('comes too late: its head, or its body', async () => {
    const limits = { limitMs: 200 }
    routes['/a'] = () => undefined
    expect(await failureOf(urlOf(image('/a'), limits))).toContain('it did not come within 0.2 seconds')
    routes['/b'] = (_, response) => void response.writeHead(200, { 'content-type': 'image/png' }).write(PNG)
    expect(await failureOf(urlOf(image('/b'), limits))).toContain('it did not come within 0.2 seconds')
  })
})
