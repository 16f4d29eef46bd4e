// What a thread's object is made of while it is awake, and what all that it does has need of.
import type { Seal } from '../../shared/seal.ts'
import { type Floor, openFloor } from '../floor.ts'
import { type Journal, openJournal } from '../journal/journal.ts'
import { openDrafts } from './drafts.ts'
import { type Expiry, openExpiry } from './expiry.ts'
import { type Keeper, openKeeper } from './keeper.ts'
import { type Late, openLate } from './late.ts'
import { KEEP_MS, type Kept } from './lineage.ts'
import { type Loose, openLoose } from './loose.ts'
import { renewOlder } from './older.ts'
import { openPlaces, type Places } from './places.ts'
import { type AnswerTask, openRuns, type Runs } from './runs.ts'
import { openStore, type ThreadStore } from './store.ts'

/** What a thread is given of the house. */
export interface Surroundings {
  readonly seal: Seal
  readonly answer: AnswerTask
  /** How long a conversation is kept from its last word on. */
  readonly conversationMs: () => number
}

export interface Parts {
  readonly store: ThreadStore
  readonly keeper: Keeper
  readonly places: Places
  /** Of the events of runs that are streams. */
  readonly journal: Journal
  readonly expiry: Expiry
  readonly runs: Runs
  readonly floor: Floor
  readonly late: Late
  readonly loose: Loose
  /** A response that is kept, or will be within a moment. */
  find(id: string): Promise<Kept | undefined>
  /** All of it or nothing, the tables too, so that it can be tried again. */
  change<T>(work: () => T): T
  erase(ids: readonly string[]): Promise<void>
  /** Something was written down: it will have had its time. */
  schedule(): Promise<void>
}

export function openParts({ storage }: DurableObjectState, surroundings: Surroundings): Parts {
  const { seal, answer, conversationMs } = surroundings
  const store = openStore(storage.sql, seal)
  const drafts = openDrafts(storage.sql, seal)
  const keeper = openKeeper(store, conversationMs)
  const places = openPlaces(storage.sql)
  const journal = openJournal(storage.sql, seal)
  const expiry = openExpiry({
    storage,
    store,
    journal,
    places,
    conversationMs,
    isBusy: () => drafts.ids().length > 0,
  })
  const late = openLate()
  const deleted = new Set<string>() // nobody waits for these; one id each, and only until the object sleeps

  const change = <T>(work: () => T): T => {
    try {
      return storage.transactionSync(work)
    } catch (error) {
      store.reset()
      drafts.reset()
      throw error
    }
  }
  change(() => renewOlder(storage.sql, store))
  const runs = openRuns({ keeper, journal, answer, change })
  const loose = openLoose({
    drafts,
    change,
    write: (keeping) =>
      change(() => {
        keeper.keep(keeping, Date.now())
        drafts.remove(keeping.id)
      }),
  })

  return {
    store,
    keeper,
    places,
    journal,
    expiry,
    runs,
    floor: openFloor(),
    late,
    loose,
    change,
    async find(id) {
      loose.write()
      const kept = deleted.has(id) ? undefined : await late.wait(() => store.find(id))
      if (kept !== undefined) runs.check(kept)
      return kept
    },
    async erase(ids) {
      for (const id of ids) {
        deleted.add(id)
        loose.drop(id)
        runs.stop(id)
      }
      change(() => keeper.removeResponses(ids))
      for (const id of ids) journal.remove(id)
      if (await expiry.clear()) drafts.reset()
    },
    schedule: () => expiry.due(Math.min(KEEP_MS, conversationMs())),
  }
}
