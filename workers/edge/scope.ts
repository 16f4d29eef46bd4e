// Which kinds of endpoint a key may use. Pure.
import { Failed } from '../../shared/failure.ts'
import type { Caller } from '../service.ts'

export const ENDPOINT_KINDS = [
  'chat',
  'responses',
  'messages',
  'gemini',
  'embeddings',
  'images',
  'audio',
  'moderations',
] as const

export type EndpointKind = (typeof ENDPOINT_KINDS)[number]

/** What is not here (the list of models, receipts) is open to every key. */
const ADDRESSES: readonly (readonly [RegExp, EndpointKind])[] = [
  [/^POST \/v1\/chat\/completions$|^POST \/v1\/route$/, 'chat'],
  [
    /^\w+ \/v1\/responses(?:\/|$)|^POST \/v1\/conversations$|^\w+ \/v1\/conversations\/conv_[0-9a-f]{40}(?:\/|$)/,
    'responses',
  ],
  [/^POST \/v1\/messages(?:\/|$)/, 'messages'],
  [/^POST \/v1(?:beta)?\/models\//, 'gemini'],
  [/^POST \/v1\/embeddings$/, 'embeddings'],
  [/^POST \/v1\/images\//, 'images'],
  [/^POST \/v1\/audio\//, 'audio'],
  [/^POST \/v1\/moderations$/, 'moderations'],
]

export function checkEndpoint({ endpoints }: Caller, method: string, path: string): void {
  if (endpoints === undefined) return
  const kind = ADDRESSES.find(([address]) => address.test(`${method} ${path}`))?.[1]
  if (kind === undefined || endpoints.includes(kind)) return
  const message = `This key may not use ${method} ${path} (${kind}). It may use: ${endpoints.join(', ')}.`
  throw new Failed({ kind: 'forbidden', message, code: 'endpoint_not_allowed' })
}
