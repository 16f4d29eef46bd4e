// Mistral.
import { openaiEmbeddings } from '../../../shared/dialects/embeddings/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const mistral: Vendor = {
  id: 'mistral',
  name: 'Mistral',
  // The request schema is closed, so what it does not list is answered with 422:
  // https://docs.mistral.ai/api/#tag/chat/operation/chat_completion_v1_chat_completions_post
  dialect: openaiChat({
    systemRole: 'system',
    noNames: true,
    completionTokens: false,
    streamOptions: false, // usage comes with the last chunk unasked
    names: { seed: 'random_seed' },
    refuses: [
      'logit_bias',
      'logprobs',
      'min_p',
      'service_tier',
      'top_k',
      'user',
      'files',
      'audio',
      'modalities',
      'safety_identifier',
      'store',
      'verbosity',
      'web_search_options',
    ],
    // `any` forces a call: https://docs.mistral.ai/capabilities/function_calling/
    requiredTool: 'any',
    // "must be a-z, A-Z, 0-9, with a length of 9":
    // https://github.com/mistralai/mistral-common/blob/main/src/mistral_common/protocol/instruct/validator.py
    callIds: { pattern: /^[a-zA-Z0-9]{9}$/, chars: 9 },
    // https://docs.mistral.ai/capabilities/completion/prefix/
    prefill: 'prefix',
    // Thoughts are parts of the content, on or off: https://docs.mistral.ai/capabilities/reasoning/
    thoughts: 'content',
    thinking: [{ efforts: ['none', 'high'] }],
  }),
  // https://docs.mistral.ai/api/endpoint/embeddings
  embeddings: openaiEmbeddings({ dimensions: 'output_dimension', tokens: false, user: false }),
  // https://docs.mistral.ai/api/endpoint/audio/transcriptions, /audio/speech and /classifiers
  proxied: ['audio/speech', 'audio/transcriptions', 'moderations'],
  baseUrl: 'https://api.mistral.ai/v1',
  authorize: bearer,
  // https://openrouter.ai/docs/api/reference/streaming#stream-cancellation
  billsCancelled: true,
  // https://docs.mistral.ai/inference/conversations/advanced/prompt-caching
  cacheKey: true,
  docs: 'https://docs.mistral.ai/api/',
}
