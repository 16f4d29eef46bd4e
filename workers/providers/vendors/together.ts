// Together AI.
import { openaiEmbeddings } from '../../../shared/dialects/embeddings/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const together: Vendor = {
  id: 'together',
  name: 'Together AI',
  // https://github.com/togethercomputer/openapi/blob/main/openapi.yaml, ChatCompletionRequest
  dialect: openaiChat({
    systemRole: 'system',
    completionTokens: false,
    stopList: true,
    logprobs: 'count',
    refuses: ['parallel_tool_calls', 'service_tier', 'user', 'files'],
    // https://docs.together.ai/docs/reasoning-overview
    thinking: [{ efforts: ['low', 'medium', 'high'], toggle: 'reasoning.enabled' }],
  }),
  // Texts in, numbers out, and no other field: https://docs.together.ai/reference/embeddings
  embeddings: openaiEmbeddings({ dimensions: false, unencoded: true, tokens: false, user: false }),
  // https://github.com/togethercomputer/together-typescript/blob/main/api.md
  proxied: ['audio/speech', 'audio/transcriptions', 'audio/translations', 'images/generations'],
  baseUrl: 'https://api.together.ai/v1',
  authorize: bearer,
  docs: 'https://docs.together.ai/docs/openai-api-compatibility',
}
