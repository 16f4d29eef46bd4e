// Moonshot AI, which makes Kimi.
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

/** Their sampling is fixed: https://platform.moonshot.ai/docs/guide/kimi-k2-5-quickstart#parameters */
const FIXED = /^kimi-k(?:2\.[5-9]|[3-9])/

export const moonshot: Vendor = {
  id: 'moonshot',
  name: 'Moonshot AI',
  // https://platform.moonshot.ai/docs/api/chat
  dialect: openaiChat({
    systemRole: 'system',
    completionTokens: true,
    maxStops: 5,
    maxTemperature: 1,
    names: { user: 'safety_identifier' },
    refuses: [
      { field: 'temperature', models: FIXED },
      { field: 'top_p', models: FIXED },
      { field: 'n', models: FIXED },
      { field: 'presence_penalty', models: FIXED },
      { field: 'frequency_penalty', models: FIXED },
      'logit_bias',
      'logprobs',
      'min_p',
      'parallel_tool_calls',
      'seed',
      'service_tier',
      'top_k',
      'files',
      'audio',
    ],
    // https://platform.moonshot.ai/docs/guide/use-partial-mode-feature-of-kimi-api
    prefill: 'partial',
    // "reasoning_content is missing in assistant tool call message" is an error:
    // https://platform.moonshot.ai/docs/guide/use-kimi-k2-thinking-model
    thoughts: 'reasoning_content',
    thoughtsBesideCalls: true,
    thinking: [
      { models: /^kimi-k2\.[56]$/, toggle: 'thinking' },
      { models: /^kimi-k[3-9]/, efforts: ['low', 'high', 'xhigh'], words: { xhigh: 'max' } },
      {},
    ],
  }),
  baseUrl: 'https://api.moonshot.ai/v1',
  authorize: bearer,
  // An account without money is a 429: https://forum.moonshot.ai/t/429-insufficient-balance/244
  deadWords: /exceeded_current_quota_error|insufficient balance/,
  example: 'kimi-k2.6',
  docs: 'https://platform.moonshot.ai/docs/api/chat',
}
