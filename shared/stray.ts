// What a message says in fields that no dialect here reads: sent on untouched, so possibly read by the model. Pure.
import { isFields } from './fields.ts'

/** What readers understand, or what is known not to reach the model. Below those that hold any JSON nothing is strange. */
const KNOWN: ReadonlySet<string> = new Set(
  [
    'annotations arguments args audio cache_control call_id caller citations content data detail',
    'encrypted_content file fileData fileUri file_data file_id file_url filename format function',
    'functionCall functionResponse function_call id image_url inlineData input input_audio',
    'is_error logprobs media_type mimeType name output parts reasoning reasoning_content',
    'reasoning_details refusal response role signature source status summary text thinking',
    'thought thoughtSignature thought_signature title tool_call_id tool_calls tool_use_id type',
    'url',
  ].flatMap((line) => line.split(' ')),
)

/** Read whole, as JSON. */
const WHOLE: ReadonlySet<string> = new Set(['args', 'arguments', 'input', 'response', 'citations'])

/** The values under unknown names, with the names. */
export function strays(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.length === 0 ? NONE : value.flatMap(strays)
  if (!isFields(value)) return NONE
  return Object.entries(value).flatMap(([name, inner]): readonly unknown[] => {
    if (inner === null || inner === undefined || WHOLE.has(name)) return NONE
    return KNOWN.has(name) ? strays(inner) : [{ [name]: inner }]
  })
}

const NONE: readonly unknown[] = []
