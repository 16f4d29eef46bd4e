// Who may make operator calls: a program with the admin key, or a browser with the cookie of a session, which counts
// only for requests of the dashboard's own pages.
import { Failed } from '../../shared/failure.ts'
import { checkLocal, keyOf } from '../edge/authenticate.ts'
import { type Keys, LOCAL_ADMIN_KEY } from '../keys/verify.ts'
import type { Guard } from './guesses.ts'
import { openSessions, type Session } from './session.ts'

export interface Entered {
  /** What the admin key is called in the audit. */
  readonly actor: string
  /** When the session ends; absent where the key itself was sent. */
  readonly expiresAt?: number
}

export interface Door {
  /** Throws what is missing or wrong. */
  enter(request: Request): Promise<Entered>
  /** The `set-cookie` of a new session. */
  signIn(key: string, request: Request): Promise<Entered & { readonly cookie: string }>
  /** The `set-cookie` that ends it in this browser. */
  signOut(request: Request): string
}

export interface DoorOptions {
  readonly keys: Pick<Keys, 'adminOf'>
  readonly adminKey: string | undefined
  readonly loopback: boolean
  readonly now: () => number
  readonly guard: Guard
}

export function openDoor({ keys, adminKey = '', loopback, now, guard }: DoorOptions): Door {
  const admins = [adminKey, loopback ? LOCAL_ADMIN_KEY : ''].filter((key) => key !== '')
  const sessions = openSessions(admins)

  const checkEnabled = (): void => {
    if (admins.length > 0) return
    const message =
      'This deployment has no admin key, so it refuses admin calls. Set one with: npx wrangler secret put ADMIN_KEY'
    throw new Failed({ kind: 'forbidden', message, code: 'admin_disabled' })
  }

  /** Who holds a key that was sent. The local key alone is public knowledge: there is nothing to guess. */
  const holderOf = async (key: string, request: Request): Promise<string | undefined> => {
    const actor = await keys.adminOf(key)
    if (adminKey !== '') await guard.weigh(request, actor !== undefined)
    return actor
  }

  const sessionOf = async (request: Request): Promise<Session | undefined> => {
    const token = cookieIn(request)
    return token === undefined ? undefined : sessions.read(token, now())
  }

  return {
    async enter(request) {
      checkEnabled()
      const sent = keyOf(request.headers)
      const session = sent === undefined ? await sessionOf(request) : undefined
      if (session !== undefined) checkOwnPage(request)
      const key = sent ?? session?.key
      checkLocal(key, request)
      const actor = sent === undefined ? await keys.adminOf(key) : await holderOf(sent, request)
      if (actor !== undefined)
        return { actor, ...(session === undefined ? {} : { expiresAt: session.expiresAt }) }
      throw unauthenticated(
        key === undefined
          ? "Send the admin key as 'Authorization: Bearer <key>'."
          : 'This is not the admin key.',
      )
    },
    async signIn(key, request) {
      checkEnabled()
      checkOwnPage(request)
      checkLocal(key, request)
      const actor = await holderOf(key, request)
      if (actor === undefined) throw unauthenticated('This is not the admin key.')
      const at = now()
      const { token, expiresAt } = await sessions.open(key, at)
      const seconds = Math.floor((expiresAt - at) / 1000)
      return { actor, expiresAt, cookie: cookieOf(request, token, seconds) }
    },
    signOut(request) {
      checkOwnPage(request)
      return cookieOf(request, '', 0)
    },
  }
}

const unauthenticated = (message: string): Failed =>
  new Failed({ kind: 'unauthenticated', message, code: 'invalid_api_key' })

/**
 * A browser sends the cookie along with whatever any page asks of this address. Browsers say where a request comes from
 * (Fetch Metadata, W3C; to trustworthy addresses only), and the Origin of every write: what comes from elsewhere, or
 * writes without saying from where, is refused.
 */
function checkOwnPage(request: Request): void {
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  const site = request.headers.get('sec-fetch-site')
  const origin = request.headers.get('origin')
  const isOurs =
    origin === null ? site !== null || isRead : URL.parse(origin)?.host === URL.parse(request.url)?.host
  if (isOurs && (site === null || site === 'same-origin' || (isRead && site === 'none'))) return
  const message =
    'A session counts for the dashboard of this address only, and this request came from somewhere else. Programs send the admin key.'
  throw new Failed({ kind: 'forbidden', message, code: 'cross_site' })
}

/** Cookies know no ports, and several gateways may run on one machine. */
const cookieName = ({ port }: URL): string => (port === '' ? 'minnow-admin' : `minnow-admin-${port}`)

function cookieIn(request: Request): string | undefined {
  const name = `${cookieName(new URL(request.url))}=`
  const pairs = request.headers.get('cookie')?.split(/;\s*/) ?? []
  return pairs.find((pair) => pair.startsWith(name))?.slice(name.length)
}

function cookieOf(request: Request, token: string, seconds: number): string {
  const url = new URL(request.url)
  const secure = url.protocol === 'https:' ? '; Secure' : ''
  return `${cookieName(url)}=${token}; Path=/admin; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`
}
