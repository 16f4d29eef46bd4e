// DeepInfra.
import { openaiEmbeddings } from '../../../shared/dialects/embeddings/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const deepinfra: Vendor = {
  id: 'deepinfra',
  name: 'DeepInfra',
  // https://docs.deepinfra.com/chat/overview#supported-parameters
  dialect: openaiChat({
    systemRole: 'system',
    completionTokens: false,
    refuses: ['parallel_tool_calls', 'files'],
    maxStops: 4,
    // `auto` and `none` only: https://docs.deepinfra.com/chat/tool-calling#supported-features
    noForcedTool: true,
    // https://docs.deepinfra.com/chat/reasoning
    thinking: [{ efforts: ['none', 'low', 'medium', 'high'] }],
  }),
  // "All Embeddings models": https://deepinfra.com/docs/openai_api
  embeddings: openaiEmbeddings({ base64: false, tokens: false, user: false }),
  // https://docs.deepinfra.com/api-reference, under the address of its OpenAI API
  proxied: ['audio/speech', 'audio/transcriptions', 'images/generations', 'images/edits'],
  baseUrl: 'https://api.deepinfra.com/v1/openai',
  authorize: bearer,
  docs: 'https://docs.deepinfra.com/chat/overview',
}
