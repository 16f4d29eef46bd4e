// Fireworks AI.
import { openaiEmbeddings } from '../../../shared/dialects/embeddings/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { openaiResponses } from '../../../shared/dialects/openai-responses/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const fireworks: Vendor = {
  id: 'fireworks',
  name: 'Fireworks AI',
  // The schemas of request and message are closed: https://docs.fireworks.ai/api-reference/post-chatcompletions
  dialect: openaiChat({
    systemRole: 'system',
    noNames: true,
    refuses: [
      'files',
      'audio',
      'modalities',
      'safety_identifier',
      'store',
      'verbosity',
      'web_search_options',
    ],
    maxStops: 4,
    thoughts: 'reasoning_content',
    // `thinking` and `reasoning_effort` exclude each other: https://docs.fireworks.ai/guides/reasoning
    thinking: [
      {
        efforts: ['none', 'low', 'medium', 'high', 'xhigh'],
        words: { xhigh: 'max' },
        budget: 'thinking.budget_tokens',
      },
    ],
  }),
  // https://docs.fireworks.ai/guides/response-api
  alternatives: [{ dialect: openaiResponses({ leastOutput: 1, encrypts: false }) }],
  // A closed schema: https://docs.fireworks.ai/api-reference/creates-an-embedding-vector-representing-the-input-text
  embeddings: openaiEmbeddings({ unencoded: true, tokens: false, user: false }),
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  authorize: bearer,
  // https://reference.langchain.com/python/langchain-fireworks/middleware, by Fireworks' own documentation
  affinity: 'x-session-affinity',
  docs: 'https://docs.fireworks.ai/tools-sdks/openai-compatibility',
}
