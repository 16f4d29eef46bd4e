// Perplexity's Sonar models, which search the web before they answer.
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const perplexity: Vendor = {
  id: 'perplexity',
  name: 'Perplexity',
  // https://docs.perplexity.ai/api-reference/chat-completions-post
  dialect: openaiChat({
    systemRole: 'system',
    noNames: true,
    completionTokens: false,
    streamOptions: false, // usage stands in every chunk
    refuses: [
      'logit_bias',
      'min_p',
      'parallel_tool_calls',
      'seed',
      'service_tier',
      'tool_choice',
      'tools',
      'user',
      'audio',
    ],
    // https://docs.perplexity.ai/guides/structured-outputs
    formats: 'schema-only',
    thinking: [{ models: /reasoning|deep-research/, efforts: ['minimal', 'low', 'medium', 'high'] }, {}],
  }),
  baseUrl: 'https://api.perplexity.ai',
  authorize: bearer,
  // https://openrouter.ai/docs/api/reference/streaming#stream-cancellation
  billsCancelled: true,
  example: 'sonar-reasoning-pro',
  docs: 'https://docs.perplexity.ai/docs/sonar/openai-compatibility',
}
