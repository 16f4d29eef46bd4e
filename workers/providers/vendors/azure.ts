// Azure OpenAI: OpenAI's models, and others, as deployments of a resource of one's own.
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import type { Vendor } from '../vendor.ts'

/** A token of Microsoft Entra, instead of a key of the resource. */
const TOKEN = /^ey[\w-]+\.[\w-]+\.[\w-]+$/

export const azure: Vendor = {
  id: 'azure',
  name: 'Azure OpenAI',
  // A model is the name of a deployment, which usually holds that of what is deployed; reasoning models refuse
  // `max_tokens`: https://learn.microsoft.com/azure/ai-foundry/openai/how-to/reasoning
  dialect: openaiChat({ completionTokens: /(?:^|[^a-z0-9])(?:o\d|gpt-?[5-9])/i }),
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
  example: 'gpt-5.6-sol',
  docs: 'https://learn.microsoft.com/azure/ai-foundry/openai/latest',
}
