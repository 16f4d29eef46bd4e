// The story of one answer: fit the prompt, lease a cache, decode, write text, judge it, for each choice in turn.
import { writeAnswer } from './answer.ts'
import { leaseCache } from './cache.ts'
import { ANSWER_BOUND, ESCALATE_BOUND } from './confidence.ts'
import { decode } from './decode.ts'
import type { Engine } from './engine.ts'
import { gate, type GateEvent } from './gate.ts'
import { fitPrompt } from './prompt.ts'
import { seededRandom } from '../../shared/random.ts'
import type { MicroRequest } from './request.ts'
import type { Shelf } from './shelf.ts'

export interface GenerateOptions {
  /** Caches are reused inside a scope only. */
  readonly scope: string
  readonly conversation: string | undefined
  /** What is kept of the conversation outside the isolate. */
  readonly shelf?: Shelf | undefined
  /** Called whenever the request has given a cache back, however it ended. */
  readonly ended?: () => void
  /** Whether doubt about the first choice may be passed on instead of answered. */
  readonly mayEscalate: boolean
  /** Confidence below which an answer is not given; the shipped bounds unless given. */
  readonly bound?: number
  /** Used when the request names no seed. */
  readonly seed: number
  readonly signal: AbortSignal
  readonly pause: () => Promise<void>
}

export type GenerateEvent =
  | {
      readonly type: 'start'
      readonly promptTokens: number
      readonly cachedTokens: number
      readonly droppedMessages: number
    }
  | { readonly type: 'choice'; readonly index: number; readonly event: GateEvent }

/** Throws ContextLengthError before the start and CacheFullError when there is no room; ends early when aborted. */
export async function* generate(
  engine: Engine,
  request: MicroRequest,
  options: GenerateOptions,
): AsyncGenerator<GenerateEvent> {
  const { scope, conversation, mayEscalate, signal, pause } = options
  const bound = options.bound ?? (mayEscalate ? ESCALATE_BOUND : ANSWER_BOUND)
  const prompt = fitPrompt(engine, request.messages, request.maxTokens)
  const question = request.messages.findLast((message) => message.role === 'user')?.content ?? ''
  const room = engine.model.layout.contextLength - prompt.tokens.length

  for (let index = 0; index < request.choices && !signal.aborted; index++) {
    const lease = leaseCache(engine.caches, scope, conversation, prompt.tokens)
    try {
      options.shelf?.restore(lease, prompt.tokens)
      if (index === 0) {
        yield {
          type: 'start',
          promptTokens: prompt.tokens.length,
          cachedTokens: lease.reusedTokens,
          droppedMessages: prompt.droppedMessages,
        }
      }
      const tokens = decode(engine, prompt.tokens, lease, {
        sampling: { temperature: request.temperature, topP: request.topP, topK: request.topK },
        random: seededRandom((request.seed ?? options.seed) + index),
        topCount: request.wantLogprobs ? request.topLogprobs : 0,
        maxTokens: Math.min(request.maxTokens ?? room, room),
        signal,
        pause,
      })
      const answer = writeAnswer(tokens, engine.tokenizer.vocabulary, request.stops, signal)
      for await (const event of gate(answer, { question, bound, mayEscalate: mayEscalate && index === 0 })) {
        yield { type: 'choice', index, event }
        if (event.type === 'doubt') return
      }
    } finally {
      lease.release()
      options.ended?.()
    }
  }
}
