// Cohere, over its compatibility API.
import { cohereEmbeddings } from '../../../shared/dialects/embeddings/cohere.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const cohere: Vendor = {
  id: 'cohere',
  name: 'Cohere',
  // Lists of what is supported and what is not: https://docs.cohere.com/docs/compatibility-api#supported-parameters
  dialect: openaiChat({
    completionTokens: false,
    refuses: [
      'logit_bias',
      'logprobs',
      'min_p',
      'n',
      'parallel_tool_calls',
      'service_tier',
      'tool_choice',
      'top_k',
      'user',
      'files',
      'audio',
      'metadata',
      'modalities',
      'prediction',
      'store',
    ],
    thinking: [{ efforts: ['none', 'high'] }],
  }),
  embeddings: cohereEmbeddings,
  baseUrl: 'https://api.cohere.ai/compatibility/v1',
  authorize: bearer,
  docs: 'https://docs.cohere.com/docs/compatibility-api',
}
