// The request of Converse as its reference describes it, strictly: a field that is not there is refused.
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html and the pages it links.
import { z } from 'zod'

/** A union of which exactly one member stands, under its name. */
const one = (members: Record<string, z.ZodType>) =>
  z.union(Object.entries(members).map(([name, schema]) => z.strictObject({ [name]: schema })))

const base64 = z.base64().min(1)
const bucket = z.strictObject({ uri: z.string().regex(/^s3:\/\//) })
const source = one({ bytes: base64, s3Location: bucket })
const image = z.strictObject({ format: z.enum(['png', 'jpeg', 'gif', 'webp']), source })
const document = z.strictObject({
  format: z.enum(['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md']),
  name: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[a-zA-Z0-9\-()[\]]+(?: [a-zA-Z0-9\-()[\]]+)*$/),
  source,
})
const audio = z.strictObject({
  format: z.enum(['aac', 'flac', 'm4a', 'mp3', 'mp4', 'ogg', 'opus', 'pcm', 'wav', 'webm']),
  source,
})
const cachePoint = z.strictObject({ type: z.literal('default'), ttl: z.enum(['5m', '1h']).optional() })
const words = z.string().regex(/\S/)
const toolUseId = z.string().regex(/^[a-zA-Z0-9_.:-]{1,64}$/)
const name = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/)

const block = one({
  text: words,
  image,
  document,
  audio,
  cachePoint,
  toolUse: z.strictObject({ toolUseId, name, input: z.record(z.string(), z.unknown()) }),
  toolResult: z.strictObject({
    toolUseId,
    content: z.array(one({ text: words, image, document })).min(1),
    status: z.enum(['success', 'error']).optional(),
  }),
  reasoningContent: one({
    reasoningText: z.strictObject({ text: z.string(), signature: z.string() }),
    redactedContent: base64,
  }),
})

export const converseBody = z.strictObject({
  messages: z.array(z.strictObject({ role: z.enum(['user', 'assistant']), content: z.array(block).min(1) })),
  system: z.array(one({ text: words, cachePoint })).optional(),
  inferenceConfig: z
    .strictObject({
      maxTokens: z.int().min(1).optional(),
      temperature: z.number().min(0).max(1).optional(),
      topP: z.number().min(0).max(1).optional(),
      stopSequences: z.array(z.string().min(1)).optional(),
    })
    .optional(),
  toolConfig: z
    .strictObject({
      tools: z
        .array(
          one({
            toolSpec: z.strictObject({
              name,
              description: words.optional(),
              inputSchema: z.strictObject({ json: z.looseObject({ type: z.literal('object') }) }),
              strict: z.boolean().optional(),
            }),
            cachePoint,
          }),
        )
        .min(1),
      toolChoice: one({
        auto: z.strictObject({}),
        any: z.strictObject({}),
        tool: z.strictObject({ name }),
      }).optional(),
    })
    .optional(),
  outputConfig: z
    .strictObject({
      textFormat: z
        .strictObject({
          type: z.literal('json_schema'),
          structure: z.strictObject({
            jsonSchema: z.strictObject({
              schema: z.string(),
              name: z.string(),
              description: z.string().optional(),
            }),
          }),
        })
        .optional(),
      effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).optional(),
    })
    .optional(),
  additionalModelRequestFields: z.record(z.string(), z.unknown()).optional(),
  serviceTier: z.strictObject({ type: z.enum(['default', 'flex', 'priority', 'reserved']) }).optional(),
})

export type ConverseBody = z.infer<typeof converseBody>
