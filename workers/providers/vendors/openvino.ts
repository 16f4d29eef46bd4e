// OpenVINO Model Server.
import { openaiEmbeddings } from '../../../shared/dialects/embeddings/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const openvino: Vendor = {
  id: 'openvino',
  name: 'OpenVINO Model Server',
  // https://docs.openvino.ai/2026/model-server/ovms_docs_rest_api_chat.html#request
  dialect: openaiChat({
    systemRole: 'system',
    refuses: ['logit_bias', 'parallel_tool_calls', 'service_tier', 'top_logprobs', 'user', 'files', 'audio'],
    maxStops: 4,
    thinking: [{ toggle: 'chat_template_kwargs.enable_thinking' }],
  }),
  // https://docs.openvino.ai/2026/model-server/ovms_docs_rest_api_embeddings.html#request
  embeddings: openaiEmbeddings({ dimensions: false, tokens: false, user: false, maxInputs: () => 1024 }),
  // https://docs.openvino.ai/2026/model-server/ovms_docs_rest_api_speech_to_text.html and ..._image_generation.html
  proxied: ['audio/transcriptions', 'images/generations'],
  usualAddress: 'http://127.0.0.1:8000/v3',
  authorize: bearer,
  docs: 'https://docs.openvino.ai/2026/model-server/ovms_docs_rest_api_chat.html',
}
