// The model list, as this key sees it.
import { inWords } from './words.ts'

export type Models =
  | { readonly ok: true; readonly ids: readonly string[] }
  | { readonly ok: false; readonly message: string }

export async function listModels(key: string, signal: AbortSignal): Promise<Models> {
  try {
    const response = await fetch('/v1/models', { headers: { authorization: `Bearer ${key}` }, signal })
    if (!response.ok) return { ok: false, message: inWords(response.status, await response.text()) }
    const body: unknown = await response.json()
    return { ok: true, ids: idsOf(body) }
  } catch {
    return { ok: false, message: 'The gateway did not answer. Is it still running?' }
  }
}

/** `auto` first, where it is offered; then in the gateway's own order. */
export function idsOf(body: unknown): string[] {
  if (typeof body !== 'object' || body === null || !('data' in body) || !Array.isArray(body.data)) return []
  const ids = body.data.flatMap((entry: unknown) =>
    typeof entry === 'object' && entry !== null && 'id' in entry && typeof entry.id === 'string'
      ? [entry.id]
      : [],
  )
  return [...ids.filter((id) => id === 'auto'), ...ids.filter((id) => id !== 'auto')]
}
