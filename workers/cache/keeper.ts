// What an object does with kept answers: finds one, says who is to ask the model and who reads along, keeps what was told
// to its end, and makes room. Thinks over a store; waits for nothing.
import { noCounts, plus, type Counts } from './counts.ts'
import { type Flight, openFlights } from './flights.ts'
import { toldIn } from './line.ts'
import { compact, isWhole } from './record.ts'
import { type AnswerStore, charsOf, type Kept } from './store.ts'
import { cosine } from './vector.ts'

/** What is asked of an object. */
export interface Look {
  readonly key: string
  readonly bucket?: string
  /** Of the question's words; without one, and with a bucket that is not empty, `rivals` is answered. */
  readonly vector?: Uint8Array
  readonly threshold: number
  readonly maxAgeMs: number
  readonly refresh: boolean
  /** As much as the asker's tenant may keep in this object, and in one answer. */
  readonly chars: number
}

export interface Found {
  readonly kind: 'hit'
  readonly reason: 'exact' | 'semantic'
  readonly similarity: number
  readonly ageMs: number
  /** JSON. */
  readonly head: string
  readonly body: string
}

export type Looked =
  | Found
  | { readonly kind: 'follow'; readonly stream: ReadableStream<Uint8Array> }
  /** The asker is to ask the model, and to tell what it says. */
  | { readonly kind: 'lead' }
  /** The bucket holds questions in other words: their vectors are worth comparing. */
  | { readonly kind: 'rivals' }
  /** Too much is told here at once: ask the model, and tell nobody. */
  | { readonly kind: 'alone' }

export interface Filling {
  readonly key: string
  readonly bucket?: string
  readonly route: string
  readonly ttlMs: number
  readonly chars: number
}

export interface Stats extends Counts {
  readonly entries: number
  readonly chars: number
}

/** The longest answer that is kept, in characters of JSON: a row holds 2 MB. */
export const ENTRY_CHARS = 512 * 1024
/** So many of a bucket are compared: the newest. */
const MOST_NEAR = 256
/** What was given is noted in the store no oftener than this, or when so many are to be noted. */
const NOTE_MS = 10_000
const NOTE_KEYS = 200

export interface Keeper {
  look(asked: Look, now: number): Looked
  board(key: string): Flight | undefined
  /** Keeps what was told, where it is whole. */
  store(filling: Filling, flight: Flight, now: number): boolean
  /** Removes what has had its time. */
  expire(now: number): void
  nextExpiry(): number | undefined
  purge(route: string | undefined, now: number): number
  stats(now: number): Stats
  reset(): void
}

export function openKeeper(store: AnswerStore): Keeper {
  const flights = openFlights(ENTRY_CHARS)
  const given = new Map<string, { hits: number; at: number }>() // bounded by NOTE_KEYS
  let fresh = noCounts
  let notedAt = 0
  let chars: number | undefined // of all entries, once they were added up

  const note = (now: number): void => {
    for (const [key, { hits, at }] of given) store.touch(key, hits, at)
    given.clear()
    store.count(fresh)
    fresh = noCounts
    notedAt = now
  }

  const count = (more: Partial<Counts>, now: number): void => {
    if (notedAt === 0) notedAt = now
    fresh = plus(fresh, more)
    if (now - notedAt >= NOTE_MS || given.size >= NOTE_KEYS) note(now)
  }

  const hit = (entry: Kept, reason: Found['reason'], similarity: number, now: number): Found => {
    const { key, head, body, at } = entry
    const known = given.get(key)
    given.set(key, { hits: (known?.hits ?? 0) + 1, at: now })
    count({ [reason]: 1, saved_micros: costIn(head) }, now)
    return { kind: 'hit', reason, similarity, ageMs: Math.max(0, now - at), head, body }
  }

  const nearest = (asked: Look, bucket: string, vector: Uint8Array, now: number): Found | undefined => {
    let best: { key: string; similarity: number } | undefined
    for (const near of store.near(bucket, now, now - asked.maxAgeMs, MOST_NEAR)) {
      const similarity = cosine(vector, near.vector)
      if (similarity >= asked.threshold && similarity > (best?.similarity ?? -1))
        best = { key: near.key, similarity }
    }
    const entry = best === undefined ? undefined : store.find(best.key, now)
    return entry === undefined || best === undefined
      ? undefined
      : hit(entry, 'semantic', Math.round(best.similarity * 10_000) / 10_000, now)
  }

  /** Those given longest ago go first. */
  const makeRoom = (most: number, now: number): void => {
    note(now) // what was given lately is not what goes
    let evicted = 0
    while ((chars ?? 0) > most) {
      const oldest = store.oldest(16)
      if (oldest.length === 0) break
      for (const entry of oldest) {
        if ((chars ?? 0) <= most) break
        store.remove(entry.key)
        chars = (chars ?? 0) - entry.chars
        evicted += 1
      }
    }
    count({ evicted }, now)
  }

  return {
    look(asked, now) {
      const { key, bucket, vector, refresh } = asked
      const entry = refresh ? undefined : store.find(key, now)
      if (entry !== undefined && now - entry.at < asked.maxAgeMs) return hit(entry, 'exact', 1, now)
      if (!refresh) {
        const stream = flights.follow(key, now)
        if (stream !== undefined) {
          count({ shared: 1 }, now)
          return { kind: 'follow', stream }
        }
        if (bucket !== undefined && vector === undefined) {
          if (store.near(bucket, now, now - asked.maxAgeMs, 1).length > 0) return { kind: 'rivals' }
        } else if (bucket !== undefined && vector !== undefined && vector.length > 0) {
          const found = nearest(asked, bucket, vector, now)
          if (found !== undefined) return found
        }
      }
      count({ missed: 1 }, now)
      return { kind: flights.open(key, now) === undefined ? 'alone' : 'lead' }
    },
    board: flights.board,
    store({ key, bucket, route, ttlMs, chars: most }, flight, now) {
      if (flight.isPurged()) return false
      const { events, head, vector } = toldIn(flight.lines())
      const body = JSON.stringify(compact(events))
      if (head === undefined || !isWhole(events) || body.length > ENTRY_CHARS || charsOf(body) > most)
        return false
      chars ??= store.totals().chars
      const before = store.find(key, 0)
      store.put({
        key,
        bucket: bucket ?? null,
        vector: bytesIn(vector),
        route,
        at: now,
        until: now + ttlMs,
        head: JSON.stringify(head),
        body,
      })
      chars += charsOf(body) - (before === undefined ? 0 : charsOf(before.body))
      count({ stored: 1 }, now)
      if (chars > most) makeRoom(most, now)
      return true
    },
    expire(now) {
      const expired = store.expire(now)
      chars = undefined
      count({ expired }, now)
    },
    nextExpiry: store.nextExpiry,
    purge(route, now) {
      flights.purge()
      const purged = store.purge(route)
      chars = undefined
      if (purged > 0) note(now)
      return purged
    },
    stats(now) {
      if (given.size > 0) note(now)
      return { ...store.totals(), ...plus(store.counts(), fresh) }
    },
    reset() {
      chars = undefined
      given.clear()
      store.reset()
    },
  }
}

const costIn = (head: string): number => {
  const { costMicros } = JSON.parse(head) as { costMicros?: number } // written by store
  return costMicros ?? 0
}

function bytesIn(base64: string | undefined): Uint8Array | null {
  if (base64 === undefined) return null
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
