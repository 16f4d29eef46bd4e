// What the configuration says of visitors: people on web sites who speak with a publishable key's short-lived tokens. Pure.
import { z } from 'zod'

export const visitors = z
  .strictObject({
    budgetUsd: z
      .number()
      .min(0)
      .max(1_000)
      .optional()
      .describe('US dollars that one conversation may cost in all; 0.10 unless given.'),
    rpm: z
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .describe('Questions a minute in one conversation; 20 unless given.'),
    minutes: z
      .number()
      .min(0.01)
      .max(1_440)
      .optional()
      .describe('How long a token is good for; 15 unless given. The page renews it by itself.'),
    renewDays: z
      .number()
      .min(0.000_01)
      .max(365)
      .optional()
      .describe(
        'How long a conversation can be taken up again by the browser that began it; 30 unless given.',
      ),
    instructions: z
      .string()
      .min(1)
      .max(20_000)
      .optional()
      .describe(
        "What the model is told before every conversation of a visitor; then a page can give no instructions of its own, and a page's key asks no model without a visitor's token.",
      ),
    challenge: z
      .strictObject({
        url: z
          .url({ protocol: /^https?$/, error: 'an http or https address' })
          .optional()
          .describe(
            "Who is asked whether a browser has passed; Cloudflare Turnstile's siteverify unless given.",
          ),
        secret: z
          .string()
          .regex(/^\$[A-Za-z_][A-Za-z0-9_]*$/, '"$NAME", the name of an environment variable or secret')
          .describe('The secret that it is asked with.'),
        hostnames: z
          .array(z.string().min(1).max(253))
          .min(1)
          .max(64)
          .optional()
          .describe('Sites on which the challenge must have been passed; any unless given.'),
      })
      .optional()
      .describe(
        "A browser must pass it before it begins a conversation; a page's key asks no model without a visitor's token.",
      ),
  })
  .describe('What a visitor of a web site may do with one conversation.')

export type VisitorsConfig = z.infer<typeof visitors>
