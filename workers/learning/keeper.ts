// What a learner does with news: keeps requests for a while, adds labels to its mind, and takes back what was said before.
import type { Asked, Learnt, Mind, Named, News, OpenMind, Standing } from './label.ts'
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
/** A mind holds fewer, by size; these are what it is made from again. */
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
  let thought: { readonly mind: Mind; written: number } | undefined
  let packed: { readonly seq: number; readonly bytes: Uint8Array } | undefined

  const rethink = (): Mind => {
    const mind = openMind()
    for (const { named } of store.labelsAfter(0)) mind.add(named.label)
    thought = { mind, written: -WRITE_EVERY }
    return mind
  }

  const mindOf = (): Mind => {
    if (thought !== undefined) return thought.mind
    const saved = store.readSnapshot()
    if (saved === undefined) return rethink()
    const mind = openMind(saved.bytes)
    for (const { named } of store.labelsAfter(saved.seq)) mind.add(named.label)
    thought = { mind, written: saved.seq }
    return mind
  }

  const snapshot = (): Uint8Array => {
    if (packed?.seq !== seq) packed = { seq, bytes: mindOf().snapshot() }
    return packed.bytes
  }

  /** True where it is news. */
  const learn = (named: Named): boolean => {
    const before = store.label(named.id)
    if (before !== undefined && saysSame(before, named)) return false
    const mind = mindOf()
    seq += 1
    store.writeLabel(seq, named)
    if (before === undefined) mind.add(named.label)
    else rethink() // what a mind has learned cannot be taken out of it
    if (thought !== undefined && seq - thought.written >= WRITE_EVERY) {
      store.trimLabels(limits.labels)
      store.writeSnapshot(seq, thought.mind.snapshot())
      thought.written = seq
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
    take({ asked, labels }, now) {
      const fresh = asked.filter(({ id }) => !places.has(id))
      if (fresh.length > 0) keep(fresh, now)
      let isNews = false
      for (const named of labels) isNews = learn(named) || isNews
      return isNews
    },
    feedback(requestId, score, now) {
      const batch = places.get(requestId)
      const asked =
        batch === undefined ? undefined : store.readBatch(batch).findLast(({ id }) => id === requestId)
      if (asked === undefined) return false
      const quality = (score + 1) / 2
      const side = asked.tier === 'mini' ? { weak: quality } : { strong: quality }
      learn({
        id: `feedback/${requestId}`,
        label: { sketch: asked.sketch, ...side, source: 'feedback', at: now },
      })
      return true
    },
    learnt: (have) => (have === seq ? { version: seq } : { version: seq, snapshot: snapshot() }),
    known: () => ({ standing: mindOf().standing(), sources: store.counts(), snapshot: snapshot() }),
  }
}

const saysSame = (one: Named, other: Named): boolean =>
  one.label.sketch === other.label.sketch &&
  one.label.weak === other.label.weak &&
  one.label.strong === other.label.strong
