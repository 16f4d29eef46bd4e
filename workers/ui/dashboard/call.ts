// The operator's calls as the dashboard makes them: with the session's cookie, and never throwing.
import { signal } from '@preact/signals'
import { inWords } from '../home/words.ts'
import type { SessionAnswer } from './answers.ts'

export type Called<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: number; readonly message: string }

export type Standing =
  | { readonly state: 'unknown' }
  | { readonly state: 'in' }
  | { readonly state: 'out'; readonly because?: string }
  /** There is no admin key, or the gateway does not answer. */
  | { readonly state: 'closed'; readonly because: string }

/** Whether somebody is signed in. */
export const standing = signal<Standing>({ state: 'unknown' })

const AWAY = 'The gateway did not answer. Is it still running?'

/** What is answered is trusted to have the shape that the gateway's own API says. */
export async function call<T>(path: string, method = 'GET', body?: unknown): Promise<Called<T>> {
  try {
    const response = await fetch(`/admin${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (response.ok) return { ok: true, value: JSON.parse(text) as T }
    if (response.status === 401 && path !== '/session')
      standing.value = { state: 'out', because: 'The session is over: sign in again.' }
    return { ok: false, status: response.status, message: inWords(response.status, text) }
  } catch {
    return { ok: false, status: 0, message: AWAY }
  }
}

export async function lookAtSession(): Promise<void> {
  const found = await call<SessionAnswer>('/session')
  if (!found.ok) standing.value = { state: 'closed', because: found.message }
  else standing.value = found.value.signed_in ? { state: 'in' } : { state: 'out' }
}

/** Resolves with what is wrong, or nothing. */
export async function signIn(key: string): Promise<string | undefined> {
  const done = await call<SessionAnswer>('/session', 'POST', { key })
  if (!done.ok) return done.message
  standing.value = { state: 'in' }
  return undefined
}

export async function signOut(): Promise<void> {
  await call<SessionAnswer>('/session', 'DELETE')
  standing.value = { state: 'out' }
}
