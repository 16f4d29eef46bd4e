// Any server that speaks one of OpenAI's wire formats and is no vendor of ours.
import { openaiEmbeddings } from '../../../shared/dialects/embeddings/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { openaiResponses } from '../../../shared/dialects/openai-responses/index.ts'
import { ENDPOINTS } from '../../../shared/request.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const compatible: Vendor = {
  id: 'compatible',
  name: 'Any compatible server',
  // `developer` is OpenAI's own; chat templates of open models know `system`.
  // What refuses `max_tokens` is the model, also behind a proxy: https://platform.openai.com/docs/guides/reasoning
  dialect: openaiChat({ systemRole: 'system', completionTokens: /(?:^|\/)(?:o\d|gpt-[5-9])/ }),
  embeddings: openaiEmbeddings(),
  proxied: ENDPOINTS,
  authorize: bearer,
  docs: 'https://platform.openai.com/docs/api-reference/chat',
}

export const compatibleResponses: Vendor = {
  id: 'compatible-responses',
  name: 'Any server with the Responses API',
  dialect: openaiResponses({ encrypts: false, plainThoughts: true }),
  embeddings: openaiEmbeddings(),
  proxied: ENDPOINTS,
  authorize: bearer,
  docs: 'https://platform.openai.com/docs/api-reference/responses',
}
