// What a generateContent request must look like to be understood; fields not named here pass untouched. Pure.
// Source: https://ai.google.dev/api/generate-content
import { z } from 'zod'
import { isFields } from '../../fields.ts'

/** Google's servers take one value for a list of one; its own examples write `parts: { text }`. */
const listOf = <Schema extends z.ZodType>(schema: Schema, least = 0) =>
  z
    .preprocess((value) => (isFields(value) ? [value] : value), z.array(schema).min(least))
    .meta({ also: 'item' })

const own = z.record(z.string(), z.unknown())

const blob = z.looseObject({ mimeType: z.string(), data: z.string(), displayName: z.string().nullish() })

const part = z.looseObject({
  text: z.string().nullish(),
  thought: z.boolean().nullish(),
  thoughtSignature: z.string().nullish(),
  inlineData: blob.nullish(),
  fileData: z
    .looseObject({ fileUri: z.string(), mimeType: z.string().nullish(), displayName: z.string().nullish() })
    .nullish(),
  functionCall: z
    .looseObject({ name: z.string().min(1), id: z.string().nullish(), args: own.nullish() })
    .nullish(),
  functionResponse: z
    .looseObject({
      name: z.string().nullish(),
      id: z.string().nullish(),
      response: own.nullish(),
      parts: listOf(z.looseObject({ inlineData: blob.nullish() })).nullish(),
    })
    .nullish(),
})

const content = z.looseObject({
  role: z.enum(['user', 'model', 'function']).nullish(),
  parts: listOf(part).nullish(),
})

const declaration = z.looseObject({
  name: z.string().min(1),
  description: z.string().nullish(),
  parameters: own.nullish(),
  parametersJsonSchema: z.unknown().optional(),
})

const generationConfig = z.looseObject({
  temperature: z.number().nullish(),
  topP: z.number().nullish(),
  topK: z.number().nullish(),
  maxOutputTokens: z.int().min(1).nullish(),
  stopSequences: z.array(z.string()).nullish(),
  candidateCount: z.int().min(1).max(8).nullish(),
  seed: z.int().nullish(),
  presencePenalty: z.number().nullish(),
  frequencyPenalty: z.number().nullish(),
  responseLogprobs: z.boolean().nullish(),
  logprobs: z.int().min(0).max(20).nullish(),
  responseMimeType: z.string().nullish(),
  responseSchema: own.nullish(),
  responseJsonSchema: z.unknown().optional(),
  responseFormat: listOf(
    z.looseObject({
      text: z.looseObject({ mimeType: z.string().nullish(), schema: z.unknown().optional() }).nullish(),
    }),
  ).nullish(),
  responseModalities: z.array(z.string()).nullish(),
  thinkingConfig: z
    .looseObject({
      includeThoughts: z.boolean().nullish(),
      thinkingBudget: z.int().min(-1).nullish(),
      thinkingLevel: z.string().nullish(),
    })
    .nullish(),
})

export const requestSchema = z.looseObject({
  model: z.string().nullish(),
  contents: listOf(content, 1),
  systemInstruction: content.omit({ role: true }).nullish(),
  tools: listOf(z.looseObject({ functionDeclarations: listOf(declaration).nullish() })).nullish(),
  toolConfig: z
    .looseObject({
      functionCallingConfig: z
        .looseObject({
          mode: z.enum(['MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED']).nullish(),
          allowedFunctionNames: z.array(z.string()).nullish(),
        })
        .nullish(),
    })
    .nullish(),
  generationConfig: generationConfig.nullish(),
  serviceTier: z.string().nullish(),
})

export type GeminiBody = z.infer<typeof requestSchema>
export type GeminiContent = z.infer<typeof content>
export type GeminiPart = z.infer<typeof part>
export type GenerationConfig = z.infer<typeof generationConfig>
