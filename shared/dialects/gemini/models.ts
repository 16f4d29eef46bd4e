// What a model's name says of it: its generation, and how its thinking is set. Pure.
// Sources: https://ai.google.dev/gemini-api/docs/generate-content/thinking (levels, budgets, who can stop thinking),
// https://ai.google.dev/gemini-api/docs/gemini-3 (new in 3: signatures are checked, tools beside structured output)

export type Level = 'minimal' | 'low' | 'medium' | 'high'

export type Thinking =
  /** The levels that the model knows, the least first. It always thinks; `minimal` is as good as not. */
  | { readonly by: 'level'; readonly levels: readonly Level[] }
  /** `canRest`: a budget of 0 switches thinking off. */
  | { readonly by: 'budget'; readonly min: number; readonly max: number; readonly canRest: boolean }

const VERSION = /gemini-(\d+)(?:\.(\d+))?/
/** Aliases that Google moves from model to model; all of them have passed the third generation. */
const LATEST = /gemini-(?:pro|flash|flash-lite)-latest/

function versionOf(model: string): number | undefined {
  if (LATEST.test(model)) return 3.5
  const found = VERSION.exec(model)
  return found === null ? undefined : Number(`${found[1]}.${found[2] ?? 0}`)
}

/** Does the name say what the model is? Others belong to tuned models and to other servers. */
export const isVersioned = (model: string): boolean => versionOf(model) !== undefined

/** From this generation on a call that comes back without its signature is answered with status 400. */
export const checksSignatures = (model: string): boolean => (versionOf(model) ?? 0) >= 3

/** Pictures and documents may stand inside a function's response. */
export const readsMediaResponses = checksSignatures

/** Structured output and functions of the client's own at once. */
export const formatsBesideTools = checksSignatures

/** Reads JSON Schema as it is; older models know a subset of OpenAPI's. */
export const readsJsonSchema = (model: string): boolean => (versionOf(model) ?? 0) >= 2.5

export function thinkingOf(model: string): Thinking | undefined {
  const version = versionOf(model)
  if (version === undefined || version < 2.5 || /-(?:image|tts|live|native-audio|embedding)/.test(model)) {
    return undefined
  }
  const isPro = /-pro\b/.test(model)
  if (version < 3) {
    if (isPro) return { by: 'budget', min: 128, max: 32_768, canRest: false }
    return { by: 'budget', min: model.includes('-lite') ? 512 : 1, max: 24_576, canRest: true }
  }
  if (!isPro) return { by: 'level', levels: ['minimal', 'low', 'medium', 'high'] }
  return { by: 'level', levels: version === 3 ? ['low', 'high'] : ['low', 'medium', 'high'] }
}
