// What chat completions and Responses both have and nobody else does: said again where one becomes the other. Pure.
// Source: https://developers.openai.com/api/reference/resources/responses/methods/create
import { type Fields, fieldsOf } from '../../fields.ts'
import type { ModelRequest } from '../../request.ts'

const SAME = ['prompt_cache_key', 'prompt_cache_retention'] as const

interface Kin {
  /** Fields of the body, as they were. */
  readonly fields: Fields
  /** For the field `text`, beside the format. */
  readonly text: Fields
  /** What it is called by clients of chat completions. */
  readonly told: readonly string[]
}

/** The other way nothing is said: most who speak chat completions refuse what they do not know. */
export function kinOf({ native }: ModelRequest): Kin {
  const body = native.dialect === 'openai-chat' ? fieldsOf(native.body) : {}
  const said = SAME.filter((field) => (body[field] ?? undefined) !== undefined)
  const { verbosity } = body
  const isWord = typeof verbosity === 'string'
  return {
    fields: Object.fromEntries(said.map((field) => [field, body[field]])),
    text: isWord ? { verbosity } : {},
    told: [...said, ...(isWord ? ['verbosity'] : [])],
  }
}
