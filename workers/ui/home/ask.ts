// One chat completion over the wire: a request, then its events as they arrive, then how it ended.
import { readFrames } from '../../../shared/sse.ts'
import { inWords, messageOf } from './words.ts'
import type { Receipt } from './receipt.ts'

export interface Message {
  readonly role: 'user' | 'assistant'
  readonly content: string
}

export interface Question {
  readonly key: string
  readonly model: string
  readonly messages: readonly Message[]
  readonly signal: AbortSignal
}

export type Ending =
  | { readonly kind: 'whole'; readonly receipt: Receipt }
  | { readonly kind: 'stopped'; readonly receipt: Receipt }
  | { readonly kind: 'failed'; readonly message: string }

interface Chunk {
  readonly choices?: readonly {
    readonly delta?: { readonly content?: unknown }
    readonly finish_reason?: unknown
  }[]
  readonly usage?: {
    readonly prompt_tokens?: unknown
    readonly completion_tokens?: unknown
    readonly cost?: unknown
  } | null
  readonly error?: unknown
}

/** Never throws. `say` receives each piece of text as it arrives. */
export async function ask(question: Question, say: (text: string) => void): Promise<Ending> {
  const beganAt = performance.now()
  let receipt: Receipt = {
    model: undefined,
    route: undefined,
    firstTokenMs: undefined,
    totalMs: 0,
    promptTokens: undefined,
    completionTokens: undefined,
    cost: undefined,
  }
  const elapsed = (): number => performance.now() - beganAt
  try {
    const response = await call(question)
    if (!response.ok || response.body === null)
      return { kind: 'failed', message: inWords(response.status, await response.text()) }
    receipt = {
      ...receipt,
      model: response.headers.get('x-minnow-model') ?? undefined,
      route: response.headers.get('x-minnow-route') ?? undefined,
    }
    let isFinished = false
    for await (const chunk of chunks(response.body)) {
      if (chunk.error !== undefined)
        return {
          kind: 'failed',
          message: messageOf(chunk.error) ?? 'The gateway reported an error in the middle of the answer.',
        }
      const text = chunk.choices?.[0]?.delta?.content
      if (typeof text === 'string' && text !== '') {
        receipt = { ...receipt, firstTokenMs: receipt.firstTokenMs ?? elapsed() }
        say(text)
      }
      if (typeof chunk.choices?.[0]?.finish_reason === 'string') isFinished = true
      receipt = { ...receipt, ...usageOf(chunk) }
    }
    if (!isFinished)
      return {
        kind: 'failed',
        message: 'The answer was cut off: the stream ended before the model had finished.',
      }
    return { kind: 'whole', receipt: { ...receipt, totalMs: elapsed() } }
  } catch {
    if (question.signal.aborted) return { kind: 'stopped', receipt: { ...receipt, totalMs: elapsed() } }
    return {
      kind: 'failed',
      message: 'The gateway did not answer, or the connection broke. Is it still running?',
    }
  }
}

function call({ key, model, messages, signal }: Question): Promise<Response> {
  return fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages, stream: true, stream_options: { include_usage: true } }),
    signal,
  })
}

async function* chunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Chunk> {
  const read = readFrames()
  const decoder = new TextDecoder()
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    for (const { data } of read(done ? decoder.decode() : decoder.decode(value, { stream: true }), done)) {
      if (data !== '[DONE]') yield JSON.parse(data) as Chunk
    }
    if (done) return
  }
}

function usageOf({ usage }: Chunk): Partial<Receipt> {
  if (usage === undefined || usage === null) return {}
  const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
  return {
    promptTokens: number(usage.prompt_tokens),
    completionTokens: number(usage.completion_tokens),
    cost: number(usage.cost),
  }
}
