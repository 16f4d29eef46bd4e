// Novita AI.
import { openaiEmbeddings } from '../../../shared/dialects/embeddings/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const novita: Vendor = {
  id: 'novita',
  name: 'Novita AI',
  // https://novita.ai/docs/api-reference/model-apis-llm-create-chat-completion
  dialect: openaiChat({
    systemRole: 'system',
    completionTokens: false,
    refuses: ['parallel_tool_calls', 'service_tier', 'user', 'files'],
    // https://novita.ai/docs/guides/llm-interleaved-thinking
    thoughts: 'reasoning_content',
    thinking: [{ toggle: 'enable_thinking' }],
  }),
  // https://novita.ai/docs/api-reference/model-apis-llm-create-embeddings
  embeddings: openaiEmbeddings({ dimensions: false, base64: false, tokens: false, user: false }),
  baseUrl: 'https://api.novita.ai/openai/v1',
  authorize: bearer,
  docs: 'https://novita.ai/docs/api-reference/model-apis-llm-create-chat-completion',
}
