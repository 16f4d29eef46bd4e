// Azure OpenAI: OpenAI's models, and others, as deployments of a resource of one's own.
import { openaiEmbeddings } from '../../../shared/dialects/embeddings/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import { openaiResponses } from '../../../shared/dialects/openai-responses/index.ts'
import { OPENAI_EFFORTS } from '../../../shared/dialects/openai-responses/reasoning.ts'
import { gptCounting } from '../families.ts'
import type { Vendor } from '../vendor.ts'

/** A token of Microsoft Entra, instead of a key of the resource. */
const TOKEN = /^ey[\w-]+\.[\w-]+\.[\w-]+$/

/**
 * A model is the name of a deployment, which people choose; most choose a name that holds that of the model.
 * Reasoning models refuse `max_tokens` and what shapes the choice of words:
 * https://learn.microsoft.com/azure/ai-foundry/openai/how-to/reasoning
 */
const THINKING = /(?:^|[^a-z0-9])(?:o\d|gpt-?5(?![.\d])(?!-?chat))/i
const MODERN = /(?:^|[^a-z0-9])(?:o\d|gpt-?[5-9]|codex)/i

export const azure: Vendor = {
  id: 'azure',
  name: 'Azure OpenAI',
  dialect: openaiChat({
    completionTokens: MODERN,
    maxStops: 4,
    refuses: [
      'top_k',
      'min_p',
      { field: 'temperature', models: THINKING },
      { field: 'top_p', models: THINKING },
      { field: 'logprobs', models: THINKING },
      { field: 'presence_penalty', models: THINKING },
      { field: 'frequency_penalty', models: THINKING },
      { field: 'logit_bias', models: THINKING },
    ],
    thoughts: 'none',
    thinking: OPENAI_EFFORTS.map((knob) => ({ ...knob, also: ['minimal', 'max'] })),
  }),
  embeddings: openaiEmbeddings(),
  alternatives: [{ dialect: openaiResponses() }],
  // https://learn.microsoft.com/azure/ai-foundry/openai/latest
  proxied: [
    'audio/speech',
    'audio/transcriptions',
    'audio/translations',
    'images/generations',
    'images/edits',
  ],
  // The version of the API that needs no date: https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
  baseUrl: 'https://{resource}.{domain}/openai/v1',
  settings: {
    resource: { about: 'the name of the resource' },
    domain: {
      about: 'openai.azure.com, or services.ai.azure.com for a resource of AI Foundry',
      default: 'openai.azure.com',
    },
  },
  authorize: (key) => (TOKEN.test(key) ? { authorization: `Bearer ${key}` } : { 'api-key': key }),
  // https://learn.microsoft.com/azure/foundry/openai/how-to/prompt-caching
  cacheKey: true,
  // https://learn.microsoft.com/azure/ai-foundry/openai/reference, createChatCompletionRequest
  saysSureness: /gpt-?(?:3|4)/i,
  // A deployment whose name begins as a model's is taken for that model; of any other nobody knows here what it is.
  counting: gptCounting(),
  example: 'gpt-5.6-sol',
  docs: 'https://learn.microsoft.com/azure/ai-foundry/openai/latest',
}
