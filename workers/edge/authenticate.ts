// Which key a request carries, and whether a browser may use it from where it is.
import { Failed } from '../../shared/failure.ts'
import { LOCAL_ADMIN_KEY, LOCAL_KEY } from '../keys/verify.ts'
import type { Caller } from '../service.ts'

/** The key from any of the headers that clients use. */
export function keyOf(headers: Headers): string | undefined {
  const authorization = headers.get('authorization')
  const bearer = authorization === null ? undefined : /^Bearer\s+(\S+)\s*$/i.exec(authorization)?.[1]
  return (
    bearer ?? headers.get('x-api-key') ?? headers.get('api-key') ?? headers.get('x-goog-api-key') ?? undefined
  )
}

/** A publishable key works from its own web sites only; a request without an origin comes from no browser. */
export function checkOrigin(caller: Caller, headers: Headers): void {
  if (caller.origins === undefined) return
  const origin = headers.get('origin')
  if (origin !== null && caller.origins.includes(origin)) return
  const from = origin === null ? 'without an Origin header' : `from ${origin}`
  const what = caller.visitor === undefined ? 'publishable key' : "visitor's token"
  const message = `This ${what} was used ${from}; it works only in browsers on ${caller.origins.join(', ')}.`
  throw new Failed({ kind: 'forbidden', message, code: 'origin_not_allowed' })
}

const LOOPBACK = /^(?:localhost|(?:[a-z0-9-]+\.)+localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

const isLoopback = (url: string): boolean => LOOPBACK.test(URL.parse(url)?.hostname ?? '')

/**
 * The local keys are public knowledge, so a web page must not be able to use them: neither from a site of its
 * own, nor under a name of its own that was made to resolve to this machine (DNS rebinding).
 */
export function checkLocal(key: string | undefined, request: Request): void {
  if (key !== LOCAL_KEY && key !== LOCAL_ADMIN_KEY) return
  const origin = request.headers.get('origin')
  if (isLoopback(request.url) && (origin === null || isLoopback(origin))) return
  const message =
    'The local keys work only on a loopback address such as http://127.0.0.1:8787, and not from other web sites. ' +
    'Make a key with POST /admin/keys.'
  throw new Failed({ kind: 'forbidden', message, code: 'local_key_elsewhere' })
}
