// Alibaba Cloud Model Studio, which serves Qwen; the international region. Others by their `baseUrl`.
import { openaiEmbeddings } from '../../../shared/dialects/embeddings/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const qwen: Vendor = {
  id: 'qwen',
  name: 'Alibaba Qwen',
  // https://www.alibabacloud.com/help/en/model-studio/qwen-api-via-openai-chat-completions
  dialect: openaiChat({
    systemRole: 'system',
    completionTokens: false,
    refuses: ['frequency_penalty', 'logit_bias', 'min_p', 'service_tier', 'user', 'files'],
    // https://www.alibabacloud.com/help/en/model-studio/deep-thinking
    thinking: [{ toggle: 'enable_thinking', budget: 'thinking_budget' }],
    // "enable_thinking must be set to false for non-streaming calls", which holds for the open models:
    // https://www.alibabacloud.com/help/en/model-studio/error-code
    unstreamed: { models: /^qwen3-(?:[\d.]+b)/, fields: { enable_thinking: false } },
  }),
  // https://www.alibabacloud.com/help/en/model-studio/text-embedding-synchronous-api
  embeddings: openaiEmbeddings({
    base64: false,
    tokens: false,
    user: false,
    maxInputs: (model) => (/^text-embedding-v[12]$/.test(model) ? 25 : 10),
  }),
  baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
  authorize: bearer,
  // A bill that was not paid is a 400: https://www.alibabacloud.com/help/en/model-studio/error-code
  deadWords: /"Arrearage"/,
  // https://openrouter.ai/docs/api/reference/streaming#stream-cancellation
  billsCancelled: true,
  docs: 'https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope',
}
