// Cerebras.
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const cerebras: Vendor = {
  id: 'cerebras',
  name: 'Cerebras',
  // `developer` is not exposed, and some fields are answered with 400: https://inference-docs.cerebras.ai/resources/openai
  dialect: openaiChat({
    systemRole: 'system',
    completionTokens: true,
    refuses: ['frequency_penalty', 'logit_bias', 'min_p', 'presence_penalty', 'top_k'],
    maxStops: 4,
    // https://inference-docs.cerebras.ai/capabilities/reasoning
    thinking: [{ efforts: ['none', 'low', 'medium', 'high'] }],
  }),
  baseUrl: 'https://api.cerebras.ai/v1',
  authorize: bearer,
  docs: 'https://inference-docs.cerebras.ai/resources/openai',
}
