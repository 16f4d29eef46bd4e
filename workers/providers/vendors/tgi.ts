// Hugging Face's Text Generation Inference.
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const tgi: Vendor = {
  id: 'tgi',
  name: 'Text Generation Inference',
  // https://github.com/huggingface/text-generation-inference/blob/main/docs/openapi.json, ChatRequest
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
    noStrictTools: true,
    // A grammar: https://huggingface.co/docs/text-generation-inference/basic_tutorials/using_guidance
    formats: 'schema-only',
    schemaField: 'value',
    thinking: [{}],
  }),
  // https://huggingface.co/docs/text-generation-inference/reference/launcher#port
  usualAddress: 'http://127.0.0.1:3000/v1',
  authorize: bearer,
  docs: 'https://huggingface.co/docs/text-generation-inference/reference/api_reference',
}
