// What people may say of a model: its price and what it can do. Configuration and operators are read with it. Pure.
import { z } from 'zod'
import { factNames, type ModelFacts } from './model.ts'

const dollars = z.number().min(0).max(1_000_000)

const rates = {
  input: dollars,
  output: dollars,
  cacheRead: dollars.optional().describe('Defaults to input.'),
  cacheWrite: dollars.optional().describe('Defaults to input.'),
  cacheWriteLong: dollars.optional().describe('A write that lasts an hour. Defaults to cacheWrite.'),
  reasoning: dollars.optional().describe('Thoughts. Defaults to output.'),
}

/** A price as the configuration and operators give it. */
export const priceFields = {
  ...rates,
  tiers: z
    .array(
      z.strictObject({
        above: z
          .int()
          .min(1)
          .describe('Prompts of more tokens than this cost, as a whole, what stands here.'),
        ...rates,
      }),
    )
    .max(8)
    .optional(),
  classes: z
    .record(
      z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/, 'a class of service such as "flex"'),
      z.strictObject(rates),
    )
    .optional()
    .describe('What other classes of service cost, by the word that service_tier has for them.'),
  request: z
    .number()
    .min(0)
    .max(1_000)
    .optional()
    .describe('US dollars for each request, beside its tokens.'),
}

export const price = z.strictObject(priceFields).describe('US dollars per million tokens.')

export const counting = z
  .strictObject({
    tokenizer: z
      .literal('o200k')
      .optional()
      .describe(
        "OpenAI's vocabulary and its way to write a prompt; else a bound is reserved, one token a byte.",
      ),
    picture: z.int().min(1).optional().describe('The most tokens that one picture becomes.'),
    file: z
      .int()
      .min(1)
      .optional()
      .describe(
        'The most tokens that one document is taken to become; all that the model can read unless given.',
      ),
  })
  .describe('How it counts its prompts; as the vendor says unless given.')

export const factFields = {
  tools: z.boolean().optional().describe('Calls tools.'),
  images: z.boolean().optional().describe('Reads pictures.'),
  files: z.boolean().optional().describe('Reads documents such as PDF.'),
  audio: z.boolean().optional().describe('Hears.'),
  jsonSchema: z.boolean().optional().describe('Follows a JSON Schema strictly.'),
  reasoning: z
    .boolean()
    .optional()
    .describe('Thinks before it answers; false where it must not be asked to.'),
  temperature: z.boolean().optional().describe('Takes a temperature.'),
  prefill: z.boolean().optional().describe('Continues an answer that ends with an assistant message.'),
  embedding: z.boolean().optional().describe('Makes vectors, not answers.'),
} satisfies Record<keyof ModelFacts, z.ZodType>

/** What a configured model says of itself; what it does not say is left to others. */
export const factsIn = (entry: { readonly [name in keyof ModelFacts]?: boolean | undefined }): ModelFacts =>
  Object.fromEntries(
    factNames.flatMap((name) => {
      const value = entry[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
