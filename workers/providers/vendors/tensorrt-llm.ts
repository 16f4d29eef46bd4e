// NVIDIA TensorRT-LLM, served by trtllm-serve.
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const tensorrtLlm: Vendor = {
  id: 'tensorrt-llm',
  name: 'TensorRT-LLM',
  // https://github.com/NVIDIA/TensorRT-LLM/blob/main/tensorrt_llm/serve/openai_protocol.py, ChatCompletionRequest
  dialect: openaiChat({
    systemRole: 'system',
    completionTokens: false,
    refuses: ['service_tier', 'user', 'files'],
    thinking: [{ efforts: ['none', 'low', 'medium', 'high', 'xhigh'], words: { xhigh: 'max' } }],
  }),
  usualAddress: 'http://127.0.0.1:8000/v1',
  authorize: bearer,
  docs: 'https://nvidia.github.io/TensorRT-LLM/commands/trtllm-serve/trtllm-serve.html',
}
