// Pictures that a client only points at, for a vendor that wants their bytes: fetched through the guard, in real workerd.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openScene, type Scene } from '../lab/scene.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const hits: string[] = []
let pictures: Server
let address = ''
let scene: Scene

beforeAll(async () => {
  pictures = createServer((request, response) => {
    hits.push(request.url ?? '')
    if (request.url === '/moved.png') return response.writeHead(302, { location: '/one.png' }).end()
    if (request.url === '/away.png')
      return response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end()
    if (request.url === '/page.png')
      return response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>secret</h1>')
    return response.writeHead(200, { 'content-type': 'image/png' }).end(PNG)
  })
  await new Promise<void>((resolve) => pictures.listen(0, '127.0.0.1', resolve))
  address = `127.0.0.1:${(pictures.address() as AddressInfo).port}`
  scene = await openScene((lab) => ({
    providers: { gem: { dialect: 'gemini', baseUrl: lab.replace(/\/v1$/, '/v1beta'), apiKey: '$LAB_KEY' } },
    media: { allowHosts: [address] },
  }))
})
afterAll(async () => {
  await scene.stop()
  await new Promise((resolve) => pictures.close(resolve))
})

const look = (url: string, model = 'gem/gemini-3-pro') =>
  scene.client.send('/v1/chat/completions', {
    method: 'POST',
    body: JSON.stringify({
      model,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url } },
          ],
        },
      ],
    }),
  })

const sentTo = (model: string): string => JSON.stringify(scene.lab.seen(model).at(-1)?.body ?? {})

describe('a picture by its address', () => {
  it('reaches a vendor that wants bytes as bytes', async () => {
    expect((await look(`http://${address}/one.png`)).status).toBe(200)
    expect(sentTo('gemini-3-pro')).toContain(PNG.toString('base64'))
    expect(sentTo('gemini-3-pro')).toContain('"mimeType":"image/png"')
  })

  it('is followed where it has moved, and not where nobody may look', async () => {
    expect((await look(`http://${address}/moved.png`)).status).toBe(200)
    const away = await look(`http://${address}/away.png`)
    expect(away.status).toBe(400)
    expect(away.text).not.toContain('meta-data')
  })

  it('that is no picture is refused, and what it was is not told', async () => {
    const reply = await look(`http://${address}/page.png`)
    expect(reply.status).toBe(400)
    expect(reply.text).toContain(`${address}/page.png`)
    expect(reply.text).not.toContain('secret')
  })

  for (const url of [
    'http://127.0.0.1:1/x.png',
    'http://[::1]/x.png',
    'http://169.254.169.254/latest',
    'http://0x7f000001/x.png',
    'http://user:pass@example.com/x.png',
  ]) {
    it(`on a private network is not fetched: ${url}`, async () => {
      const before = hits.length
      const reply = await look(url)
      expect(reply.status).toBe(400)
      expect(hits).toHaveLength(before)
    })
  }

  it('passes as an address to a vendor that takes addresses, and is not fetched', async () => {
    const before = hits.length
    expect((await look(`http://${address}/two.png`, 'lab/big-1')).status).toBe(200)
    expect(sentTo('big-1')).toContain(`http://${address}/two.png`)
    expect(hits).toHaveLength(before)
  })
})
