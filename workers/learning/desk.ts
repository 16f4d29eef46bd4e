// The isolate's side of learning: what routes have learned, at once and without asking anybody; news of requests is told to
// the learners, and what they know is fetched, off the path.
import type { Cx } from '../service.ts'
import { type Learnt, nameOf, type News, type Place } from './label.ts'

/** What is needed of the learners; the real ones are Durable Objects named by tenant and route. */
export interface Learners {
  /** `have` is the version that is known here; `null` where no snapshot is wanted. */
  exchange(place: Place, news: News, have: number | undefined | null): Promise<Learnt>
  feedback(place: Place, requestId: string, score: number): Promise<boolean>
}

/** Each learner where it lives. */
export const learnersAt = (at: (place: Place) => Learners): Learners => ({
  exchange: (place, news, have) => at(place).exchange(place, news, have),
  feedback: (place, requestId, score) => at(place).feedback(place, requestId, score),
})

export interface Desk<Known> {
  /** What is known here; undefined before anything is. */
  known(place: Place): Known | undefined
  /** Takes news to the learner, and renews what is known here where that is old. */
  tell(place: Place, news: Partial<News>, cx: Cx): void
}

export interface DeskOptions<Known> {
  readonly learners: Learners
  readonly read: (snapshot: Uint8Array) => Known
  readonly warn: (message: string) => void
}

/** Learners that an isolate knows of, and what their snapshots weigh in all; those that were quiet for longest go. */
const MOST_PLACES = 256
const MOST_BYTES = 16_000_000
/** News gathers so long, so that a busy route makes one exchange of many requests. */
const GATHER_MS = 2_000
/** What is known is renewed after this, with the next news. */
const STALE_MS = 60_000
/** News of so many requests at once, and so many waiting while the learner is away. */
const MOST_TOLD = 200
const MOST_WAITING = 1_000
/** Deferred work that has not ended after this died with its request, as on Cloudflare it does after 30 s. */
const LOST_MS = 35_000

interface Entry<Known> {
  readonly place: Place
  known: { readonly version: number; readonly value: Known; readonly bytes: number } | undefined
  /** When it was last asked for a snapshot; never at first. */
  askedAt: number
  asked: News['asked'][number][]
  labels: News['labels'][number][]
  /** Somebody takes the news, since then. */
  carriedSince: number | undefined
}

export function openDesk<Known>({ learners, read, warn }: DeskOptions<Known>): Desk<Known> {
  const entries = new Map<string, Entry<Known>>() // a cache, bounded by MOST_PLACES and MOST_BYTES

  const entryOf = (place: Place): Entry<Known> => {
    const name = nameOf(place)
    const entry: Entry<Known> = entries.get(name) ?? {
      place,
      known: undefined,
      askedAt: Number.NEGATIVE_INFINITY,
      asked: [],
      labels: [],
      carriedSince: undefined,
    }
    entries.delete(name)
    entries.set(name, entry)
    makeRoom()
    return entry
  }

  const makeRoom = (): void => {
    let bytes = 0
    for (const { known } of entries.values()) bytes += known?.bytes ?? 0
    for (const [name, { known }] of entries) {
      if (entries.size <= MOST_PLACES && (bytes <= MOST_BYTES || entries.size === 1)) return
      bytes -= known?.bytes ?? 0
      entries.delete(name)
    }
  }

  const exchange = async (entry: Entry<Known>, now: number): Promise<void> => {
    const isStale = now - entry.askedAt >= STALE_MS
    const news: News = {
      asked: entry.asked.splice(0, MOST_TOLD),
      labels: entry.labels.splice(0, MOST_TOLD),
    }
    if (isStale) entry.askedAt = now
    try {
      const { version, snapshot } = await learners.exchange(
        entry.place,
        news,
        isStale ? entry.known?.version : null,
      )
      if (snapshot !== undefined) entry.known = { version, value: read(snapshot), bytes: snapshot.byteLength }
    } catch (error) {
      // What is known goes on to hold; the news waits for the next request's.
      entry.asked.unshift(...news.asked)
      entry.labels.unshift(...news.labels)
      throw error
    }
  }

  const carry = async (entry: Entry<Known>, cx: Cx): Promise<void> => {
    const since = cx.now()
    entry.carriedSince = since
    try {
      // Who knows nothing yet asks at once.
      if (entry.askedAt > Number.NEGATIVE_INFINITY)
        await new Promise((resolve) => setTimeout(resolve, GATHER_MS))
      do await exchange(entry, cx.now())
      while (entry.asked.length + entry.labels.length > 0)
    } catch (error) {
      warn(
        `learning: ${nameOf(entry.place)} is away (${error instanceof Error ? error.message : String(error)})`,
      )
    } finally {
      if (entry.carriedSince === since) entry.carriedSince = undefined
    }
  }

  return {
    known: (place) => entries.get(nameOf(place))?.known?.value,
    tell(place, { asked = [], labels = [] }, cx) {
      const entry = entryOf(place)
      const now = cx.now()
      entry.asked = [...entry.asked, ...asked].slice(-MOST_WAITING)
      entry.labels = [...entry.labels, ...labels].slice(-MOST_WAITING)
      const isIdle = entry.asked.length + entry.labels.length === 0 && now - entry.askedAt < STALE_MS
      if (isIdle || (entry.carriedSince !== undefined && now - entry.carriedSince < LOST_MS)) return
      cx.defer(carry(entry, cx))
    },
  }
}
