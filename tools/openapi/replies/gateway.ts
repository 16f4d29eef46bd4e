// How the gateway's own replies look to clients: decisions, receipts, models, health.
import { z } from 'zod'

const count = z.int().min(0)
const dollars = z.number().describe('US dollars.')
const micros = z.int().describe('Micro-dollars.')

export const health = z.object({ status: z.literal('ok'), version: z.string() })

export const routing = {
  cut: z.number().nullable().describe('Scores above it go to the frontier.'),
  share: z.number().nullable(),
  dial: z.looseObject({}).nullable(),
  chosen_by: z.string().nullable().describe('Why the first target was the first of its tier.'),
  features: z.record(z.string(), z.number()).describe('What was seen of the request.'),
  left: z
    .looseObject({ target: z.string(), cached_tokens: count, worth_micros: micros.optional() })
    .nullish()
    .describe('Whose cached prompt the decision leaves behind, and what that would have saved.'),
}

const expected = z
  .object({
    by: z
      .enum(['question', 'look'])
      .describe('`look`: all begin with a small model, and the share is of its answers.'),
    quality: z.number().nullable().describe("Of the frontier's, by held-out labels; null without enough."),
    per_1k: z.number().nullable().describe('US dollars of 1,000 requests like this one.'),
    evidence: z.string(),
  })
  .nullable()
  .describe('What the share is expected to come to.')

export const decision = z.looseObject({
  expected: expected.optional(),
  target: z.string().nullable().describe('`<provider>/<model>` that would be asked first.'),
  tier: z.enum(['mini', 'frontier', 'fixed']),
  score: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe('Higher where the strong model is expected to gain more; null where none was computed.'),
  reason: z.string(),
  ...routing,
  fallbacks: z.array(z.string()),
})

export const feedback = z.looseObject({
  object: z.literal('feedback'),
  request_id: z.string(),
  score: z.number(),
  learned: z.boolean(),
  reason: z.string().optional().describe('Why nothing was learned.'),
})

export const cancellation = z.looseObject({
  object: z.literal('cancellation'),
  status: z
    .enum(['cancelled', 'over', 'forestalled'])
    .describe(
      '`cancelled`: it was running and ends now; `over`: it had ended; `forestalled`: nothing of that idempotency key has come, and what comes within ten seconds is refused.',
    ),
})

export const visitorToken = z.looseObject({
  object: z.literal('visitor.token'),
  token: z.string().describe('To be sent as a key would be, from the same site only.'),
  expires_at: z.int().describe('Seconds since the epoch.'),
  renewal: z.string().describe('Gets the next token for the same conversation.'),
  renewable_until: z.int().describe('Seconds since the epoch.'),
  conversation: z.string(),
  limits: z.object({ usd: z.number(), rpm: z.int() }),
})

const tokens = z.looseObject({
  input: count,
  cache_read: count,
  cache_write: count,
  output: count,
  reasoning: count,
  source: z.string().describe('Who counted them: the provider, or the gateway.'),
})

export const attempt = z
  .looseObject({
    target: z.string(),
    at: z.iso.datetime(),
    status: z.int().nullable(),
    head_ms: z.number().nullable(),
    total_ms: z.number(),
    end: z.string(),
    logprob: z
      .number()
      .optional()
      .describe('The mean log-probability of its tokens, where a cascade heard it.'),
    tests: z
      .looseObject({ verdict: z.string(), passed: count, of: count })
      .optional()
      .describe('What its code did with the tests in the question, where a cascade ran it.'),
    tokens: tokens.optional(),
    cost: dollars.optional(),
    cost_micros: micros.optional(),
    price: z
      .looseObject({ source: z.string(), valid_from: z.string().nullable() })
      .optional()
      .describe('The price it was billed with; a later one never changes it.'),
  })
  .describe('One call to a provider.')

export const receipt = z.looseObject({
  object: z.literal('receipt'),
  id: z.string(),
  at: z.iso.datetime(),
  route: z.string().nullable(),
  tier: z.string().nullable(),
  reason: z.string().nullable(),
  score: z.number().nullable(),
  ...routing,
  model: z.string().nullable(),
  stream: z.boolean(),
  status: z.int(),
  end: z.string(),
  failure: z.string().nullable(),
  tokens,
  cost: dollars,
  cost_micros: micros,
  frontier_cost: dollars.nullable().describe('What the frontier would have cost.'),
  prompt_cache_saved: dollars
    .optional()
    .describe("What the vendor's prompt cache saved; below zero where writing cost more than reading saved."),
  conversation: z.string().optional().describe('The conversation that it belongs to, as a hash.'),
  conversation_so_far: z
    .looseObject({ requests: count, tokens: z.looseObject({}), cost: dollars, prompt_cache_saved: dollars })
    .optional()
    .describe('With `include=conversation`.'),
  clamped: z.looseObject({ max_tokens: z.int() }).nullable(),
  head_ms: z.number().nullable(),
  total_ms: z.number(),
  attempts: z.array(attempt),
  context: z
    .looseObject({ turn: z.string(), tokens: count })
    .optional()
    .describe('What of its conversation the request was sent with.'),
  seams: z
    .array(z.looseObject({}))
    .describe("Where one target's words end and another's begin in one answer."),
})

export const model = z.looseObject({
  id: z.string(),
  object: z.literal('model'),
  created: z.int(),
  owned_by: z.string(),
  context_window: count.optional(),
  max_output_tokens: count.optional(),
  capabilities: z.record(z.string(), z.boolean()).optional(),
  pricing: z.looseObject({}).optional().describe('US dollars per million tokens.'),
})

export const models = z.looseObject({ object: z.literal('list'), data: z.array(model) })
