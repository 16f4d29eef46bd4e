// What Workers AI takes, model by model: the input schemas of its documentation, and the complaint it answers others with.
// Source: https://developers.cloudflare.com/workers-ai/models/ (sync and streaming input of each model)
import { z } from 'zod'
import { type Fields, type LabRequest, Refused } from './wire.ts'

/** Of its own kind, or with the fields of chat completions. */
export type Kind = 'native' | 'chat'

/** Families that the lab has models of; another name is no model. */
const MODELS: readonly (readonly [RegExp, Kind])[] = [
  [/^@cf\/meta\/llama-[\w.-]+$/, 'native'],
  [/^@hf\/nousresearch\/hermes-[\w.-]+$/, 'native'],
  [/^@cf\/mistralai\/mistral-small-3\.1-[\w.-]+$/, 'native'],
  [/^@cf\/google\/gemma-4-[\w.-]+$/, 'chat'],
  [/^@cf\/(?:openai\/gpt-oss|zai-org\/glm|moonshotai\/kimi|deepseek-ai\/deepseek-v4)-[\w.-]+$/, 'chat'],
]

export function kindOf(model: string): Kind {
  const found = MODELS.find(([names]) => names.test(model))
  if (found === undefined) throw new Refused(400, `No such model ${model} or task`, '5007')
  return found[1]
}

const data = z.string().regex(/^data:image\/[a-z+]+;base64,[A-Za-z0-9+/=]+$/, 'HTTP URL will not be accepted')
const text = z.looseObject({ type: z.literal('text'), text: z.string() })
const image = z.looseObject({ type: z.literal('image_url'), image_url: z.looseObject({ url: data }) })
const parameters = z.looseObject({ type: z.string(), properties: z.record(z.string(), z.unknown()) })

const asked = z.strictObject({
  type: z.literal('function'),
  function: z.strictObject({ name: z.string().min(1), description: z.string(), parameters }),
})
const flat = z.strictObject({ name: z.string().min(1), description: z.string(), parameters })

const call = z.looseObject({
  id: z.string(),
  type: z.literal('function'),
  function: z.looseObject({
    name: z.string().min(1),
    arguments: z.string().refine((json) => isObject(json), 'arguments that are an object'),
  }),
})

const message = (content: z.ZodType) =>
  z.strictObject({
    role: z.enum(['system', 'user', 'assistant', 'tool']),
    content,
    name: z.string().optional(),
    tool_call_id: z.string().optional(),
    tool_calls: z.array(call).min(1).optional(),
    reasoning: z.string().optional(),
  })

const sampling = {
  max_tokens: z.int().min(1).optional(),
  temperature: z.number().min(0).max(5).optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  stream: z.boolean().optional(),
  tool_choice: z
    .union([z.enum(['auto', 'none', 'required']), z.looseObject({ type: z.literal('function') })])
    .optional(),
}

const format = z.strictObject({
  type: z.enum(['json_object', 'json_schema']),
  json_schema: z.unknown().optional(),
})

const native = z.strictObject({
  ...sampling,
  messages: z.array(message(z.union([z.string(), z.array(z.union([text, image]))]))).min(1),
  tools: z.array(z.union([asked, flat])).optional(),
  top_p: z.number().min(0.001).max(1).optional(),
  top_k: z.int().min(1).max(50).optional(),
  seed: z.int().min(1).max(9_999_999_999).optional(),
  repetition_penalty: z.number().min(0).max(2).optional(),
  response_format: format.optional(),
  guided_json: z.looseObject({}).optional(),
})

const envelope = z.strictObject({
  name: z.string().min(1),
  schema: z.looseObject({}).optional(),
  strict: z.boolean().optional(),
  description: z.string().optional(),
})

const chat = z.strictObject({
  ...sampling,
  model: z.string().optional(),
  messages: z.array(message(z.union([z.string(), z.array(z.union([text, image]))]))).min(1),
  tools: z
    .array(
      z.strictObject({
        type: z.literal('function'),
        function: z.strictObject({
          name: z.string().min(1),
          description: z.string().optional(),
          parameters: z.looseObject({}).optional(),
          strict: z.boolean().optional(),
        }),
      }),
    )
    .optional(),
  parallel_tool_calls: z.boolean().optional(),
  top_p: z.number().min(0).max(1).optional(),
  seed: z.int().optional(),
  stop: z.union([z.string(), z.array(z.string())]).optional(),
  n: z.int().min(1).optional(),
  user: z.string().optional(),
  service_tier: z.enum(['auto', 'default', 'flex', 'scale', 'priority']).optional(),
  logit_bias: z.record(z.string(), z.number()).optional(),
  logprobs: z.boolean().optional(),
  top_logprobs: z.int().min(0).max(20).optional(),
  stream_options: z.strictObject({ include_usage: z.boolean().optional() }).optional(),
  reasoning_effort: z.enum(['none', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
  chat_template_kwargs: z
    .strictObject({ enable_thinking: z.boolean().optional(), low_effort: z.boolean().optional() })
    .optional(),
  response_format: z
    .union([
      z.strictObject({ type: z.enum(['text', 'json_object']) }),
      z.strictObject({ type: z.literal('json_schema'), json_schema: envelope }),
    ])
    .optional(),
})

export type Inputs = z.infer<typeof native> & z.infer<typeof chat>

/** The inputs of a request, checked. What only nobody knows is kept in `strange`: the vendor passes it over. */
export function checkInputs(request: LabRequest, inputs: Fields, kind: Kind): void {
  const checked = (kind === 'native' ? native : chat).safeParse(inputs)
  const issues = checked.error?.issues ?? []
  const wrong = issues.find((issue) => issue.code !== 'unrecognized_keys')
  if (wrong !== undefined) {
    const place = `/${wrong.path.map(String).join('/')}`
    throw new Refused(
      400,
      `Bad input: Error: oneOf at '/' not met, 0 matches: ${place}: ${wrong.message}`,
      '5006',
    )
  }
  const strange = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? [[...issue.path, issue.keys.join(' ')].map(String).join('.')] : [],
  )
  if (strange.length > 0) request.strange = strange.join(', ')
  if (kind === 'native' && inputs['stream'] === true && 'response_format' in inputs)
    throw new Refused(400, 'Bad input: JSON Mode does not support streaming', '5006')
}

function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false // that is what was asked
  }
}
