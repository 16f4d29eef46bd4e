// What a route says of checking small models' answers and of learning from its own traffic: part of the configuration. Pure.
import { z } from 'zod'

const cascade = z
  .union([
    z.boolean(),
    z.strictObject({
      holdMs: z
        .int()
        .min(1)
        .max(120_000)
        .optional()
        .describe('A stream is held back for so long at most, then told as it is; 8 s unless given.'),
      holdChars: z
        .int()
        .min(1)
        .max(4_000_000)
        .optional()
        .describe('And for so many characters at most; 64,000 unless given.'),
      secondAnswer: z
        .boolean()
        .optional()
        .describe(
          'Where an answer can be compared (a letter, a number, JSON), a second cheap one must agree; true unless given.',
        ),
      runTests: z
        .boolean()
        .optional()
        .describe('Code is run against the tests in its question; true unless given.'),
    }),
  ])
  .optional()
  .describe('The small model answers first, and a larger one where that answer does not pass its checks.')

const shadow = z
  .strictObject({
    share: z
      .number()
      .min(0)
      .max(1)
      .describe('The share of requests that is also answered by the other tier.'),
    budget: z
      .strictObject({
        usd: z.number().min(0).max(1_000_000).describe('US dollars.'),
        window: z.enum(['minute', 'hour', 'day', 'month', 'total']),
      })
      .describe("What all of that may cost, the judge's calls included; never more."),
    judge: z
      .string()
      .min(1)
      .max(128)
      .optional()
      .describe('The model that compares answers where their form does not; without one those are left out.'),
  })
  .optional()
  .describe("Learn from both tiers' answers to a share of the requests, off their path.")

export const learningFields = { cascade, shadow }

interface Learning {
  readonly order?: readonly string[] | undefined
  readonly cascade?: unknown
  readonly shadow?: { readonly judge?: string | undefined } | undefined
}

/** What a route says of it that cannot be; the place in it, then the sentence. */
export function learningMistake(
  { order, cascade, shadow }: Learning,
  isModel: (name: string) => boolean,
  models: readonly string[],
): string | undefined {
  if (order !== undefined && (cascade !== undefined || shadow !== undefined)) {
    const field = cascade === undefined ? 'shadow' : 'cascade'
    return `.${field}: found it beside "order", expected it beside "mini" and "frontier": it needs two tiers.`
  }
  const judge = shadow?.judge
  return judge === undefined || isModel(judge)
    ? undefined
    : `.shadow.judge: found "${judge}", expected one of the models (${models.join(', ') || 'none is configured'}) or <provider>/<model>.`
}
