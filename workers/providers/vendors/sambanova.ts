// SambaNova Cloud.
import { openaiEmbeddings } from '../../../shared/dialects/embeddings/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const sambanova: Vendor = {
  id: 'sambanova',
  name: 'SambaNova',
  // https://github.com/sambanova/sambanova-python/blob/main/src/sambanova/types/chat/completion_create_params.py
  dialect: openaiChat({
    systemRole: 'system',
    // The penalties are accepted and do nothing; the others are not known.
    refuses: ['frequency_penalty', 'presence_penalty', 'min_p', 'service_tier', 'user', 'files'],
    thinking: [
      { models: /gpt-oss/, efforts: ['low', 'medium', 'high'] },
      { toggle: 'chat_template_kwargs.enable_thinking' },
    ],
  }),
  // https://github.com/sambanova/sambanova-python/blob/main/api.md
  embeddings: openaiEmbeddings({ dimensions: false, unencoded: true, tokens: false, user: false }),
  proxied: ['audio/transcriptions', 'audio/translations'],
  baseUrl: 'https://api.sambanova.ai/v1',
  authorize: bearer,
  // https://openrouter.ai/docs/api/reference/streaming#stream-cancellation
  billsCancelled: true,
  docs: 'https://docs.sambanova.ai/docs/en/features/openai-compatibility',
}
