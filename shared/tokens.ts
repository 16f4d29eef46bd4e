// Counting tokens with a real tokenizer (o200k, OpenAI's current one). Pure but for loading its vocabulary once.
import { type Message, textOf, type Tool } from './request.ts'

export type CountTokens = (text: string) => number

/** Runs without a break cost the tokenizer quadratic time, so longer ones are counted in slices. */
const RUN_CHARS = 128
const LONG_RUN = /\S{129}|\s{129}/
const SLICES = /\S{1,128}|\s{1,128}/g

// Every message costs these beside its text, and the answer is primed with as many.
// Source: https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken
const MESSAGE_TOKENS = 4
const PRIMING_TOKENS = 3
/** A bound for one picture: OpenAI's high-detail 2,048 x 2,048 costs 1,105 tokens. */
const IMAGE_TOKENS = 1_200

let loading: Promise<CountTokens> | undefined // a cache of one: the vocabulary takes 0.2 s and tens of megabytes

/** The counter. Its vocabulary is loaded by the first caller that needs a count, not by every isolate. */
export function tokenCounter(): Promise<CountTokens> {
  loading ??= import('gpt-tokenizer/encoding/o200k_base').then(({ countTokens }) => (text: string) => {
    // Text that looks like a control token is ordinary text when a user writes it.
    const count = (piece: string): number => countTokens(piece, { disallowedSpecial: new Set() })
    if (text.length <= RUN_CHARS || !LONG_RUN.test(text)) return count(text)
    let sum = 0
    for (const [slice] of text.matchAll(SLICES)) sum += count(slice)
    return sum
  })
  return loading
}

/** Prompt tokens of a request as OpenAI counts them; other vendors' templates differ by a few per message. */
export function countPrompt(
  messages: readonly Message[],
  tools: readonly Tool[],
  count: CountTokens,
): number {
  let sum = PRIMING_TOKENS
  for (const message of messages) {
    sum += MESSAGE_TOKENS + count(textOf(message))
    for (const part of message.parts) if (part.type !== 'text') sum += IMAGE_TOKENS
    for (const call of message.toolCalls ?? []) sum += MESSAGE_TOKENS + count(call.name) + count(call.json)
  }
  return tools.length === 0 ? sum : sum + count(JSON.stringify(tools)) + MESSAGE_TOKENS * tools.length
}
