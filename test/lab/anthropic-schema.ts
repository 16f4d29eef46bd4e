// The body of a request to Anthropic's Messages API, strictly: like the API itself it takes no field it does not know.
// Source: https://platform.claude.com/docs/en/api/messages/create
import { z } from 'zod'

const cacheControl = z
  .strictObject({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).optional() })
  .nullish()

const base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/, 'Input should be valid base64')

const text = z.strictObject({
  type: z.literal('text'),
  text: z.string().min(1, 'text content blocks must be non-empty'),
  cache_control: cacheControl,
  citations: z.array(z.unknown()).nullish(),
})

const imageType = z.enum(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])

const image = z.strictObject({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('base64'), media_type: imageType, data: base64 }),
    z.strictObject({ type: z.literal('url'), url: z.url({ protocol: /^https?$/ }) }),
    z.strictObject({ type: z.literal('file'), file_id: z.string() }),
  ]),
  cache_control: cacheControl,
})

const document = z.strictObject({
  type: z.literal('document'),
  source: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('base64'), media_type: z.literal('application/pdf'), data: base64 }),
    z.strictObject({ type: z.literal('text'), media_type: z.literal('text/plain'), data: z.string() }),
    z.strictObject({ type: z.literal('url'), url: z.url({ protocol: /^https?$/ }) }),
    z.strictObject({ type: z.literal('file'), file_id: z.string() }),
    z.strictObject({
      type: z.literal('content'),
      content: z.union([z.string(), z.array(z.union([text, image]))]),
    }),
  ]),
  title: z.string().nullish(),
  context: z.string().nullish(),
  citations: z.strictObject({ enabled: z.boolean().optional() }).nullish(),
  cache_control: cacheControl,
})

const toolResult = z.strictObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string().regex(/^[a-zA-Z0-9_-]+$/),
  content: z.union([z.string(), z.array(z.discriminatedUnion('type', [text, image, document]))]).optional(),
  is_error: z.boolean().optional(),
  cache_control: cacheControl,
})

const toolUse = z.strictObject({
  type: z.literal('tool_use'),
  id: z.string().regex(/^[a-zA-Z0-9_-]+$/),
  name: z.string().min(1).max(200),
  input: z.record(z.string(), z.unknown()),
  cache_control: cacheControl,
  caller: z.unknown().optional(),
})

const thinking = z.strictObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() })
const redacted = z.strictObject({ type: z.literal('redacted_thinking'), data: z.string() })

const message = z.discriminatedUnion('role', [
  z.strictObject({
    role: z.literal('user'),
    content: z.union([
      z.string().min(1, 'user messages must have non-empty content'),
      z.array(z.discriminatedUnion('type', [text, image, document, toolResult])).min(1),
    ]),
  }),
  z.strictObject({
    role: z.literal('assistant'),
    content: z.union([
      z.string(),
      z.array(z.discriminatedUnion('type', [text, toolUse, thinking, redacted])),
    ]),
  }),
  z.strictObject({ role: z.literal('system'), content: z.union([z.string(), z.array(text)]) }),
])

const tool = z.union([
  z.strictObject({
    type: z.literal('custom').nullish(),
    name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/),
    description: z.string().optional(),
    input_schema: z.looseObject({ type: z.literal('object') }),
    strict: z.boolean().optional(),
    eager_input_streaming: z.boolean().nullish(),
    input_examples: z.array(z.unknown()).optional(),
    defer_loading: z.boolean().optional(),
    allowed_callers: z.array(z.string()).optional(),
    cache_control: cacheControl,
  }),
  // A tool that the vendor runs: its type ends in a date.
  z.looseObject({ type: z.string().regex(/_\d{8}$/), name: z.string() }),
])

const parallel = z.boolean().optional()

const toolChoice = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('auto'), disable_parallel_tool_use: parallel }),
  z.strictObject({ type: z.literal('any'), disable_parallel_tool_use: parallel }),
  z.strictObject({ type: z.literal('tool'), name: z.string(), disable_parallel_tool_use: parallel }),
  z.strictObject({ type: z.literal('none') }),
])

const display = z.enum(['summarized', 'omitted']).nullish()

const thinkingConfig = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('enabled'), budget_tokens: z.int().min(1024), display }),
  z.strictObject({ type: z.literal('adaptive'), display }),
  z.strictObject({ type: z.literal('disabled') }),
])

const shared = {
  model: z.string().min(1),
  messages: z.array(message).min(1, 'at least one message is required'),
  system: z.union([z.string(), z.array(text)]).optional(),
  tools: z.array(tool).optional(),
  tool_choice: toolChoice.optional(),
  thinking: thinkingConfig.optional(),
  cache_control: cacheControl,
  output_config: z
    .strictObject({
      effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      format: z
        .strictObject({ type: z.literal('json_schema'), schema: z.record(z.string(), z.unknown()) })
        .nullish(),
    })
    .optional(),
}

export const messagesBody = z.strictObject({
  ...shared,
  max_tokens: z.int().min(1),
  metadata: z.strictObject({ user_id: z.string().max(256).nullish() }).optional(),
  service_tier: z.enum(['auto', 'standard_only']).optional(),
  stop_sequences: z
    .array(z.string().regex(/\S/, 'each stop sequence must contain non-whitespace'))
    .optional(),
  stream: z.boolean().optional(),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.int().min(0).optional(),
  container: z.unknown().optional(),
  inference_geo: z.string().nullish(),
  speed: z.enum(['standard', 'fast']).nullish(),
})

export const countBody = z.strictObject(shared)

export type MessagesBody = z.infer<typeof messagesBody>
export type CountBody = z.infer<typeof countBody>
export type WireMessage = z.infer<typeof message>
