// Together AI.
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
  baseUrl: 'https://api.together.ai/v1',
  authorize: bearer,
  docs: 'https://docs.together.ai/docs/openai-api-compatibility',
}
