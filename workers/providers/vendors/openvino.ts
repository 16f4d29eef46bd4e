// OpenVINO Model Server.
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
  usualAddress: 'http://127.0.0.1:8000/v3',
  authorize: bearer,
  docs: 'https://docs.openvino.ai/2026/model-server/ovms_docs_rest_api_chat.html',
}
