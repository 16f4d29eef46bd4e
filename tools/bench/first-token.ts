// How long one streamed request takes to its first content, over a connection that is kept alive.
import { type Agent, request as send } from 'node:http'

export interface First {
  readonly firstMs: number
  /** Upstream calls that the gateway began before it answered. */
  readonly attempts: number
}

const CONTENT = /"content":"[^"]/

export function firstToken(port: number, agent: Agent, model: string, key = 'mk-local'): Promise<First> {
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Who jumps?' }] })
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    const outgoing = send({
      host: '127.0.0.1',
      port,
      agent,
      method: 'POST',
      path: '/v1/chat/completions',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    })
    outgoing.once('error', reject)
    outgoing.once('response', (response) => {
      let text = ''
      let firstMs: number | undefined
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
        if (firstMs === undefined && CONTENT.test(text)) firstMs = performance.now() - startedAt
      })
      response.once('error', reject)
      response.once('end', () => {
        if (firstMs === undefined || !text.includes('[DONE]'))
          return reject(new Error(`status ${response.statusCode}: ${text.slice(0, 200)}`))
        resolve({ firstMs, attempts: Number(response.headers['x-minnow-attempts']) })
      })
    })
    outgoing.end(body)
  })
}
