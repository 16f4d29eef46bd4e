// LM Studio's local server.
import { openaiEmbeddings } from '../../../shared/dialects/embeddings/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { openaiResponses } from '../../../shared/dialects/openai-responses/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const lmStudio: Vendor = {
  id: 'lm-studio',
  name: 'LM Studio',
  // https://lmstudio.ai/docs/developer/openai-compat/chat-completions#supported-payload-parameters
  dialect: openaiChat({
    systemRole: 'system',
    completionTokens: false,
    refuses: ['logprobs', 'min_p', 'n', 'parallel_tool_calls', 'service_tier', 'user', 'files', 'audio'],
    // https://lmstudio.ai/docs/developer/openai-compat/structured-output
    formats: 'schema-only',
  }),
  // https://lmstudio.ai/docs/developer/openai-compat/responses
  alternatives: [{ dialect: openaiResponses({ leastOutput: 1, encrypts: false, plainThoughts: true }) }],
  // https://lmstudio.ai/docs/developer/openai-compat/embeddings
  embeddings: openaiEmbeddings({ dimensions: false, base64: false, tokens: false, user: false }),
  // https://lmstudio.ai/docs/developer/openai-compat
  usualAddress: 'http://127.0.0.1:1234/v1',
  authorize: bearer,
  docs: 'https://lmstudio.ai/docs/developer/openai-compat/chat-completions',
}
