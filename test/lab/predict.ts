// Embeddings as Vertex AI predicts them, and what it refuses; the vectors are the lab's own.
// Source: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
import { z } from 'zod'
import { countOf } from './ask.ts'
import { vectorOf } from './embeddings.ts'
import { generate } from './gemini.ts'
import { bearerOf, bodyOf, Refused, type Wire } from './wire.ts'

const instance = z.strictObject({
  content: z.string().min(1),
  task_type: z.enum(['RETRIEVAL_QUERY', 'RETRIEVAL_DOCUMENT', 'CLASSIFICATION', 'CLUSTERING']).optional(),
  title: z.string().optional(),
})

const body = z.strictObject({
  instances: z.array(instance).min(1).max(5),
  parameters: z
    .strictObject({ outputDimensionality: z.int().min(1).optional(), autoTruncate: z.boolean().optional() })
    .optional(),
})

export const predict: Wire = {
  ...generate,
  name: 'vertex-predict',
  address: /^\/v1\/projects\/\w+\/locations\/\w+\/publishers\/google\/models\/[^/:]+:predict$/,
  keyOf: bearerOf,
  answer(request) {
    const checked = body.safeParse(bodyOf(request))
    if (!checked.success) throw new Refused(400, checked.error.issues[0]?.message ?? 'Invalid value.')
    const { instances, parameters } = checked.data
    if (request.model.startsWith('gemini-embedding') && instances.length > 1)
      throw new Refused(400, 'This model takes one instance.')
    const predictions = instances.map(({ content }) => ({
      embeddings: {
        values: vectorOf(content, parameters?.outputDimensionality ?? 768),
        statistics: { truncated: false, token_count: countOf(content) },
      },
    }))
    return { whole: { predictions, metadata: { billableCharacterCount: 10 } } }
  },
}
