// How replies look to clients that speak Gemini's API.
import { z } from 'zod'

const count = z.int().min(0)

export const generated = z.looseObject({
  candidates: z
    .array(
      z.looseObject({
        content: z
          .looseObject({
            role: z.string().optional(),
            parts: z.array(z.looseObject({ text: z.string().optional() })).optional(),
          })
          .optional(),
        finishReason: z.string().optional(),
        index: count.optional(),
      }),
    )
    .optional(),
  usageMetadata: z
    .looseObject({ promptTokenCount: count.optional(), candidatesTokenCount: count.optional() })
    .optional(),
  modelVersion: z.string().optional(),
})

export const generatedList = z.array(generated).describe('The stream as one JSON array, without `alt=sse`.')

export const geminiCount = z.looseObject({ totalTokens: count })

export const geminiModel = z.looseObject({
  name: z.string(),
  displayName: z.string(),
  inputTokenLimit: count.optional(),
  outputTokenLimit: count.optional(),
  supportedGenerationMethods: z.array(z.string()),
})

export const geminiModels = z.looseObject({
  models: z.array(geminiModel),
  nextPageToken: z.string().optional(),
})

export const geminiError = z.object({
  error: z.looseObject({
    code: z.int(),
    message: z.string().describe('What was wrong, where, and what to do.'),
    status: z.string(),
    details: z.array(z.looseObject({ '@type': z.string() })),
  }),
})
