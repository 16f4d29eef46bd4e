// How replies look to clients that speak OpenAI's API: the fields that are always there; a provider's own come beside them.
import { z } from 'zod'

const count = z.int().min(0)

const usage = z
  .looseObject({
    prompt_tokens: count,
    completion_tokens: count,
    total_tokens: count,
    cost: z.number().optional().describe('US dollars.'),
  })
  .describe('Tokens, as the provider reported them or as they were counted.')

const chatMessage = z.looseObject({
  role: z.literal('assistant'),
  content: z.string().nullable(),
  tool_calls: z
    .array(
      z.looseObject({
        id: z.string(),
        type: z.string(),
        function: z.looseObject({ name: z.string(), arguments: z.string() }).optional(),
      }),
    )
    .optional(),
})

export const chatCompletion = z.looseObject({
  id: z.string(),
  object: z.literal('chat.completion'),
  created: z.int().describe('Seconds since 1970.'),
  model: z.string().describe('The name that was asked for; `x-minnow-model` says who answered.'),
  choices: z
    .array(z.looseObject({ index: count, message: chatMessage, finish_reason: z.string().nullable() }))
    .min(1),
  usage: usage.optional(),
})

export const chatChunk = z
  .looseObject({
    id: z.string(),
    object: z.literal('chat.completion.chunk'),
    created: z.int(),
    model: z.string(),
    choices: z.array(
      z.looseObject({
        index: count,
        delta: z.looseObject({ role: z.string().optional(), content: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    ),
    usage: usage.nullish(),
  })
  .describe('One event of a stream; after the last comes `data: [DONE]`.')

export const response = z.looseObject({
  id: z.string(),
  object: z.literal('response'),
  created_at: z.number(),
  status: z.enum(['queued', 'in_progress', 'completed', 'incomplete', 'failed', 'cancelled']),
  model: z.string(),
  output: z.array(z.looseObject({ type: z.string() })),
  usage: z.looseObject({ input_tokens: count, output_tokens: count, total_tokens: count }).nullish(),
  error: z.looseObject({ code: z.string(), message: z.string() }).nullish(),
})

export const responseEvent = z
  .looseObject({ type: z.string(), sequence_number: count })
  .describe(
    'One event of a stream; the first is `response.created`, the last `response.completed` or what else it became.',
  )

export const deleted = z.looseObject({ id: z.string(), object: z.string(), deleted: z.literal(true) })

export const conversation = z.looseObject({
  id: z.string(),
  object: z.literal('conversation'),
  created_at: z.int(),
  metadata: z.record(z.string(), z.string()),
})

export const item = z.looseObject({ id: z.string(), type: z.string() })

export const itemList = z.looseObject({
  object: z.literal('list'),
  data: z.array(item),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
  has_more: z.boolean(),
})

export const embeddingList = z.looseObject({
  object: z.literal('list'),
  model: z.string(),
  data: z
    .array(
      z.looseObject({
        object: z.literal('embedding'),
        index: count,
        embedding: z
          .union([z.array(z.number()), z.string()])
          .describe('Numbers, or with `encoding_format: "base64"` their bytes.'),
      }),
    )
    .min(1),
  usage: z.looseObject({ prompt_tokens: count, total_tokens: count }),
})

export const openaiError = z.object({
  error: z.looseObject({
    message: z.string().describe('What was wrong, where, and what to do.'),
    type: z.string(),
    param: z.string().nullable().describe('The field that was wrong.'),
    code: z.string().nullable(),
    attempts: z.array(z.looseObject({})).optional().describe('What was tried, where every provider failed.'),
  }),
})

/** What is passed on: the provider's own answer, untouched. */
export const passed = z.looseObject({}).describe("The provider's own answer, untouched.")
