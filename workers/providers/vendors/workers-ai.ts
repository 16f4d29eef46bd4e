// Cloudflare Workers AI: through the Worker's own binding, or over REST with an account and a token.
import { workersAiEmbeddings } from '../../../shared/dialects/embeddings/workers-ai.ts'
import { workersAi as dialect } from '../../../shared/dialects/workers-ai/index.ts'
import type { Vendor } from '../vendor.ts'

export const workersAi: Vendor = {
  id: 'workers-ai',
  name: 'Cloudflare Workers AI',
  dialect: dialect(),
  embeddings: workersAiEmbeddings,
  bound: true,
  baseUrl: 'https://api.cloudflare.com/client/v4/accounts/{account}/ai',
  settings: {
    account: { about: 'the id of the Cloudflare account; the binding needs none' },
    gateway: { about: 'the id of an AI Gateway that calls go through and are logged by', optional: true },
  },
  // https://developers.cloudflare.com/ai-gateway/usage/rest-api/
  authorize: (key, { settings: { gateway } }) => ({
    authorization: `Bearer ${key}`,
    ...(gateway === undefined ? {} : { 'cf-aig-gateway-id': gateway }),
  }),
  // https://developers.cloudflare.com/workers-ai/features/prompt-caching/
  affinity: 'x-session-affinity',
  docs: 'https://developers.cloudflare.com/workers-ai/models/',
}
