// vLLM.
import { anthropic } from '../../../shared/dialects/anthropic/index.ts'
import { openaiEmbeddings } from '../../../shared/dialects/embeddings/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { openaiResponses } from '../../../shared/dialects/openai-responses/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const vllm: Vendor = {
  id: 'vllm',
  name: 'vLLM',
  // `user` is ignored, `developer` is not in most models' templates:
  // https://docs.vllm.ai/en/latest/serving/openai_compatible_server/
  dialect: openaiChat({
    systemRole: 'system',
    refuses: ['service_tier', 'user', 'files'],
    // https://github.com/vllm-project/vllm/blob/main/vllm/entrypoints/openai/chat_completion/protocol.py
    prefill: { add_generation_prompt: false, continue_final_message: true },
    thinking: [{ efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] }],
  }),
  // https://docs.vllm.ai/en/latest/serving/online_serving/anthropic_compatible_server/
  alternatives: [
    { dialect: openaiResponses({ leastOutput: 1, encrypts: false, plainThoughts: true }) },
    { dialect: anthropic() },
  ],
  // https://docs.vllm.ai/en/latest/serving/openai_compatible_server/#embeddings-api, and below it transcriptions and translations
  embeddings: openaiEmbeddings(),
  proxied: ['audio/transcriptions', 'audio/translations'],
  // https://docs.vllm.ai/en/v0.15.0/api/vllm/entrypoints/openai/chat_completion/protocol/
  saysSureness: /./,
  usualAddress: 'http://127.0.0.1:8000/v1',
  authorize: bearer,
  docs: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server/',
}
