// What a chat completion request must look like to be understood; fields not named here pass untouched. Pure.
// Source: https://platform.openai.com/docs/api-reference/chat/create
import { z } from 'zod'

const part = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  image_url: z.union([z.looseObject({ url: z.string() }), z.string()]).optional(),
})

const content = z.union([z.string(), z.array(part)]).nullish()

const toolCall = z.looseObject({
  id: z.string(),
  function: z.looseObject({ name: z.string(), arguments: z.string() }).optional(),
})

const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content,
  tool_calls: z.array(toolCall).nullish(),
  tool_call_id: z.string().nullish(),
})

const tool = z.looseObject({
  type: z.string(),
  function: z
    .looseObject({ name: z.string(), description: z.string().nullish(), parameters: z.unknown().optional() })
    .optional(),
})

const tokens = z.int().min(1).nullish()

export const requestSchema = z.looseObject({
  model: z.string().min(1).max(256).nullish(),
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: tokens,
  max_completion_tokens: tokens,
  n: z.int().min(1).max(128).nullish(),
  tools: z.array(tool).nullish(),
  response_format: z.looseObject({ type: z.string() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  seed: z.int().nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  user: z.string().nullish(),
})

export type ChatBody = z.infer<typeof requestSchema>
export type ChatMessage = z.infer<typeof message>
