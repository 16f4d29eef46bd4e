// Small pieces of Google's answers for fixtures and single cases.

export type Json = Record<string, unknown>

export const RESPONSE_ID = 'mXkKaN7oDcPnz7IPy4iRuQY'

/** One chunk, or a whole answer, as `streamGenerateContent` sends it. */
export const chunk = (candidates: readonly Json[], more: Json = {}): string =>
  JSON.stringify({ candidates, ...more, modelVersion: 'gemini-2.5-flash', responseId: RESPONSE_ID })

export const candidate = (parts: readonly Json[], more: Json = {}): Json => ({
  content: { parts, role: 'model' },
  ...more,
  index: 0,
})

/** Usage so far: Google counts it up from chunk to chunk. */
export const counted = (prompt: number, candidates: number, more: Json = {}): Json => ({
  usageMetadata: {
    promptTokenCount: prompt,
    ...(candidates === 0 ? {} : { candidatesTokenCount: candidates }),
    totalTokenCount:
      prompt + candidates + (typeof more['thoughtsTokenCount'] === 'number' ? more['thoughtsTokenCount'] : 0),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: prompt }],
    ...more,
  },
})
