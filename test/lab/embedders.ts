// Embeddings as Gemini, Cohere and Workers AI make them, and what each of them refuses; the vectors are the lab's own.
// Sources: https://ai.google.dev/api/embeddings, https://docs.cohere.com/reference/embed,
// https://developers.cloudflare.com/workers-ai/models/bge-base-en-v1.5/
import { z } from 'zod'
import { countOf } from './ask.ts'
import { vectorOf } from './embeddings.ts'
import { generate } from './gemini.ts'
import { bearerOf, bodyOf, eventOf, type Fields, Refused, type Wire } from './wire.ts'

function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new Refused(400, `${issue?.path.join('.')}: ${issue?.message}`)
}

const googleBatch = z.strictObject({
  requests: z
    .array(
      z.strictObject({
        model: z.string().startsWith('models/'),
        content: z.strictObject({
          role: z.string().optional(),
          parts: z.array(z.strictObject({ text: z.string().min(1) })).min(1),
        }),
        taskType: z
          .enum([
            'RETRIEVAL_QUERY',
            'RETRIEVAL_DOCUMENT',
            'SEMANTIC_SIMILARITY',
            'CLASSIFICATION',
            'CLUSTERING',
            'QUESTION_ANSWERING',
            'FACT_VERIFICATION',
            'CODE_RETRIEVAL_QUERY',
          ])
          .optional(),
        title: z.string().optional(),
        outputDimensionality: z.int().min(1).optional(),
      }),
    )
    .min(1)
    .max(100),
})

export const googleEmbed: Wire = {
  ...generate,
  name: 'gemini-embeddings',
  address: /^\/v1(?:beta)?\/models\/[^/:]+:batchEmbedContents$/,
  answer(request) {
    const { requests } = read(googleBatch, bodyOf(request))
    if (requests.some(({ model }) => model !== `models/${request.model}`))
      throw new Refused(400, 'requests[].model must be the model of the address.')
    const texts = requests.map(({ content }) => content.parts.map(({ text }) => text).join(''))
    const embeddings = requests.map(({ outputDimensionality = 3072 }, at) => ({
      values: vectorOf(texts[at] ?? '', outputDimensionality),
    }))
    return { whole: { embeddings, usageMetadata: { promptTokenCount: countOf(texts) } } }
  },
}

const cohereBody = z.strictObject({
  model: z.string().min(1),
  texts: z.array(z.string().min(1)).min(1).max(96),
  input_type: z.enum(['search_document', 'search_query', 'classification', 'clustering', 'image']),
  embedding_types: z.array(z.enum(['float', 'int8', 'uint8', 'binary', 'ubinary', 'base64'])).optional(),
  output_dimension: z.union([z.literal(256), z.literal(512), z.literal(1024), z.literal(1536)]).optional(),
  truncate: z.enum(['NONE', 'START', 'END']).optional(),
  max_tokens: z.int().optional(),
})

export const cohereEmbed: Wire = {
  name: 'cohere-embeddings',
  address: /^\/v2\/embed$/,
  keyOf: bearerOf,
  answer(request, _behaviour, head) {
    const { texts, output_dimension: dimensions = 1536 } = read(cohereBody, bodyOf(request))
    return {
      whole: {
        id: `lab-${head.count}`,
        embeddings: { float: texts.map((text) => vectorOf(text, dimensions)) },
        texts,
        meta: { api_version: { version: '2' }, billed_units: { input_tokens: countOf(texts) } },
      },
    }
  },
  failure: ({ message }) => ({ id: 'lab', message }),
  failureEvent: (message) => eventOf({ message }),
}

const cloudflareInputs = z.strictObject({
  text: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(100)]),
  pooling: z.enum(['mean', 'cls']).optional(),
})

export const isEmbedder = (model: string): boolean =>
  /^@cf\/(?:baai\/bge|google\/embeddinggemma)-/.test(model)

/** What a model of Workers AI's answers that makes vectors; of 768 numbers each, like bge-base. */
export function cloudflareEmbed(inputs: Fields): Fields {
  const { text } = read(cloudflareInputs, inputs)
  const data = [text].flat().map((one) => vectorOf(one, 768))
  return { shape: [data.length, 768], data, pooling: 'mean' }
}
