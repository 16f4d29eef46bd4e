// Google's Gemini API, with the keys of AI Studio.
import { geminiEmbeddings } from '../../../shared/dialects/embeddings/gemini.ts'
import { gemini } from '../../../shared/dialects/gemini/index.ts'
import { geminiCounting } from '../families.ts'
import type { Vendor } from '../vendor.ts'

export const google: Vendor = {
  id: 'google',
  name: 'Google Gemini',
  dialect: gemini,
  embeddings: geminiEmbeddings,
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  authorize: (key) => ({ 'x-goog-api-key': key }),
  // One that is no key at all is answered with 400, as any wrong field is: https://ai.google.dev/gemini-api/docs/troubleshooting
  deadWords: /API_KEY_INVALID|API key (?:not valid|expired)/,
  // https://googleapis.github.io/js-genai/release_docs/interfaces/types.GenerateContentConfig.html (abortSignal)
  billsCancelled: true,
  counting: [geminiCounting],
  example: 'gemini-3-flash-preview',
  docs: 'https://ai.google.dev/api/generate-content',
}
