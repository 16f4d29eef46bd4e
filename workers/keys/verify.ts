// Who a key belongs to. A key seen lately costs no round trip; a revocation reaches every isolate within ten seconds.
import { Failed } from '../../shared/failure.ts'
import type { Caller, Cx } from '../service.ts'
import { callerOf, type KeyRecord, objection } from './record.ts'
import { hashKey, isSameHash } from './secret.ts'
import type { KeyStore } from './store.ts'

interface Seen {
  readonly record: KeyRecord | undefined
  readonly at: number
  refreshing: boolean
}

/** A record older than this is not trusted alone: it bounds how long a revoked key still works elsewhere. */
const TRUST_MS = 9_000
/** One older than that is checked again while the work begins; only one older than this is waited for first. */
const KNOWN_MS = 60_000
/** One older than this is read again in the background, so that a busy key never waits. */
const REFRESH_MS = 4_000
const MAX_SEEN = 10_000
/** Enough of a hash to tell admin keys apart. */
const ACTOR_CHARS = 12

/** The keys that exist without being made, on a loopback address only. */
export const LOCAL_KEY = 'mk-local'
export const LOCAL_ADMIN_KEY = 'mk-admin-local'

export interface Verified {
  readonly caller: Caller
  /** Rejects as `verify` does where the key was revoked meanwhile: before it has resolved, nothing may be answered. */
  readonly confirmed?: Promise<void>
}

export interface Keys {
  /** Throws `unauthenticated` with what is wrong. */
  verify(key: string | undefined, cx: Cx): Promise<Verified>
  /** The holder of a key by its id, for who has proof of it. Throws as `verify` does. */
  holder(keyId: string, cx: Cx): Promise<Verified>
  /** What the operator's key is called in the audit; undefined for every other key. */
  adminOf(key: string | undefined): Promise<string | undefined>
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
    const record = await (hash.startsWith(BY_ID)
      ? store.find(hash.slice(BY_ID.length))
      : store.findByHash(hash))
    if (seen.size >= MAX_SEEN) seen.clear()
    seen.set(hash, { record, at: now, refreshing: false })
    return record
  }

  const looked = (hash: string, now: number): Promise<KeyRecord | undefined> =>
    load(hash, now).catch(() => {
      throw new Failed({ kind: 'unavailable', what: 'The key store', retryAfterMs: 1_000 })
    })

  /** What is known of a key; `again` is on its way where that is too old to be trusted alone. */
  const recordOf = async (
    hash: string,
    cx: Cx,
  ): Promise<{ record: KeyRecord | undefined; again?: Promise<KeyRecord | undefined> }> => {
    const now = cx.now()
    const known = seen.get(hash)
    const age = known === undefined ? Number.POSITIVE_INFINITY : now - known.at
    // A key that was not good enough is looked up anew: it may have been made since.
    if (known === undefined || age > KNOWN_MS || (age > TRUST_MS && known.record === undefined))
      return { record: await looked(hash, now) }
    if (age > TRUST_MS) return { record: known.record, again: looked(hash, now) }
    if (age > REFRESH_MS && !known.refreshing) {
      known.refreshing = true
      cx.defer(load(hash, now).catch(() => seen.delete(hash)))
    }
    return { record: known.record }
  }

  const check = (record: KeyRecord | undefined, cx: Cx): KeyRecord => {
    const wrong = record === undefined ? WRONG_KEY : objection(record, cx.now())
    if (record === undefined || wrong !== undefined)
      throw new Failed({ kind: 'unauthenticated', code: 'invalid_api_key', message: wrong ?? WRONG_KEY })
    return record
  }

  const holderOf = async (name: string, cx: Cx): Promise<Verified> => {
    const { record, again } = await recordOf(name, cx)
    if (again === undefined) return { caller: callerOf(check(record, cx)) }
    // Known to be no good: perhaps it is by now, and nothing is lost by waiting.
    if (record === undefined || objection(record, cx.now()) !== undefined)
      return { caller: callerOf(check(await again, cx)) }
    const confirmed = again.then((fresh) => void check(fresh, cx))
    confirmed.catch(() => undefined) // whoever awaits it is told; nobody may
    return { caller: callerOf(record), confirmed }
  }

  return {
    async verify(key, cx) {
      if (key === undefined || key === '')
        throw new Failed({ kind: 'unauthenticated', code: 'invalid_api_key', message: NO_KEY })
      if (loopback && key === LOCAL_KEY) return { caller: LOCAL_CALLER }
      return holderOf(await hashKey(key), cx)
    },
    holder: async (keyId, cx) =>
      loopback && keyId === LOCAL_CALLER.keyId ? { caller: LOCAL_CALLER } : holderOf(`${BY_ID}${keyId}`, cx),
    async adminOf(key) {
      if (key === undefined) return undefined
      const hash = await hashKey(key)
      const hashes = await Promise.all(adminHashes)
      const isAdmin = hashes.filter((known) => isSameHash(known, hash)).length > 0 // all are compared
      return isAdmin ? `admin:${hash.slice(0, ACTOR_CHARS)}` : undefined
    },
    forget: () => seen.clear(),
  }
}

/** Beside hashes, which are hexadecimal, the cache holds ids. */
const BY_ID = 'id:'

export const LOCAL_KEY_ID = 'local'

const LOCAL_CALLER: Caller = { keyId: LOCAL_KEY_ID, name: 'local', budgets: [] }

const NO_KEY = "No API key was sent. Send yours as 'Authorization: Bearer <key>', 'x-api-key' or 'api-key'."
const WRONG_KEY =
  'The API key is not known here. Check it for typing errors, or ask the operator of this gateway for one.'
