// Google Vertex AI: Google's models and Anthropic's, in a project of one's own.
import { anthropic } from '../../../shared/dialects/anthropic/index.ts'
import type { VendorDialect } from '../../../shared/dialect.ts'
import { vertexEmbeddings } from '../../../shared/dialects/embeddings/vertex.ts'
import { gemini } from '../../../shared/dialects/gemini/index.ts'
import { serviceAccount } from '../sign/service-account.ts'
import { claudeCounting, geminiCounting } from '../families.ts'
import type { Vendor } from '../vendor.ts'

/** Models are named below who published them; a longer name says that itself. */
const published: VendorDialect = {
  ...gemini,
  writeRequest: (request, target) => {
    const model = target.model.includes('/') ? target.model : `publishers/google/models/${target.model}`
    return gemini.writeRequest(request, { ...target, model })
  },
}

/** https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai: the model in the address, the version in the body. */
const claude = anthropic({
  path: (model, stream) =>
    `/publishers/anthropic/models/${encodeURIComponent(model)}:${stream ? 'streamRawPredict' : 'rawPredict'}`,
  countPath: '/publishers/anthropic/models/count-tokens:rawPredict',
  versionInBody: 'vertex-2023-10-16',
  inlineMedia: true,
})

export const vertex: Vendor = {
  id: 'vertex',
  name: 'Google Vertex AI',
  dialect: published,
  embeddings: vertexEmbeddings,
  alternatives: [{ dialect: claude, models: /^claude-/ }],
  baseUrl: 'https://{host}/v1/projects/{project}/locations/{location}',
  settings: {
    project: { about: 'the id of the project in Google Cloud' },
    location: { about: 'where the models run: a region, us, eu or global', default: 'us-central1' },
    host: { about: 'the host of the API; it follows from the location unless given', follows: hostOf },
  },
  // The JSON of a service account, as it is or in base64; anything else is an access token.
  authorize: serviceAccount,
  // https://googleapis.github.io/js-genai/release_docs/interfaces/types.GenerateContentConfig.html (abortSignal)
  billsCancelled: true,
  counting: [claudeCounting, geminiCounting],
  example: 'gemini-3-flash-preview',
  docs: 'https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference',
}

/** https://docs.cloud.google.com/vertex-ai/generative-ai/docs/learn/locations */
function hostOf({ location = '' }: Readonly<Record<string, string>>): string {
  if (location === 'global') return 'aiplatform.googleapis.com'
  if (location === 'us' || location === 'eu') return `aiplatform.${location}.rep.googleapis.com`
  return `${location}-aiplatform.googleapis.com`
}
