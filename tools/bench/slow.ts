// A provider that is slow to its first token now and then: a model's name says on how many calls of a hundred, as in
// `slow-10-any`. Every other model is quick.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { seededRandom } from '../../shared/random.ts'

/** To the first token of a quick answer, and of a slow one. */
export const QUICK_MS = 20
export const SLOW_MS = 1_500

export interface SlowProvider {
  readonly port: number
  /** Calls so far, by model. */
  readonly calls: ReadonlyMap<string, number>
  stop(): void
}

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-slow', object: 'chat.completion.chunk', created: 1_760_000_000, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
const ROLE = chunk({ role: 'assistant', content: '' })
const REST = `${chunk({ content: 'The quick brown fox.' })}${chunk({}, 'stop')}data: {"id":"chatcmpl-slow","object":"chat.completion.chunk","created":1760000000,"model":"m","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":5,"total_tokens":14}}\n\ndata: [DONE]\n\n`

export async function startSlow(seed: number): Promise<SlowProvider> {
  const calls = new Map<string, number>()
  const dice = new Map<string, () => number>()
  const server = createServer({ keepAliveTimeout: 60_000, noDelay: true }, (request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (part: string) => (text += part))
    request.on('end', () => {
      const model = /"model":"([^"]+)"/.exec(text)?.[1] ?? ''
      calls.set(model, (calls.get(model) ?? 0) + 1)
      const roll = dice.get(model) ?? seededRandom(seed + dice.size)
      dice.set(model, roll)
      const share = Number(/^slow-(\d+)-/.exec(model)?.[1] ?? 0) / 100
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(ROLE)
      const timer = setTimeout(() => response.end(REST), roll() < share ? SLOW_MS : QUICK_MS)
      response.once('close', () => clearTimeout(timer))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    calls,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
