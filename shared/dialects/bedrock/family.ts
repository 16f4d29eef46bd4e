// What the name of a model says about how Bedrock wants to be asked for it. Pure.
// One API, but what its fields may hold differs by maker and version, and the API itself does not say. "Recorded" are
// replies kept at https://github.com/vercel/ai/tree/main/packages/amazon-bedrock/src/__fixtures__
import { type Generation, generationOf } from '../anthropic/generation.ts'

export type Thinking =
  /** As Anthropic's own wire has it, with the generation's rules. */
  | { readonly kind: 'claude'; readonly generation: Generation }
  /** One of three levels, in a field of Nova's own. */
  | { readonly kind: 'levels' }
  /** An effort in a field of OpenAI's: of its own for open models, inside `reasoning` for the others. */
  | { readonly kind: 'flat' }
  | { readonly kind: 'nested' }
  | { readonly kind: 'none' }

export interface Family {
  readonly maker: 'claude' | 'nova' | 'openai' | 'mistral' | 'other'
  readonly thinking: Thinking
  /** Temperature and top-p: both, one at a time, or neither. */
  readonly sampling: Generation['sampling']
  readonly stops: boolean
  /** A tool may be demanded: this one, one of them, or none. */
  readonly demands: 'this' | 'any' | 'none'
  /** Calls tools in a stream too. */
  readonly streamsTools: boolean
  /** Can be held to a schema with its answer; with the arguments of a tool. */
  readonly formats: boolean
  readonly strictTools: boolean
  /** Cache points are understood: nowhere, outside of tools, or everywhere. */
  readonly caches: 'nothing' | 'messages' | 'everything'
  /** Its caches may be asked to last an hour. */
  readonly longCaches: boolean
}

const plain: Family = {
  maker: 'other',
  thinking: { kind: 'none' },
  sampling: 'both',
  stops: true,
  demands: 'none',
  streamsTools: true,
  formats: true,
  strictTools: false,
  caches: 'nothing',
  longCaches: false,
}

/**
 * Who may demand a tool: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html and the list
 * that https://github.com/langchain-ai/langchain-aws keeps (`supports_tool_choice_values`).
 *
 * Takes ids, ids of inference profiles, and ARNs that hold either; an application's own profile says nothing.
 */
export function familyOf(model: string): Family {
  if (/\bclaude-/.test(model)) return claude(model)
  // Nova caches prompts and messages, not tools: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
  if (/\bamazon\.nova-/.test(model)) {
    // https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
    const thinking: Thinking = { kind: /\bnova-\d/.test(model) ? 'levels' : 'none' }
    return { ...plain, maker: 'nova', caches: 'messages', demands: 'this', thinking }
  }
  if (/\bopenai\.gpt-oss-/.test(model)) {
    return { ...plain, maker: 'openai', demands: 'any', thinking: { kind: 'flat' } }
  }
  // Recorded: temperature, top-p, stop sequences and `reasoning_effort` are refused, `reasoning.effort` is not.
  if (/\bopenai\./.test(model)) {
    return {
      ...plain,
      maker: 'openai',
      demands: 'any',
      thinking: { kind: 'nested' },
      sampling: 'none',
      stops: false,
    }
  }
  if (/\bmistral\./.test(model)) {
    return { ...plain, maker: 'mistral', demands: model.includes('mistral-large') ? 'any' : 'none' }
  }
  if (/\bdeepseek\.v/.test(model)) return { ...plain, demands: /\bv3-v1/.test(model) ? 'any' : 'this' }
  // https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html
  if (/\bmeta\./.test(model)) return { ...plain, streamsTools: false }
  return plain
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html: not the third generation, but for these two. */
const UNCACHED = /claude-(?:instant|v2|3-(?!7|5-haiku))/
/** https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html; later ones refuse it (recorded). */
const STRICT = /claude-(?:opus|sonnet|haiku)-4-[56](?!\d)/
/** https://aws.amazon.com/about-aws/whats-new/2026/01/amazon-bedrock-one-hour-duration-prompt-caching/: from 4.5 on. */
const SHORT_CACHES = /claude-(?:instant|v2|3-|(?:opus|sonnet)-4(?:-1)?(?:-20\d{6}|$))/

function claude(model: string): Family {
  const generation = generationOf(model)
  return {
    maker: 'claude',
    thinking: { kind: 'claude', generation },
    sampling: generation.sampling,
    stops: true,
    demands: generation.forcedTools ? 'this' : 'none',
    streamsTools: true,
    formats: generation.formats,
    strictTools: STRICT.test(model),
    caches: UNCACHED.test(model) ? 'nothing' : 'everything',
    longCaches: !SHORT_CACHES.test(model),
  }
}
