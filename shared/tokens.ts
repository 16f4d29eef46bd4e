// Counting tokens with a real tokenizer (o200k, OpenAI's current one). Pure.
import { GptEncoding } from 'gpt-tokenizer/GptEncoding'
import { O200K_TOKEN_SPLIT_REGEX } from 'gpt-tokenizer/encodingParams/constants'
import { type Message, type Part, textOf, type Tool } from './request.ts'

/** `countRun` counts what is longer than the tokenizer can read at once; in slices, so nearly right, unless given. */
export type CountTokens = (text: string, countRun?: (run: string) => number) => number

/** Resolves with the counter; the first call unpacks the vocabulary. */
export type Tokenizer = () => Promise<CountTokens>

/** What the tokenizer does not cut (a word, a row of signs) costs it quadratic time, so longer ones are counted in slices. */
const RUN_CHARS = 128
/** Only in such a text can there be one. */
const LONG_RUN = /\S{129}|\s{129}/
const SLICES = /[^]{1,128}/g

// Every message costs these beside its text, and the answer is primed with as many.
// Source: https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken
const MESSAGE_TOKENS = 4
const PRIMING_TOKENS = 3
/** A bound for one picture: OpenAI's high-detail 2,048 x 2,048 costs 1,105 tokens. */
const IMAGE_TOKENS = 1_200
/** Documents come as base64; a page of text is some 2 kB of it and 700 tokens at most. */
const FILE_CHARS_PER_TOKEN = 3

/** Tokens in the order of their ranks: text where their bytes are whole characters, else the bytes. */
export type Vocabulary = (string | number[])[]

/** `read` gives o200k's vocabulary; it is asked once, when the first count is wanted. */
export function openTokenizer(read: () => Promise<Vocabulary>): Tokenizer {
  let opening: Promise<CountTokens> | undefined // a cache of one: unpacked it takes tens of megabytes
  return () => (opening ??= read().then(openCounter))
}

function openCounter(vocabulary: Vocabulary): CountTokens {
  const { countTokens } = GptEncoding.getEncodingApi('o200k_base', () => vocabulary)
  // Text that looks like a control token is ordinary text when a user writes it.
  const count = (piece: string): number => countTokens(piece, { disallowedSpecial: new Set() })
  const countSlices = (run: string): number =>
    (run.match(SLICES) ?? []).reduce((sum, slice) => sum + count(slice), 0)
  return (text, countRun = countSlices) => {
    if (text.length <= RUN_CHARS || !LONG_RUN.test(text)) return count(text)
    let sum = 0
    for (const [run] of text.matchAll(O200K_TOKEN_SPLIT_REGEX))
      sum += run.length <= RUN_CHARS ? count(run) : countRun(run)
    return sum
  }
}

function countPart(part: Part, count: CountTokens): number {
  switch (part.type) {
    case 'text':
      return 0 // counted with the message's whole text
    case 'reasoning':
    case 'refusal':
      return count(part.text)
    case 'image':
    case 'audio':
    case 'other':
      return IMAGE_TOKENS
    case 'file':
      return Math.max(IMAGE_TOKENS, Math.ceil((part.url ?? '').length / FILE_CHARS_PER_TOKEN))
  }
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
    for (const part of message.parts) sum += countPart(part, count)
    for (const call of message.toolCalls ?? []) sum += MESSAGE_TOKENS + count(call.name) + count(call.json)
  }
  return tools.length === 0 ? sum : sum + count(JSON.stringify(tools)) + MESSAGE_TOKENS * tools.length
}
