// What a Messages request must look like to be understood; fields not named here pass untouched. Pure.
// Source: https://platform.claude.com/docs/en/api/messages/create and the types of @anthropic-ai/sdk.
import { z } from 'zod'

export const DIALECT = 'anthropic'

/** What a block of a kind cannot do without. Kinds that are not named are passed on unread. */
const REQUIRED: ReadonlyMap<string, readonly string[]> = new Map([
  ['text', ['text']],
  ['image', ['source']],
  ['document', ['source']],
  ['tool_use', ['id', 'name']],
  ['tool_result', ['tool_use_id']],
  ['thinking', ['thinking']],
  ['redacted_thinking', ['data']],
])

const cacheControl = z.looseObject({ type: z.string(), ttl: z.string().nullish() }).nullish()

const block = z
  .looseObject({
    type: z.string(),
    text: z.string().optional(),
    thinking: z.string().optional(),
    signature: z.string().nullish(),
    tool_use_id: z.string().optional(),
    is_error: z.boolean().nullish(),
    cache_control: cacheControl,
  })
  .superRefine((value, context) => {
    for (const field of REQUIRED.get(value.type) ?? []) {
      if (value[field] === undefined)
        context.addIssue({ code: 'custom', path: [field], message: 'it is needed' })
    }
  })

/** A text stands for one text block; read as such, a mistake inside a list is named with its place. */
const blocks = z
  .preprocess(
    (value) => (typeof value === 'string' ? [{ type: 'text', text: value }] : value),
    z.array(block),
  )
  .meta({ also: 'text' })

const message = z.looseObject({ role: z.enum(['user', 'assistant', 'system']), content: blocks })

const tool = z.looseObject({
  type: z.string().nullish(),
  name: z.string().optional(),
  description: z.string().nullish(),
  input_schema: z.unknown().optional(),
  strict: z.boolean().nullish(),
  cache_control: cacheControl,
})

const toolChoice = z
  .looseObject({
    type: z.enum(['auto', 'any', 'tool', 'none']),
    name: z.string().optional(),
    disable_parallel_tool_use: z.boolean().nullish(),
  })
  .superRefine((value, context) => {
    if (value.type === 'tool' && value.name === undefined)
      context.addIssue({ code: 'custom', path: ['name'], message: 'it is needed' })
  })

const format = z.looseObject({ type: z.string(), schema: z.unknown().optional() }).nullish()

export const requestSchema = z.looseObject({
  model: z.string().min(1).max(256).nullish(),
  messages: z.array(message).min(1),
  system: blocks.nullish(),
  // Required by the API, but nobody is misunderstood without it; zero warms a cache.
  max_tokens: z.int().min(0).nullish(),
  stream: z.boolean().nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(0).nullish(),
  metadata: z.looseObject({ user_id: z.string().nullish() }).nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: toolChoice.nullish(),
  thinking: z
    .looseObject({
      type: z.string(),
      budget_tokens: z.int().min(1).optional(),
      display: z.string().nullish(),
    })
    .nullish(),
  output_config: z.looseObject({ effort: z.string().nullish(), format }).nullish(),
  output_format: format,
  service_tier: z.string().nullish(),
})

/** The fields about thinking alone. */
export const thinkingSchema = requestSchema.pick({ thinking: true, output_config: true })

export type MessagesBody = z.infer<typeof requestSchema>
export type MessagesMessage = z.infer<typeof message>
export type MessagesBlock = z.infer<typeof block>
export type MessagesTool = z.infer<typeof tool>
