// Who a key belongs to. A key seen lately costs no round trip; a revocation reaches every isolate within ten seconds.
import { Failed } from '../../shared/failure.ts'
import type { Caller, Cx } from '../service.ts'
import { callerOf, type KeyRecord, objection } from './record.ts'
import { hashKey } from './secret.ts'
import type { KeyStore } from './store.ts'

interface Seen {
  readonly record: KeyRecord | undefined
  readonly at: number
  refreshing: boolean
}

/** A record older than this is not trusted: it bounds how long a revoked key still works elsewhere. */
const TRUST_MS = 9_000
/** One older than this is read again in the background, so that a busy key never waits. */
const REFRESH_MS = 4_000
const MAX_SEEN = 10_000

/** The keys that exist without being made, on a loopback address only. */
export const LOCAL_KEY = 'mk-local'
export const LOCAL_ADMIN_KEY = 'mk-admin-local'

export interface Keys {
  /** Throws `unauthenticated` with what is wrong. */
  verify(key: string | undefined, cx: Cx): Promise<Caller>
  /** True for the operator's key. */
  isAdmin(key: string | undefined): Promise<boolean>
  /** Forgets what is cached, after a change. */
  forget(): void
}

export interface KeyOptions {
  readonly store: KeyStore
  readonly loopback: boolean
  readonly adminKey?: string
}

export function openKeys({ store, loopback, adminKey }: KeyOptions): Keys {
  const seen = new Map<string, Seen>() // a cache, bounded by MAX_SEEN; by hash, so it holds no key
  const adminHashes = [adminKey, loopback ? LOCAL_ADMIN_KEY : undefined]
    .filter((key) => key !== undefined && key !== '')
    .map((key) => hashKey(key ?? ''))

  const load = async (hash: string, now: number): Promise<KeyRecord | undefined> => {
    const record = await store.findByHash(hash)
    if (seen.size >= MAX_SEEN) seen.clear()
    seen.set(hash, { record, at: now, refreshing: false })
    return record
  }

  const recordOf = async (hash: string, cx: Cx): Promise<KeyRecord | undefined> => {
    const now = cx.now()
    const known = seen.get(hash)
    if (known === undefined || now - known.at > TRUST_MS) return load(hash, now)
    if (now - known.at > REFRESH_MS && !known.refreshing) {
      known.refreshing = true
      cx.defer(load(hash, now).catch(() => seen.delete(hash)))
    }
    return known.record
  }

  return {
    async verify(key, cx) {
      if (key === undefined || key === '')
        throw new Failed({ kind: 'unauthenticated', code: 'invalid_api_key', message: NO_KEY })
      if (loopback && key === LOCAL_KEY) return LOCAL_CALLER
      const record = await recordOf(await hashKey(key), cx).catch(() => {
        throw new Failed({ kind: 'unavailable', what: 'The key store', retryAfterMs: 1_000 })
      })
      const wrong = record === undefined ? WRONG_KEY : objection(record, cx.now())
      if (record === undefined || wrong !== undefined) {
        throw new Failed({ kind: 'unauthenticated', code: 'invalid_api_key', message: wrong ?? WRONG_KEY })
      }
      return callerOf(record)
    },
    async isAdmin(key) {
      if (key === undefined || adminHashes.length === 0) return false
      const hash = await hashKey(key)
      return (await Promise.all(adminHashes)).includes(hash)
    },
    forget: () => seen.clear(),
  }
}

const LOCAL_CALLER: Caller = { keyId: 'local', name: 'local', budgets: [] }

const NO_KEY = "No API key was sent. Send yours as 'Authorization: Bearer <key>', 'x-api-key' or 'api-key'."
const WRONG_KEY =
  'The API key is not known here. Check it for typing errors, or ask the operator of this gateway for one.'
