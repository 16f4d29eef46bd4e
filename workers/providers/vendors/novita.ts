// Novita AI.
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
  baseUrl: 'https://api.novita.ai/openai/v1',
  authorize: bearer,
  docs: 'https://novita.ai/docs/api-reference/model-apis-llm-create-chat-completion',
}
