// Groq.
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { openaiResponses } from '../../../shared/dialects/openai-responses/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const groq: Vendor = {
  id: 'groq',
  name: 'Groq',
  dialect: openaiChat({
    completionTokens: true,
    // Answered with 400: https://console.groq.com/docs/openai#currently-unsupported-openai-features
    noNames: true,
    refuses: [
      'logprobs',
      'logit_bias',
      'n',
      // "Not yet supported by any of our models": https://console.groq.com/docs/api-reference#chat-create
      'frequency_penalty',
      'presence_penalty',
      'metadata',
      'store',
      // Properties that the reference does not list are refused too.
      'top_k',
      'min_p',
    ],
    maxStops: 4,
    // "property 'reasoning_content' is unsupported", and `reasoning` is for the models that think only.
    thoughts: 'none',
    // https://console.groq.com/docs/reasoning#options-for-reasoning-effort
    thinking: [
      { models: /gpt-oss/, efforts: ['low', 'medium', 'high'] },
      { models: /^qwen\/qwen3\.8/, efforts: ['none', 'low', 'medium', 'high'] },
      { models: /^qwen\/qwen3/, efforts: ['none', 'medium'], words: { medium: 'default' } },
      { models: /^(?!llama|meta-llama|gemma|groq\/compound)/, efforts: ['none', 'low', 'medium', 'high'] },
    ],
  }),
  // https://console.groq.com/docs/responses-api
  alternatives: [{ dialect: openaiResponses({ leastOutput: 1, encrypts: false }) }],
  // https://console.groq.com/docs/api-reference#audio
  proxied: ['audio/speech', 'audio/transcriptions', 'audio/translations'],
  baseUrl: 'https://api.groq.com/openai/v1',
  authorize: bearer,
  // https://openrouter.ai/docs/api/reference/streaming#stream-cancellation
  billsCancelled: true,
  example: 'openai/gpt-oss-120b',
  docs: 'https://console.groq.com/docs/openai',
}
