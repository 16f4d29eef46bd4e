// The embedded model through the gateway: how fast it reads a prompt and how fast it writes, as a client sees it.
import { median } from './statistics.ts'

export interface Talk {
  /** Prompt tokens per second, from sending to the first token. */
  readonly prefill: number
  /** Tokens per second from the first to the last. */
  readonly decode: number
  readonly promptTokens: number
  readonly answerTokens: number
}

const ROUNDS = 7
/** Long enough for a rate, short enough for the model's window; the number at its end keeps every prompt new. */
const LONG =
  'Please tell me how I start the gateway, how I make a key with a budget, and how I add a route. '.repeat(8)
const ASK = 'How do I start Minnow?'

export async function measureTalk(port: number): Promise<Talk> {
  const reads: { readonly tokens: number; readonly ms: number }[] = []
  const writes: { readonly tokens: number; readonly ms: number }[] = []
  await ask(port, `${ASK} 0`)
  for (let round = 1; round <= ROUNDS; round += 1) {
    const read = await ask(port, `${LONG}${round}`)
    reads.push({ tokens: read.promptTokens, ms: read.firstMs })
    const written = await ask(port, ASK)
    if (written.answerTokens > 1)
      writes.push({ tokens: written.answerTokens - 1, ms: written.lastMs - written.firstMs })
  }
  const rate = ({ tokens, ms }: { tokens: number; ms: number }): number => (tokens / ms) * 1000
  return {
    prefill: median(reads.map(rate)),
    decode: median(writes.map(rate)),
    promptTokens: median(reads.map(({ tokens }) => tokens)),
    answerTokens: median(writes.map(({ tokens }) => tokens)) + 1,
  }
}

interface Asked {
  readonly firstMs: number
  readonly lastMs: number
  readonly promptTokens: number
  readonly answerTokens: number
}

async function ask(port: number, content: string): Promise<Asked> {
  const startedAt = performance.now()
  const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer mk-local', 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'micro',
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0,
      messages: [{ role: 'user', content }],
    }),
  })
  if (response.body === null || !response.ok)
    throw new Error(`micro answered ${response.status}: ${await response.text()}`)
  let text = ''
  let firstMs: number | undefined
  let lastMs = 0
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    text += part
    if (!/"content":"[^"]/.test(text)) continue
    if (part.includes('"content":"')) lastMs = performance.now() - startedAt
    firstMs ??= lastMs
  }
  const count = (name: string): number => Number(new RegExp(`"${name}":(\\d+)`).exec(text)?.[1])
  return {
    firstMs: firstMs ?? Number.NaN,
    lastMs,
    promptTokens: count('prompt_tokens'),
    answerTokens: count('completion_tokens'),
  }
}
