// OpenAI.
import { openaiEmbeddings } from '../../../shared/dialects/embeddings/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { openaiResponses } from '../../../shared/dialects/openai-responses/index.ts'
import { OPENAI_EFFORTS } from '../../../shared/dialects/openai-responses/reasoning.ts'
import { ENDPOINTS } from '../../../shared/request.ts'
import { gptCounting } from '../families.ts'
import { bearer, type Vendor } from '../vendor.ts'

/** Always think, and then answer 400 to what shapes the choice of words. */
const THINKING = /^(?:o\d|gpt-5(?:-mini|-nano)?(?:-\d{4}|$))/

/**
 * Chat completions answer 404 for them: https://platform.openai.com/docs/models and `ResponsesModel` of OpenAI's library,
 * https://github.com/openai/openai-node/blob/master/src/resources/shared.ts
 */
const RESPONSES_ONLY = /^(?:o\d|gpt-[\d.]+)-pro|deep-research|codex|^computer-use|-cyber|rosalind|daybreak/

/** Sound, and the search built into a model, are for chat completions alone: https://platform.openai.com/docs/models */
const BOTH = /^(?!.*(?:audio|search))/

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
    // Messages have no field for them, and an unknown field is an error; here they stay with OpenAI itself.
    thoughts: 'none',
    // What the newest models take beside these is left to clients of this dialect.
    thinking: [{ models: /chat/ }, ...OPENAI_EFFORTS.map((knob) => ({ ...knob, also: ['minimal', 'max'] }))],
  }),
  embeddings: openaiEmbeddings(),
  // https://platform.openai.com/docs/api-reference/audio, /images and /moderations
  proxied: ENDPOINTS,
  alternatives: [{ dialect: openaiResponses(), models: RESPONSES_ONLY, kin: BOTH }],
  baseUrl: 'https://api.openai.com/v1',
  authorize: bearer,
  // Nothing left to spend is a 429 like any other: https://platform.openai.com/docs/guides/error-codes#api-errors
  deadWords: /"insufficient_quota"/,
  // https://developers.openai.com/api/docs/guides/prompt-caching
  cacheKey: true,
  // https://platform.openai.com/docs/api-reference/chat/create#chat-create-logprobs
  saysSureness: /^(?!o\d|gpt-5)/,
  counting: gptCounting(),
  example: 'gpt-5.6-sol',
  docs: 'https://platform.openai.com/docs/api-reference/chat',
}
