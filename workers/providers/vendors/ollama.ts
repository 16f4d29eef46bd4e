// Ollama.
import { anthropic } from '../../../shared/dialects/anthropic/index.ts'
import { openaiEmbeddings } from '../../../shared/dialects/embeddings/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { openaiResponses } from '../../../shared/dialects/openai-responses/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const ollama: Vendor = {
  id: 'ollama',
  name: 'Ollama',
  // https://docs.ollama.com/api/openai-compatibility#supported-request-fields
  dialect: openaiChat({
    systemRole: 'system',
    noNames: true,
    completionTokens: false,
    inlineMedia: true,
    refuses: [
      'logit_bias',
      'logprobs',
      'min_p',
      'n',
      'parallel_tool_calls',
      'service_tier',
      'tool_choice',
      'top_k',
      'user',
      'files',
      'audio',
    ],
    thoughts: 'reasoning',
    thinking: [{ efforts: ['none', 'low', 'medium', 'high', 'xhigh'], words: { xhigh: 'max' } }],
  }),
  // https://docs.ollama.com/api/anthropic-compatibility
  alternatives: [
    { dialect: openaiResponses({ leastOutput: 1, encrypts: false, plainThoughts: true }) },
    { dialect: anthropic({ inlineMedia: true }) },
  ],
  // https://docs.ollama.com/api/openai-compatibility#%2Fv1%2Fembeddings
  embeddings: openaiEmbeddings({ tokens: false, user: false }),
  proxied: ['images/generations'], // "experimental"
  usualAddress: 'http://127.0.0.1:11434/v1',
  authorize: bearer,
  docs: 'https://docs.ollama.com/api/openai-compatibility',
}
