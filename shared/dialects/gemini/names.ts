// Google's servers take a field's name in camel case and in snake case; from here on there is only camel case. Pure.
// Source: https://protobuf.dev/programming-guides/json/ (names of fields), https://ai.google.dev/api/generate-content
import { type Fields, fieldsOf, isFields } from '../../fields.ts'

export const DIALECT = 'gemini'

/** The names we read; any other stays as the client wrote it, because Google reads it either way. */
const NAMES = [
  'systemInstruction',
  'generationConfig',
  'toolConfig',
  'safetySettings',
  'cachedContent',
  'serviceTier',
  'functionDeclarations',
  'parametersJsonSchema',
  'functionCallingConfig',
  'allowedFunctionNames',
  'inlineData',
  'fileData',
  'fileUri',
  'mimeType',
  'displayName',
  'functionCall',
  'functionResponse',
  'thoughtSignature',
  'executableCode',
  'codeExecutionResult',
  'topP',
  'topK',
  'maxOutputTokens',
  'stopSequences',
  'candidateCount',
  'presencePenalty',
  'frequencyPenalty',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'responseFormat',
  'responseModalities',
  'responseLogprobs',
  'thinkingConfig',
  'includeThoughts',
  'thinkingBudget',
  'thinkingLevel',
]

const CAMEL: ReadonlyMap<string, string> = new Map(
  NAMES.map((name) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), name]),
)

/** What stands under these is the client's own, and its names mean what they say. */
const OWN = new Set([
  'args',
  'response',
  'parameters',
  'parametersJsonSchema',
  'responseSchema',
  'responseJsonSchema',
  'schema',
  'labels',
  'partMetadata',
])

/** A body's known fields lie no deeper; whoever nests on is not followed. */
const DEPTH = 10

export const camelCased = (body: Fields): Fields => fieldsOf(renamed(body, 0))

/** The same value where nothing had to be renamed. */
function renamed(value: unknown, depth: number): unknown {
  if (depth > DEPTH) return value
  if (Array.isArray(value)) {
    const list = value.map((one) => renamed(one, depth + 1))
    return list.some((one, at) => one !== value[at]) ? list : value
  }
  if (!isFields(value)) return value
  const entries = Object.entries(value)
  const named = entries.map(([key, inner]): [string, unknown] => {
    const name = CAMEL.get(key) ?? key
    return [name, OWN.has(name) ? inner : renamed(inner, depth + 1)]
  })
  const isSame = named.every(([name, inner], at) => name === entries[at]?.[0] && inner === entries[at]?.[1])
  return isSame ? value : Object.fromEntries(named)
}
