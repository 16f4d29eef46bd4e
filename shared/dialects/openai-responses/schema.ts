// What a Responses request must look like to be understood; fields not named here pass untouched. Pure.
// Source: https://developers.openai.com/api/reference/resources/responses/methods/create
import { z } from 'zod'
import { type Fields, isFields } from '../../fields.ts'
import { mistake } from '../../mistake.ts'

export const DIALECT = 'openai-responses'

/** One item of the Responses API, of whatever kind. */
export type Item = Fields

const part = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  refusal: z.string().optional(),
  image_url: z.string().nullish(),
  detail: z.string().nullish(),
  file_id: z.string().nullish(),
  file_url: z.string().nullish(),
  file_data: z.string().nullish(),
  filename: z.string().nullish(),
  input_audio: z.looseObject({ data: z.string(), format: z.string() }).optional(),
  prompt_cache_breakpoint: z.looseObject({ ttl: z.string().nullish() }).nullish(),
})

export const contentSchema = z.union([z.string(), z.array(part)])

const messageSchema = z.looseObject({
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content: contentSchema,
})

const callSchema = z.looseObject({
  call_id: z.string().min(1),
  name: z.string().min(1),
  arguments: z.string(),
})

const customCallSchema = z.looseObject({
  call_id: z.string().min(1),
  name: z.string().min(1),
  input: z.string(),
})

const outputSchema = z.looseObject({ call_id: z.string().min(1), output: contentSchema })

const thought = z.looseObject({ text: z.string().optional() })

const reasoningSchema = z.looseObject({
  id: z.string().nullish(),
  summary: z.array(thought).nullish(),
  content: z.array(thought).nullish(),
  encrypted_content: z.string().nullish(),
})

const referenceSchema = z.looseObject({ id: z.string().min(1) })

/** What kind of item it is. `type` may be left out for messages and for references. */
export function kindOf(item: Item): string {
  const { type } = item
  if (typeof type === 'string' && type !== '') return type
  return item['role'] === undefined && typeof item['id'] === 'string' ? 'item_reference' : 'message'
}

/** Kinds without a schema are known to their own dialect only and pass unread. */
export const ITEM_SCHEMAS: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  ['message', messageSchema],
  ['function_call', callSchema],
  ['function_call_output', outputSchema],
  ['custom_tool_call', customCallSchema],
  ['custom_tool_call_output', outputSchema],
  ['reasoning', reasoningSchema],
  ['item_reference', referenceSchema],
])

// Made once: a schema is compiled when it is first used, which takes longer than reading a whole question.
const itemSchema = z.looseObject({ type: z.string().nullish() })

/**
 * Items that can be understood: those of a question's input, or others that come in a body under `path`. No schema of the
 * whole list, whose issues would not say which item is wrong.
 */
export function checkItems(items: readonly unknown[], path: string, body: object): Item[] {
  return items.map((item, position) => {
    const read = itemSchema.safeParse(item)
    const error = read.success ? ITEM_SCHEMAS.get(kindOf(read.data))?.safeParse(item).error : read.error
    if (error !== undefined) {
      const issues = error.issues.map((issue) => ({ ...issue, path: [path, position, ...issue.path] }))
      throw mistake(new z.ZodError(issues), body)
    }
    return read.data ?? {}
  })
}

const tool = z.looseObject({
  type: z.string(),
  name: z.string().optional(),
  description: z.string().nullish(),
  parameters: z.unknown().optional(),
  strict: z.boolean().nullish(),
})

const format = z
  .looseObject({
    type: z.string(),
    name: z.string().optional(),
    schema: z.unknown().optional(),
    strict: z.boolean().nullish(),
    description: z.string().nullish(),
  })
  .superRefine((value, context) => {
    if (value.type !== 'json_schema') return
    if (!isFields(value.schema)) {
      context.addIssue({ code: 'invalid_type', expected: 'object', path: ['schema'], input: value.schema })
    }
    if (value.name === undefined) {
      context.addIssue({ code: 'invalid_type', expected: 'string', path: ['name'], input: value.name })
    }
  })

export const requestSchema = z.looseObject({
  model: z.string().min(1).max(256).nullish(),
  input: z.union([z.string(), z.array(z.unknown())]).nullish(),
  instructions: z.string().nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.looseObject({ type: z.string(), name: z.string().nullish() }),
    ])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  text: z.looseObject({ format: format.nullish(), verbosity: z.string().nullish() }).nullish(),
  reasoning: z
    .looseObject({
      effort: z.string().nullish(),
      summary: z.string().nullish(),
      generate_summary: z.string().nullish(),
    })
    .nullish(),
  include: z.array(z.string()).nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  presence_penalty: z.number().nullish(),
  frequency_penalty: z.number().nullish(),
  stream: z.boolean().nullish(),
  store: z.boolean().nullish(),
  background: z.boolean().nullish(),
  previous_response_id: z.string().min(1).nullish(),
  conversation: z.union([z.string().min(1), z.looseObject({ id: z.string().min(1) })]).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  service_tier: z.string().nullish(),
  truncation: z.string().nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
})

export type ResponsesBody = z.infer<typeof requestSchema>
export type ContentPart = z.infer<typeof part>
export type ResponsesTool = z.infer<typeof tool>
