// xAI.
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { openaiResponses } from '../../../shared/dialects/openai-responses/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

/** All that think: https://docs.x.ai/docs/models */
const THINKING = /^grok-(?!2|3(?!-mini))(?!.*non-reasoning)/

export const xai: Vendor = {
  id: 'xai',
  name: 'xAI',
  dialect: openaiChat({
    systemRole: 'system',
    completionTokens: true,
    refuses: [
      // An error for models that think: https://docs.x.ai/docs/guides/reasoning
      { field: 'stop', models: THINKING },
      { field: 'presence_penalty', models: THINKING },
      { field: 'frequency_penalty', models: THINKING },
      // https://docs.x.ai/docs/api-reference#chat-completions
      'logit_bias',
      'min_p',
      'top_k',
    ],
    // An error where a model does not know it: https://docs.x.ai/docs/guides/reasoning
    thinking: [
      { models: /^grok-(?:2|3(?!-mini)|4(?:-\d{4}|-latest)?$|4(?:-1)?-fast)|^grok-4\.20.*reasoning$/ },
      { models: /^grok-3-mini/, efforts: ['low', 'high'] },
      { efforts: ['none', 'low', 'medium', 'high'] },
    ],
  }),
  // https://docs.x.ai/docs/guides/responses-api
  alternatives: [{ dialect: openaiResponses({ leastOutput: 1 }) }],
  // https://docs.x.ai/docs/guides/image-generations; edits take JSON alone
  proxied: ['images/generations', 'images/edits'],
  baseUrl: 'https://api.x.ai/v1',
  authorize: bearer,
  // https://docs.x.ai/developers/advanced-api-usage/prompt-caching/maximizing-cache-hits
  affinity: 'x-grok-conv-id',
  docs: 'https://docs.x.ai/docs/api-reference',
}
