// DeepSpeed-MII's OpenAI-compatible server.
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const deepspeedMii: Vendor = {
  id: 'deepspeed-mii',
  name: 'DeepSpeed-MII',
  // Messages are plain texts, and there are few fields:
  // https://github.com/deepspeedai/DeepSpeed-MII/blob/main/mii/entrypoints/data_models.py, ChatCompletionRequest
  dialect: openaiChat({
    systemRole: 'system',
    content: 'text',
    completionTokens: false,
    streamOptions: false,
    refuses: [
      'logit_bias',
      'logprobs',
      'min_p',
      'parallel_tool_calls',
      'seed',
      'service_tier',
      'tool_choice',
      'tools',
      'audio',
      'files',
      'images',
    ],
    formats: 'none',
    thoughts: 'none',
    thinking: [{}],
  }),
  // https://github.com/deepspeedai/DeepSpeed-MII/blob/main/mii/entrypoints/openai_api_server.py, --port
  usualAddress: 'http://127.0.0.1:8000/v1',
  authorize: bearer,
  docs: 'https://github.com/deepspeedai/DeepSpeed-MII',
}
