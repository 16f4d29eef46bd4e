// The body of a request to Gemini's generateContent, strictly: like the API itself it takes no field it does not know.
// Sources: https://ai.google.dev/api/generate-content, https://ai.google.dev/api/caching#Content (Part, Tool, Schema)
import { z } from 'zod'

const base64 = z.string().regex(/^[A-Za-z0-9+/_-]+={0,2}$/, 'Base64 decoding failed')
const struct = z.record(z.string(), z.unknown())

/** A part holds one kind of data, and what is said about it. */
const part = z
  .strictObject({
    text: z.string().optional(),
    inlineData: z
      .strictObject({ mimeType: z.string().regex(/^[a-z]+\/[a-z0-9.+-]+$/), data: base64 })
      .optional(),
    fileData: z.strictObject({ mimeType: z.string().optional(), fileUri: z.string().min(1) }).optional(),
    functionCall: z
      .strictObject({ id: z.string().optional(), name: z.string().min(1), args: struct.optional() })
      .optional(),
    functionResponse: z
      .strictObject({
        id: z.string().optional(),
        name: z.string().min(1),
        response: struct,
        parts: z.array(z.unknown()).optional(),
        willContinue: z.boolean().optional(),
        scheduling: z.string().optional(),
      })
      .optional(),
    executableCode: struct.optional(),
    codeExecutionResult: struct.optional(),
    thought: z.boolean().optional(),
    thoughtSignature: base64.optional(),
    videoMetadata: struct.optional(),
    mediaResolution: z.unknown().optional(),
    partMetadata: struct.optional(),
  })
  .refine((value) => dataOf(value).length === 1, {
    error: "required oneof field 'data' must have one initialized field",
  })

const DATA = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
]

const dataOf = (value: object): readonly string[] =>
  DATA.filter((key) => Reflect.get(value, key) !== undefined)

const content = z.strictObject({
  role: z.enum(['user', 'model'], 'Please use a valid role: user, model.'),
  parts: z.array(part).min(1, 'contents.parts must not be empty.'),
})

/** The subset of OpenAPI that `parameters` and `responseSchema` take. */
const schema: z.ZodType = z.lazy(() =>
  z.strictObject({
    type: z
      .enum([
        'STRING',
        'NUMBER',
        'INTEGER',
        'BOOLEAN',
        'ARRAY',
        'OBJECT',
        'NULL',
        'string',
        'number',
        'integer',
        'boolean',
        'array',
        'object',
        'null',
      ])
      .optional(),
    format: z.string().optional(),
    title: z.string().optional(),
    description: z.string().optional(),
    nullable: z.boolean().optional(),
    enum: z.array(z.string()).optional(),
    maxItems: z.unknown().optional(),
    minItems: z.unknown().optional(),
    properties: z.record(z.string(), schema).optional(),
    required: z.array(z.string()).optional(),
    minProperties: z.unknown().optional(),
    maxProperties: z.unknown().optional(),
    minLength: z.unknown().optional(),
    maxLength: z.unknown().optional(),
    pattern: z.string().optional(),
    example: z.unknown().optional(),
    anyOf: z.array(schema).optional(),
    propertyOrdering: z.array(z.string()).optional(),
    default: z.unknown().optional(),
    items: schema.optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
  }),
)

const declaration = z
  .strictObject({
    name: z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/, 'Invalid function name.'),
    description: z.string().optional(),
    behavior: z.string().optional(),
    parameters: schema.optional(),
    parametersJsonSchema: z.unknown().optional(),
    response: schema.optional(),
    responseJsonSchema: z.unknown().optional(),
  })
  .refine(
    ({ parameters, parametersJsonSchema }) => parameters === undefined || parametersJsonSchema === undefined,
    {
      error: 'only one of parameters and parametersJsonSchema may be set',
    },
  )

const tool = z.strictObject({
  functionDeclarations: z.array(declaration).min(1).optional(),
  googleSearch: struct.optional(),
  googleSearchRetrieval: struct.optional(),
  googleMaps: struct.optional(),
  codeExecution: struct.optional(),
  urlContext: struct.optional(),
  computerUse: struct.optional(),
  fileSearch: struct.optional(),
})

const generationConfig = z.strictObject({
  stopSequences: z.array(z.string().min(1)).max(5).optional(),
  responseMimeType: z.enum(['text/plain', 'application/json', 'text/x.enum']).optional(),
  responseSchema: schema.optional(),
  responseJsonSchema: z.unknown().optional(),
  responseModalities: z.array(z.string()).optional(),
  candidateCount: z.int().min(1).max(8).optional(),
  maxOutputTokens: z.int().min(1).optional(),
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().min(0).max(1).optional(),
  topK: z.int().min(1).optional(),
  seed: z.int().optional(),
  presencePenalty: z.number().min(-2).max(2).optional(),
  frequencyPenalty: z.number().min(-2).max(2).optional(),
  responseLogprobs: z.boolean().optional(),
  logprobs: z.int().min(0).max(20).optional(),
  enableEnhancedCivicAnswers: z.boolean().optional(),
  speechConfig: z.unknown().optional(),
  imageConfig: z.unknown().optional(),
  mediaResolution: z.string().optional(),
  thinkingConfig: z
    .strictObject({
      includeThoughts: z.boolean().optional(),
      thinkingBudget: z.int().min(-1).optional(),
      thinkingLevel: z
        .enum(['MINIMAL', 'LOW', 'MEDIUM', 'HIGH', 'minimal', 'low', 'medium', 'high'])
        .optional(),
    })
    .optional(),
})

export const generateBody = z.strictObject({
  contents: z.array(content).min(1, 'contents is not specified'),
  systemInstruction: z.strictObject({ role: z.string().optional(), parts: z.array(part).min(1) }).optional(),
  tools: z.array(tool).optional(),
  toolConfig: z
    .strictObject({
      functionCallingConfig: z
        .strictObject({
          mode: z.enum(['AUTO', 'ANY', 'NONE', 'VALIDATED']).optional(),
          allowedFunctionNames: z.array(z.string()).optional(),
        })
        .optional(),
      retrievalConfig: struct.optional(),
      includeServerSideToolInvocations: z.boolean().optional(),
    })
    .optional(),
  safetySettings: z.array(z.strictObject({ category: z.string(), threshold: z.string() })).optional(),
  generationConfig: generationConfig.optional(),
  cachedContent: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  serviceTier: z.string().optional(),
  store: z.boolean().optional(),
})

export type GenerateBody = z.infer<typeof generateBody>
export type WireContent = z.infer<typeof content>
export type WirePart = z.infer<typeof part>
