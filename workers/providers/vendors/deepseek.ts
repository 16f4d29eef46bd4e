// DeepSeek.
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const deepseek: Vendor = {
  id: 'deepseek',
  name: 'DeepSeek',
  dialect: openaiChat({
    systemRole: 'system',
    completionTokens: false,
    // https://api-docs.deepseek.com/api/create-chat-completion
    names: { user: 'user_id' },
    refuses: ['logit_bias', 'min_p', 'n', 'parallel_tool_calls', 'seed', 'service_tier', 'top_k'],
    // https://api-docs.deepseek.com/guides/json_mode
    formats: 'object',
    // Beside tool calls the thoughts must come back, or the answer is 400. The efforts are mapped by the vendor.
    // https://api-docs.deepseek.com/guides/thinking_mode
    thoughts: 'reasoning_content',
    thoughtsBesideCalls: true,
    thinking: [{ efforts: ['minimal', 'low', 'medium', 'high', 'xhigh'], toggle: 'thinking' }],
  }),
  // https://api-docs.deepseek.com/api/create-chat-completion; an error for the one that always thinks:
  // https://api-docs.deepseek.com/guides/reasoning_model
  saysSureness: /^(?!.*reasoner)/,
  baseUrl: 'https://api.deepseek.com',
  authorize: bearer,
  docs: 'https://api-docs.deepseek.com/api/create-chat-completion',
}
