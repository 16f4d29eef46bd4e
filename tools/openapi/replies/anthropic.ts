// How replies look to clients that speak Anthropic's API.
import { z } from 'zod'

const count = z.int().min(0)

export const message = z.looseObject({
  id: z.string(),
  type: z.literal('message'),
  role: z.literal('assistant'),
  model: z.string(),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
  stop_reason: z.string().nullable(),
  stop_sequence: z.string().nullable(),
  usage: z.looseObject({ input_tokens: count, output_tokens: count }),
})

export const messageEvent = z
  .looseObject({ type: z.string() })
  .describe('One event of a stream, from `message_start` to `message_stop`.')

export const tokenCount = z.looseObject({ input_tokens: count })

export const anthropicModels = z.looseObject({
  data: z.array(
    z.looseObject({
      type: z.literal('model'),
      id: z.string(),
      display_name: z.string(),
      created_at: z.string(),
    }),
  ),
  has_more: z.boolean(),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
})

export const anthropicError = z.object({
  type: z.literal('error'),
  error: z.looseObject({
    type: z.string(),
    message: z.string().describe('What was wrong, where, and what to do.'),
    details: z.looseObject({ error_code: z.string() }),
  }),
  request_id: z.string(),
})
