// Which key a request carries, and whether a browser may use it from where it is.
import { Failed } from '../../shared/failure.ts'
import type { Caller } from '../service.ts'

/** The key from any of the three headers that clients use. */
export function keyOf(headers: Headers): string | undefined {
  const authorization = headers.get('authorization')
  const bearer = authorization === null ? undefined : /^Bearer\s+(\S+)\s*$/i.exec(authorization)?.[1]
  return bearer ?? headers.get('x-api-key') ?? headers.get('api-key') ?? undefined
}

/** A publishable key works from its own web sites only; a request without an origin comes from no browser. */
export function checkOrigin(caller: Caller, headers: Headers): void {
  if (caller.origins === undefined) return
  const origin = headers.get('origin')
  if (origin !== null && caller.origins.includes(origin)) return
  const from = origin === null ? 'without an Origin header' : `from ${origin}`
  const message = `This publishable key was used ${from}; it works only in browsers on ${caller.origins.join(', ')}.`
  throw new Failed({ kind: 'forbidden', message, code: 'origin_not_allowed' })
}
