// What a learner does with news: keeps requests for a while, adds labels to its mind, and takes back what was said before.
import type { Standing } from '../../shared/label.ts'
import type { Asked, Learnt, Mind, Named, News, OpenMind } from './label.ts'
import { openShelf, type Shelf } from './shelf.ts'
import type { LearnerStore } from './store.ts'

export interface Keeper {
  /** News may come twice: what is known already changes nothing. True where something was learned. */
  take(news: News, now: number): boolean
  /** What a caller thinks of an answer, -1..1; false for a request that is not known, or not any more. */
  feedback(requestId: string, score: number, now: number): boolean
  /** With a snapshot where the asker's version is another one. */
  learnt(have: number | undefined): Learnt
  known(): Known
}

export interface Known {
  readonly standing: Standing
  /** Labels by source. */
  readonly sources: Readonly<Record<string, number>>
  readonly snapshot: Uint8Array
}

/** Requests that can still be spoken of; about a kilobyte each. */
const MOST_ASKED = 50_000
const KEEP_MS = 7 * 24 * 60 * 60_000
/** What a mind is made from again where something is taken back; about a kilobyte each. */
const MOST_LABELS = 6_000
/** The mind is written down after so many labels, so that a restart need not think all again. */
const WRITE_EVERY = 100

export function openKeeper(
  store: LearnerStore,
  openMind: OpenMind,
  limits = { asked: MOST_ASKED, labels: MOST_LABELS },
): Keeper {
  const places = new Map<string, number>() // a request's batch; bounded by MOST_ASKED
  const batches = store.batches()
  let count = 0
  for (const { batch, ids } of batches) {
    for (const id of ids) places.set(id, batch)
    count += ids.length
  }
  let seq = store.lastSeq()
  let labels: Shelf | undefined
  let thought: { readonly mind: Mind; added: number } | undefined
  let packed: { readonly seq: number; readonly bytes: Uint8Array } | undefined

  const shelf = (): Shelf => (labels ??= openShelf(store, limits.labels))

  const mindOf = (): Mind => {
    if (thought !== undefined) return thought.mind
    const saved = store.readSnapshot()
    const mind = openMind(saved?.bytes)
    thought = { mind, added: 0 }
    for (const { named } of store.lotsAfter(saved?.seq ?? 0)) {
      for (const { label } of named) mind.add(label)
      thought.added += named.length
    }
    return mind
  }

  /** What a mind has learned cannot be taken out of it. */
  const rethink = (): Mind => {
    const mind = openMind()
    for (const { label } of shelf().all()) mind.add(label)
    thought = { mind, added: WRITE_EVERY }
    return mind
  }

  const lesson = (): Uint8Array => {
    if (packed?.seq !== seq) packed = { seq, bytes: mindOf().lesson() }
    return packed.bytes
  }

  /** True where something of it is news. */
  const learn = (told: readonly Named[]): boolean => {
    const named = told.length === 0 ? told : shelf().fresh(told)
    if (named.length === 0) return false
    const mind = mindOf()
    seq += 1
    if (shelf().add({ seq, named })) rethink()
    else for (const { label } of named) mind.add(label)
    if (thought === undefined) return true
    thought.added += named.length
    if (thought.added >= WRITE_EVERY) {
      store.writeSnapshot(seq, mindOf().snapshot())
      thought.added = 0
    }
    return true
  }

  const keep = (asked: readonly Asked[], now: number): void => {
    const batch = (batches.at(-1)?.batch ?? 0) + 1
    store.writeBatch(batch, now, asked)
    const ids = asked.map(({ id }) => id)
    batches.push({ batch, at: now, ids })
    count += ids.length
    for (const id of ids) places.set(id, batch)
    forget(now)
  }

  const forget = (now: number): void => {
    let upto: number | undefined
    for (let oldest = batches[0]; oldest !== undefined; oldest = batches[0]) {
      if (count <= limits.asked && now - oldest.at <= KEEP_MS) break
      upto = oldest.batch
      count -= oldest.ids.length
      for (const id of oldest.ids) if (places.get(id) === oldest.batch) places.delete(id)
      batches.shift()
    }
    if (upto !== undefined) store.removeBatches(upto)
  }

  return {
    take({ asked, labels: told }, now) {
      const fresh = asked.filter(({ id }) => !places.has(id))
      if (fresh.length > 0) keep(fresh, now)
      return learn(told)
    },
    feedback(requestId, score, now) {
      const batch = places.get(requestId)
      const asked =
        batch === undefined ? undefined : store.readBatch(batch).findLast(({ id }) => id === requestId)
      if (asked === undefined) return false
      const quality = (score + 1) / 2
      const side = asked.tier === 'mini' ? { weak: quality } : { strong: quality }
      const { id: _, tier: __, ...noticed } = asked
      const label = { ...noticed, ...side, source: 'feedback', at: now } as const
      learn([{ id: `feedback/${requestId}`, label }])
      return true
    },
    learnt: (have) => (have === seq ? { version: seq } : { version: seq, snapshot: lesson() }),
    known: () => ({ standing: mindOf().standing(), sources: shelf().counts(), snapshot: lesson() }),
  }
}
