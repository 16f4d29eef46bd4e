// OpenRouter.
import { openaiEmbeddings } from '../../../shared/dialects/embeddings/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { openaiResponses } from '../../../shared/dialects/openai-responses/index.ts'
import { claudeCounting, geminiCounting, gptCounting } from '../families.ts'
import { bearer, type Vendor } from '../vendor.ts'

export const openrouter: Vendor = {
  id: 'openrouter',
  name: 'OpenRouter',
  // https://openrouter.ai/docs/api-reference/chat-completion
  dialect: openaiChat({
    streamOptions: false, // "Full usage details are always included"
    refuses: ['n'],
    maxStops: 4,
    // https://openrouter.ai/docs/features/prompt-caching
    cacheControl: true,
    // Effort or tokens, and the thoughts with their signatures: https://openrouter.ai/docs/use-cases/reasoning-tokens
    thoughts: 'reasoning_details',
    thinking: [
      {
        efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'],
        effortField: 'reasoning',
        budget: 'reasoning.max_tokens',
      },
    ],
    fileUrls: true, // https://openrouter.ai/docs/features/multimodal/pdfs
  }),
  // https://openrouter.ai/docs/api-reference/responses-api/overview
  alternatives: [{ dialect: openaiResponses() }],
  // https://openrouter.ai/docs/api/api-reference/embeddings/create-embeddings
  embeddings: openaiEmbeddings({ purpose: { field: 'input_type' } }),
  // https://github.com/OpenRouterTeam/typescript-sdk, tts and stt
  proxied: ['audio/speech', 'audio/transcriptions'],
  baseUrl: 'https://openrouter.ai/api/v1',
  authorize: bearer,
  // https://openrouter.ai/docs/api-reference/overview#querying-cost-and-stats: prompts are counted as their maker does.
  counting: [...gptCounting('openai/'), claudeCounting, geminiCounting],
  docs: 'https://openrouter.ai/docs/api-reference/overview',
}
