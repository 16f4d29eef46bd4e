// The id of a request: the client's own if it sent a sane one, else ours.
import type { ClientDialect } from '../../shared/dialect.ts'
import { requestIdAt } from '../../shared/request-id.ts'

const SANE = /^[A-Za-z0-9._:-]{1,128}$/

export function requestIdOf(headers: Headers, now: number): string {
  const sent = headers.get('x-request-id')
  return sent !== null && SANE.test(sent) ? sent : requestIdAt(now, crypto.randomUUID())
}

/** Puts the id on a reply. One that is told again keeps the id under which it was made. */
export function identify(headers: Headers, dialect: ClientDialect, id: string): void {
  const names = ['x-request-id', ...(dialect.idHeader === undefined ? [] : [dialect.idHeader])]
  for (const name of names) if (!headers.has(name)) headers.set(name, id)
}
