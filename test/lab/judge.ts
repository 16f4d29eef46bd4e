// Plays Turnstile's siteverify: every answer of a challenge that begins with `human` is good once, with the right secret.
import { createServer } from 'node:http'

export interface Judge {
  readonly url: string
  /** What was asked, in order. */
  readonly asked: readonly Readonly<Record<string, unknown>>[]
  stop(): Promise<void>
}

/** An answer that ends with `elsewhere` was passed on another site than `hostname`. */
export async function startJudge(secret: string, hostname: string): Promise<Judge> {
  const seen = new Set<string>()
  const asked: Record<string, unknown>[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (piece) => (text += String(piece)))
    request.on('end', () => {
      const said = JSON.parse(text) as Record<string, unknown>
      asked.push(said)
      const answer = String(said['response'])
      const isGood = answer.startsWith('human') && !seen.has(answer) && said['secret'] === secret
      const code = seen.has(answer) ? 'timeout-or-duplicate' : 'invalid-input-response'
      seen.add(answer)
      response.setHeader('content-type', 'application/json')
      const where = answer.endsWith('elsewhere') ? 'thief.example' : hostname
      response.end(
        JSON.stringify(
          isGood ? { success: true, hostname: where } : { success: false, 'error-codes': [code] },
        ),
      )
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/siteverify`,
    asked,
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
}
