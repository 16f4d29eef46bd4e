// OpenAI.
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

/** Always think, and then answer 400 to what shapes the choice of words. */
const THINKING = /^(?:o\d|gpt-5(?:-mini|-nano)?(?:-\d{4}|$))/

export const openai: Vendor = {
  id: 'openai',
  name: 'OpenAI',
  dialect: openaiChat({
    // Reasoning models answer 400 to `max_tokens`: https://platform.openai.com/docs/guides/reasoning
    completionTokens: /^(?:o\d|gpt-[5-9]|codex)/,
    maxStops: 4,
    refuses: [
      'top_k',
      'min_p',
      // https://platform.openai.com/docs/guides/latest-model#parameter-compatibility
      { field: 'temperature', models: THINKING },
      { field: 'top_p', models: THINKING },
      { field: 'logprobs', models: THINKING },
      { field: 'presence_penalty', models: THINKING },
      { field: 'frequency_penalty', models: THINKING },
      { field: 'logit_bias', models: THINKING },
      // https://platform.openai.com/docs/api-reference/chat/create#chat-create-stop
      { field: 'stop', models: /^(?:o3|o4-mini)/ },
    ],
    // https://platform.openai.com/docs/api-reference/chat/create#chat-create-reasoning_effort
    thinking: [
      { models: /^o\d/, efforts: ['low', 'medium', 'high'] },
      { models: THINKING, efforts: ['minimal', 'low', 'medium', 'high'] },
      { models: /^gpt-5\.1/, efforts: ['none', 'low', 'medium', 'high'] },
      {
        models: /^gpt-[5-9](?!.*chat)/,
        efforts: ['none', 'low', 'medium', 'high', 'xhigh'],
        also: ['minimal', 'max'],
      },
    ],
  }),
  baseUrl: 'https://api.openai.com/v1',
  authorize: bearer,
  docs: 'https://platform.openai.com/docs/api-reference/chat',
}
