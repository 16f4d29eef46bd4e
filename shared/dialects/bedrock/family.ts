// What the name of a model says about how Bedrock wants to be asked for it. Pure.
// One API, but what its fields may hold differs by maker and version, and the API itself does not say.
// Sources are beside the facts; "recorded" are replies kept at
// https://github.com/vercel/ai/tree/main/packages/amazon-bedrock/src/__fixtures__

export type Thinking =
  /** It decides itself how much; `top` is its word for the most, `off` says that it may be told not to. */
  | { readonly kind: 'adaptive'; readonly top: 'max' | 'xhigh'; readonly off: boolean }
  /** It is given a number of tokens. */
  | { readonly kind: 'budget' }
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
  readonly sampling: 'both' | 'one' | 'none'
  readonly stops: boolean
  /** Can be held to the schema of a tool's arguments. */
  readonly strict: boolean
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
  strict: false,
  caches: 'nothing',
  longCaches: false,
}

/** Takes ids, ids of inference profiles, and ARNs that hold either; an application's own profile says nothing. */
export function familyOf(model: string): Family {
  if (/\bclaude\b/.test(model)) return claude(model)
  // Nova caches prompts and messages, not tools: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
  if (/\bamazon\.nova-/.test(model)) {
    // https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
    const thinking: Thinking = { kind: /\bnova-\d/.test(model) ? 'levels' : 'none' }
    return { ...plain, maker: 'nova', caches: 'messages', thinking }
  }
  if (/\bopenai\.gpt-oss-/.test(model)) return { ...plain, maker: 'openai', thinking: { kind: 'flat' } }
  // Recorded: temperature, top-p, stop sequences and `reasoning_effort` are refused, `reasoning.effort` is not.
  if (/\bopenai\./.test(model)) {
    return { ...plain, maker: 'openai', thinking: { kind: 'nested' }, sampling: 'none', stops: false }
  }
  if (/\bmistral\./.test(model)) return { ...plain, maker: 'mistral' }
  return plain
}

function claude(model: string): Family {
  const version = versionOf(model)
  return {
    maker: 'claude',
    thinking: thinkingOf(model, version),
    // https://platform.claude.com/docs/en/about-claude/models/migration-guide; recorded: "`temperature` is deprecated for this model"
    sampling: version >= 407 ? 'none' : version >= 401 ? 'one' : 'both',
    stops: true,
    // https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html; later ones refuse it (recorded)
    strict: version >= 405 && version <= 406,
    // https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html; an hour from 4.5 on:
    // https://aws.amazon.com/about-aws/whats-new/2026/01/amazon-bedrock-one-hour-duration-prompt-caching/
    caches: version >= 307 || /3-5-haiku/.test(model) ? 'everything' : 'nothing',
    longCaches: version >= 405,
  }
}

/**
 * https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html (which models, and that
 * those called Fable and Mythos refuse to be told not to think) and
 * https://platform.claude.com/docs/en/build-with-claude/effort (which levels).
 */
function thinkingOf(model: string, version: number): Thinking {
  if (version < 307) return { kind: 'none' }
  if (version < 406) return { kind: 'budget' }
  return { kind: 'adaptive', top: version < 407 ? 'max' : 'xhigh', off: !/fable|mythos/.test(model) }
}

/** 406 for 4.6; without any number the newest is meant. */
function versionOf(model: string): number {
  const [, major, minor] = /\bclaude-(?:[a-z]+-)?v?(\d{1,2})(?:-(\d{1,2}))?(?!\d)/.exec(model) ?? []
  return major === undefined ? 9900 : Number(major) * 100 + Number(minor ?? 0)
}
