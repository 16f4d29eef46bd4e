// What an address says where a dialect keeps half of the question in it. Pure.
import type { Address } from '../../shared/dialect.ts'
import { Failed } from '../../shared/failure.ts'

export interface Method {
  /** `generateContent`, `streamGenerateContent`, `countTokens`. */
  readonly method: string
  readonly address: Address
}

/**
 * Reads `models/<model>:<method>`, the end of the addresses that generateContent has. A stream comes as one JSON array
 * unless the query says `alt=sse`. Source: https://ai.google.dev/api/generate-content
 */
export function methodOf(call: string, query: URLSearchParams): Method {
  const colon = call.lastIndexOf(':')
  const model = decoded(call.slice(0, colon))
  const method = call.slice(colon + 1)
  if (colon <= 0 || model === '' || !METHODS.has(method)) {
    const message = `There is no method '${method}' here. Send POST /v1beta/models/<model>:generateContent, :streamGenerateContent or :countTokens.`
    throw new Failed({ kind: 'not-found', message, code: 'unknown_url' })
  }
  const stream = method === 'streamGenerateContent'
  const isArray = stream && query.get('alt') !== 'sse'
  return { method, address: { model, stream, ...(isArray ? { framing: 'array' } : {}) } }
}

const METHODS: ReadonlySet<string> = new Set(['generateContent', 'streamGenerateContent', 'countTokens'])

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a lone percent sign is part of a name that nobody has
  }
}
