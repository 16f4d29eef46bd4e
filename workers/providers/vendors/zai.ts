// Z.ai, which makes GLM.
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const zai: Vendor = {
  id: 'zai',
  name: 'Z.ai',
  // https://docs.z.ai/api-reference/llm/chat-completion
  dialect: openaiChat({
    systemRole: 'system',
    noNames: true,
    completionTokens: false,
    streamOptions: false, // usage comes with the last chunk unasked
    maxTemperature: 1,
    names: { user: 'user_id' },
    refuses: [
      'frequency_penalty',
      'logit_bias',
      'logprobs',
      'min_p',
      'n',
      'parallel_tool_calls',
      'presence_penalty',
      'service_tier',
      'top_k',
    ],
    noForcedTool: true,
    noStrictTools: true,
    // https://docs.z.ai/guides/capabilities/struct-output
    formats: 'object',
    // Thoughts are to be returned with the results of tools: https://docs.z.ai/guides/capabilities/thinking-mode
    thoughts: 'reasoning_content',
    thinking: [
      // Always on: https://docs.z.ai/guides/llm/glm-5.3
      { models: /^glm-5\.[3-9]/, efforts: ['low', 'high', 'xhigh'], words: { xhigh: 'max' } },
      { toggle: 'thinking' },
    ],
  }),
  // https://docs.z.ai/api-reference/image/generate-image
  proxied: ['images/generations'],
  baseUrl: 'https://api.z.ai/api/paas/v4',
  authorize: bearer,
  docs: 'https://docs.z.ai/api-reference/llm/chat-completion',
}
