// XRoute, a router with one address for each family of models.
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const xroute: Vendor = {
  id: 'xroute',
  name: 'XRoute',
  // What refuses `max_tokens` is the model, also behind a router: https://platform.openai.com/docs/guides/reasoning
  dialect: openaiChat({ systemRole: 'system', completionTokens: /(?:^|\/)(?:o\d|gpt-[5-9])/ }),
  baseUrl: 'https://api.xroute.ai/{family}/v1',
  settings: { family: { about: 'whose models: openai, deepseek, grok, google, doubao', default: 'openai' } },
  authorize: bearer,
  docs: 'https://xroute.ai/',
}
