// What a chat completion request must look like to be understood; fields not named here pass untouched. Pure.
// Source: https://platform.openai.com/docs/api-reference/chat/create
import { z } from 'zod'

export const DIALECT = 'openai-chat'

const part = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  image_url: z.union([z.looseObject({ url: z.string() }), z.string()]).optional(),
  file: z
    .looseObject({
      file_data: z.string().nullish(),
      file_id: z.string().nullish(),
      filename: z.string().nullish(),
    })
    .optional(),
  input_audio: z.looseObject({ data: z.string(), format: z.string() }).optional(),
  refusal: z.string().nullish(),
})

const content = z.union([z.string(), z.array(part)]).nullish()

const called = z.looseObject({ name: z.string(), arguments: z.string() })

const toolCall = z.looseObject({
  id: z.string(),
  function: called.optional(),
  custom: z.looseObject({ name: z.string(), input: z.string() }).optional(),
})

const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content,
  name: z.string().nullish(),
  refusal: z.string().nullish(),
  tool_calls: z.array(toolCall).nullish(),
  tool_call_id: z.string().nullish(),
  function_call: called.nullish(),
})

const definition = z.looseObject({
  name: z.string(),
  description: z.string().nullish(),
  parameters: z.unknown().optional(),
  strict: z.boolean().nullish(),
})

const tool = z.looseObject({ type: z.string(), function: definition.optional() })

const format = z.looseObject({
  type: z.string(),
  json_schema: z
    .looseObject({
      name: z.string().optional(),
      description: z.string().nullish(),
      schema: z.unknown().optional(),
      strict: z.boolean().nullish(),
    })
    .optional(),
})

const choice = z.union([
  z.string(),
  z.looseObject({
    type: z.string().optional(),
    name: z.string().optional(),
    function: z.looseObject({ name: z.string() }).optional(),
    custom: z.looseObject({ name: z.string() }).optional(),
  }),
])

const tokens = z.int().min(1).nullish()
const number = z.number().nullish()

export const requestSchema = z.looseObject({
  model: z.string().min(1).max(256).nullish(),
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: tokens,
  max_completion_tokens: tokens,
  n: z.int().min(1).max(128).nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: choice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  functions: z.array(definition).nullish(),
  function_call: choice.nullish(),
  response_format: format.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: number,
  min_p: number,
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  seed: z.int().nullish(),
  presence_penalty: number,
  frequency_penalty: number,
  logit_bias: z.record(z.string(), z.number()).nullish(),
  logprobs: z.union([z.boolean(), z.int().min(0)]).nullish(), // a number at Together
  top_logprobs: z.int().min(0).max(20).nullish(),
  reasoning_effort: z.string().nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  service_tier: z.string().nullish(),
  // Other vendors' words for the same wishes: understood where they can be, never a reason to refuse.
  reasoning: z.unknown().optional(),
  include_reasoning: z.unknown().optional(),
  thinking: z.unknown().optional(),
  enable_thinking: z.unknown().optional(),
  thinking_budget: z.unknown().optional(),
  chat_template_kwargs: z.unknown().optional(),
})

export type ChatBody = z.infer<typeof requestSchema>
export type ChatMessage = z.infer<typeof message>
export type ChatTool = z.infer<typeof tool>
