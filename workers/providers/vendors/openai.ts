// OpenAI.
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const openai: Vendor = {
  id: 'openai',
  name: 'OpenAI',
  // Reasoning models answer 400 to `max_tokens`: https://platform.openai.com/docs/guides/reasoning
  dialect: openaiChat({ completionTokens: /^(?:o\d|gpt-5)/ }),
  baseUrl: 'https://api.openai.com/v1',
  authorize: bearer,
  docs: 'https://platform.openai.com/docs/api-reference/chat',
}
