// What tells two requests apart: SHA-256 over what was asked, whatever the order of its fields.
import { isFields } from '../../shared/fields.ts'

export const fingerprintOf = (address: string, body: unknown): Promise<string> =>
  digestOf(`${address}\n${canonical(body)}`)

export async function digestOf(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text)))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** JSON with the fields of every object in order. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    isFields(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  )

const encoder = new TextEncoder()
