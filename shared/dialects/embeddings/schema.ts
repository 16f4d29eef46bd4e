// What a request for embeddings must look like to be understood; fields not named here pass untouched. Pure.
// Source: https://platform.openai.com/docs/api-reference/embeddings/create
import { z } from 'zod'

/** OpenAI takes so many inputs in one request. */
const MAX_INPUTS = 2048

const tokens = z.array(z.int().min(0)).min(1)

export const requestSchema = z.looseObject({
  model: z.string().min(1).max(256).nullish(),
  input: z.union([
    z.string().min(1),
    z.array(z.string().min(1)).min(1).max(MAX_INPUTS),
    tokens,
    z.array(tokens).min(1).max(MAX_INPUTS),
  ]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).max(65_536).nullish(),
  user: z.string().nullish(),
  // Vendors' own words for what the vectors are for; OpenAI has none.
  input_type: z.string().max(64).nullish(),
  task_type: z.string().max(64).nullish(),
})
