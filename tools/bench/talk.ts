// The embedded model through the gateway: how fast it reads a prompt and how fast it writes, as a client sees it.
import { median } from './statistics.ts'

export interface Talk {
  /** Prompt tokens per second, from sending to the first token. */
  readonly prefill: number
  /** Tokens per second once it writes. */
  readonly decode: number
  readonly promptTokens: number
  readonly answerTokens: number
}

const ROUNDS = 9
const SHORT_TOKENS = 4
/** Long enough for a rate, short enough for the model's window; the number at its end keeps every prompt new. */
const LONG =
  'Please tell me how I start the gateway, how I make a key with a budget, and how I add a route. '.repeat(8)
const ASK = 'How do I start Minnow?'

export async function measureTalk(port: number): Promise<Talk> {
  const reads: Asked[] = []
  const shorts: Asked[] = []
  const wholes: Asked[] = []
  await ask(port, `${ASK} 0`)
  for (let round = 1; round <= ROUNDS; round += 1) {
    reads.push(await ask(port, `${LONG}${round}`))
    shorts.push(await ask(port, ASK, SHORT_TOKENS))
    wholes.push(await ask(port, ASK))
  }
  const typical = (all: readonly Asked[], of: (asked: Asked) => number): number => median(all.map(of))
  // Two lengths of one answer: the difference is writing alone, also where tokens are held back and sent together.
  const tokens = typical(wholes, (its) => its.answerTokens) - typical(shorts, (its) => its.answerTokens)
  const ms = typical(wholes, (its) => its.totalMs) - typical(shorts, (its) => its.totalMs)
  return {
    prefill: typical(reads, (its) => (its.promptTokens / its.firstMs) * 1000),
    decode: (tokens / ms) * 1000,
    promptTokens: typical(reads, (its) => its.promptTokens),
    answerTokens: typical(wholes, (its) => its.answerTokens),
  }
}

interface Asked {
  readonly firstMs: number
  readonly totalMs: number
  readonly promptTokens: number
  readonly answerTokens: number
}

async function ask(port: number, content: string, maxTokens?: number): Promise<Asked> {
  const startedAt = performance.now()
  const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer mk-local', 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'micro',
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0,
      ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
      messages: [{ role: 'user', content }],
    }),
  })
  if (response.body === null || !response.ok)
    throw new Error(`micro answered ${response.status}: ${await response.text()}`)
  let text = ''
  let firstMs = Number.NaN
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    text += part
    if (Number.isNaN(firstMs) && /"content":"[^"]/.test(text)) firstMs = performance.now() - startedAt
  }
  const count = (name: string): number => Number(new RegExp(`"${name}":(\\d+)`).exec(text)?.[1])
  return {
    firstMs,
    totalMs: performance.now() - startedAt,
    promptTokens: count('prompt_tokens'),
    answerTokens: count('completion_tokens'),
  }
}
