// Hugging Face's router in front of many inference providers.
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const huggingface: Vendor = {
  id: 'huggingface',
  name: 'Hugging Face',
  // https://huggingface.co/docs/inference-providers/tasks/chat-completion#request
  dialect: openaiChat({
    systemRole: 'system',
    completionTokens: false,
    stopList: true,
    maxStops: 4,
    refuses: [
      'logit_bias',
      'min_p',
      'n',
      'parallel_tool_calls',
      'service_tier',
      'top_k',
      'user',
      'files',
      'audio',
    ],
    thinking: [{ efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] }],
  }),
  baseUrl: 'https://router.huggingface.co/v1',
  authorize: bearer,
  // https://openrouter.ai/docs/api/reference/streaming#stream-cancellation
  billsCancelled: true,
  docs: 'https://huggingface.co/docs/inference-providers/tasks/chat-completion',
}
