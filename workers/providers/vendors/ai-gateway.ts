// Cloudflare AI Gateway: many vendors and Workers AI behind one account, billed and logged there.
import { anthropic } from '../../../shared/dialects/anthropic/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { openaiResponses } from '../../../shared/dialects/openai-responses/index.ts'
import { claudeCounting, geminiCounting, gptCounting } from '../families.ts'
import type { Vendor } from '../vendor.ts'

export const aiGateway: Vendor = {
  id: 'ai-gateway',
  name: 'Cloudflare AI Gateway',
  // Models are `<author>/<model>`; what refuses `max_tokens` is the model: https://platform.openai.com/docs/guides/reasoning
  dialect: openaiChat({ systemRole: 'system', completionTokens: /(?:^|\/)(?:o\d|gpt-[5-9])/ }),
  alternatives: [{ dialect: openaiResponses() }, { dialect: anthropic() }],
  // Takes the place of the older /compat: https://developers.cloudflare.com/ai-gateway/usage/chat-completion/
  baseUrl: 'https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1',
  settings: {
    account: { about: 'the id of the Cloudflare account' },
    gateway: { about: 'the id of the gateway', default: 'default' },
  },
  authorize: (key, { settings }) => ({
    authorization: `Bearer ${key}`,
    'cf-aig-gateway-id': settings['gateway'] ?? 'default',
  }),
  counting: [...gptCounting('openai/'), claudeCounting, geminiCounting],
  docs: 'https://developers.cloudflare.com/ai-gateway/usage/rest-api/',
}
