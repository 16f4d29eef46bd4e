// Writes what micro generated as an OpenAI chat completion, whole or as chunks. Pure.
import type { ScoredToken } from './answer.ts'
import type { GenerateEvent } from './generate.ts'
import type { MicroRequest } from './request.ts'
import type { Vocabulary } from './vocabulary.ts'

/** What all pieces of one reply have in common. */
export interface ReplyHead {
  readonly id: string
  readonly created: number
  readonly fingerprint: string
}

interface WireScore {
  readonly token: string
  readonly logprob: number
  readonly bytes: readonly number[]
}

export type WireLogprobs = {
  readonly content: readonly (WireScore & { readonly top_logprobs: readonly WireScore[] })[]
} | null

export interface WireUsage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
  readonly prompt_tokens_details: { readonly cached_tokens: number }
}

const utf8 = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true })

function writeScore({ id, logprob }: { id: number; logprob: number }, vocabulary: Vocabulary): WireScore {
  const bytes = vocabulary.bytesOf(id)
  return { token: utf8.decode(bytes), logprob: Math.max(logprob, -9999), bytes: Array.from(bytes) }
}

export function writeLogprobs(
  tokens: readonly ScoredToken[],
  request: MicroRequest,
  vocabulary: Vocabulary,
): WireLogprobs {
  if (!request.wantLogprobs) return null
  return {
    content: tokens.map((token) => ({
      ...writeScore(token, vocabulary),
      top_logprobs: token.top.map((score) => writeScore(score, vocabulary)),
    })),
  }
}

/** Counts a reply's tokens from its events. */
export interface Counter {
  add(event: GenerateEvent): void
  usage(): WireUsage
}

export function makeCounter(): Counter {
  let prompt = 0
  let cached = 0
  let completion = 0
  return {
    add(event) {
      if (event.type === 'start') {
        prompt = event.promptTokens
        cached = event.cachedTokens
      } else if (event.event.type === 'finish') completion += event.event.tokenCount
    },
    usage: () => ({
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      prompt_tokens_details: { cached_tokens: cached },
    }),
  }
}
