// What neither source of the catalogue says and vendors document: stated here, each with its page. Read November 2026.

type Facts = Readonly<Record<string, boolean>>

/** A write that lasts an hour costs twice what input does: https://platform.claude.com/docs/en/build-with-claude/prompt-caching */
export const LONG_WRITE_TIMES = 2

/**
 * The generations of Claude that take a beginning of an answer, wherever they run; from 4.6 on it is refused:
 * https://platform.claude.com/docs/en/about-claude/models/whats-new-claude-4-6#prefill-removal
 */
const PREFILLED = /claude-(?:3-|(?:haiku|opus|sonnet)-4(?:$|:|[-.@](?:[0-5]|\d{8})(?:$|[-:@])))/

/** Takes `output_config.format`: https://platform.claude.com/docs/en/build-with-claude/structured-outputs */
const UNFORMATTED = /^claude-(?:opus|sonnet)-4-(?:0|1|\d{8})(?:-|$)/

interface Rule {
  readonly vendor: string
  readonly models: RegExp
  readonly facts: (name: string, known: Readonly<Record<string, boolean>>) => Facts
}

const RULES: readonly Rule[] = [
  {
    // Of the hosts of Claude, those that pass a beginning on: https://openrouter.ai/docs/api-reference/overview#assistant-prefill,
    // https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
    vendor: 'openrouter',
    models: /^anthropic\/claude-/,
    facts: (name) => ({ prefill: PREFILLED.test(name) }),
  },
  {
    vendor: 'bedrock',
    models: /anthropic\.claude-/,
    facts: (name) => ({ prefill: PREFILLED.test(name) }),
  },
  {
    // https://platform.claude.com/docs/en/build-with-claude/pdf-support: every active model; no model hears.
    vendor: 'anthropic',
    models: /^claude-/,
    facts: (name) => ({
      files: true,
      audio: false,
      prefill: PREFILLED.test(name),
      jsonSchema: !UNFORMATTED.test(name),
    }),
  },
  {
    // PDF where a model sees: https://developers.openai.com/api/docs/guides/file-inputs
    // Structured outputs from gpt-4o-2024-08-06 on: https://developers.openai.com/api/docs/guides/structured-outputs
    vendor: 'openai',
    models: /./,
    facts: (name, known) => ({
      files: known['images'] === true,
      jsonSchema: !/^gpt-4(?:$|-turbo|o-2024-05-13)/.test(name),
    }),
  },
  {
    // These read text and pictures only: https://developers.openai.com/api/docs/models
    vendor: 'openai',
    models: /^(?:gpt-4|gpt-5(?!\.[5-9])|o\d)/,
    facts: () => ({ audio: false }),
  },
  {
    // Text, pictures, video, audio and PDF: https://ai.google.dev/gemini-api/docs/models
    vendor: 'google',
    models: /^gemini-(?!.*(?:computer-use|robotics))/,
    facts: () => ({ files: true, audio: true, jsonSchema: true }),
  },
  {
    // https://cloud.google.com/vertex-ai/generative-ai/docs/models
    vendor: 'vertex',
    models: /^gemini-/,
    facts: () => ({ files: true, audio: true, jsonSchema: true }),
  },
  {
    // Searches by itself and calls no tools of the client's: https://docs.perplexity.ai/api-reference/chat-completions-post
    vendor: 'perplexity',
    models: /^sonar/,
    facts: (name) => ({ tools: false, reasoning: /reasoning|deep-research/.test(name) }),
  },
]

/** What is documented of a model, beside what is `known` from the source. */
export function factsOf(vendor: string, name: string, known: Facts): Facts {
  const told = RULES.filter((rule) => rule.vendor === vendor && rule.models.test(name))
  return Object.fromEntries(told.flatMap((rule) => Object.entries(rule.facts(name, known))))
}

interface Rates {
  readonly input: number
  readonly output: number
  readonly cacheRead: number | null
}

/** Input, output, cached input: https://openai.com/api-priority-processing/ */
const PRIORITY: Readonly<Record<string, readonly [number, number, number]>> = {
  'gpt-5.5': [12.5, 75, 1.25],
  'gpt-5.4': [5, 30, 0.5],
  'gpt-5.4-mini': [1.5, 9, 0.15],
  'gpt-5.2': [3.5, 28, 0.35],
  'gpt-5.1': [2.5, 20, 0.25],
  'gpt-5': [2.5, 20, 0.25],
  'gpt-5-mini': [0.45, 3.6, 0.045],
  'gpt-4.1': [3.5, 14, 0.875],
}

/**
 * OpenAI's classes of service. Flex costs what a batch does, half: https://developers.openai.com/api/docs/guides/flex-processing
 * Priority is what the page above says and else twice the usual, as the main source reckons. A model that does not have a
 * class is served in the usual one and says so in its answer, so an entry too many bills nobody.
 */
export function classesOf(vendor: string, name: string, { input, output, cacheRead }: Rates): unknown {
  if (vendor !== 'openai' || !/^(?:gpt-[5-9]|gpt-4\.1|gpt-4o|o[34])/.test(name)) return undefined
  const times = (factor: number): (number | null)[] => [
    plain(input * factor),
    plain(output * factor),
    cacheRead === null ? null : plain(cacheRead * factor),
  ]
  return { flex: times(0.5), priority: PRIORITY[name] ?? times(2) }
}

const plain = (value: number): number => Math.round(value * 1_000_000) / 1_000_000
