// How a thread forgets: what has had its time goes, what an older key sealed is sealed again, and nothing is left behind
// where nothing is kept.
import type { Journal } from '../journal/journal.ts'
import { expired, KEEP_MS, nextExpiry } from './lineage.ts'
import type { Places } from './places.ts'
import type { ThreadStore } from './store.ts'

export interface Expiry {
  /** The alarm rang. */
  ring(): Promise<void>
  /** Something was written that has had its time after so long. An alarm that is set may ring before: it looks anew. */
  due(inMs: number): Promise<void>
  /** Leaves nothing behind where nothing is kept any more; says whether that was so. */
  clear(): Promise<boolean>
}

/** So many rows are sealed again in one go: what a new key costs an object is spread over alarms. */
const MOST_RENEWED = 256
const MORE_MS = 1_000

export interface Keeping {
  readonly storage: DurableObjectStorage
  readonly store: ThreadStore
  readonly journal: Journal
  readonly places: Places
  readonly conversationMs: () => number
  /** Something is being answered that is to be kept. */
  readonly isBusy: () => boolean
}

export function openExpiry({ storage, store, journal, places, conversationMs, isBusy }: Keeping): Expiry {
  /** One whose key is gone cannot be read, let alone sealed again: that is said to who asks for it. It expires all the same. */
  const renew = (): boolean => {
    try {
      return store.renew(MOST_RENEWED)
    } catch {
      return false
    }
  }

  const clear = async (): Promise<boolean> => {
    const isEmpty = store.all().length === 0 && store.conversationUse() === undefined
    if (!isEmpty || isBusy() || places.forget(Date.now()) !== undefined) return false
    await storage.deleteAll()
    store.reset()
    journal.reset()
    return true
  }

  const schedule = async (soonest?: number): Promise<void> => {
    const now = Date.now()
    const used = store.conversationUse()
    const dues = [
      nextExpiry(store.all(), now),
      // A conversation that is kept for longer is looked at in between: its texts may have to be sealed again.
      used === undefined ? undefined : Math.max(Math.min(used.at + conversationMs(), now + KEEP_MS), now),
      places.forget(now),
      journal.forget(now),
      soonest,
    ]
    const due = dues.filter((at) => at !== undefined).sort((a, b) => a - b)[0]
    const set = await storage.getAlarm()
    if (due !== undefined && (set === null || due < set)) await storage.setAlarm(due)
  }

  return {
    async ring() {
      const now = Date.now()
      const all = store.all()
      const gone = new Set(expired(all, now))
      for (const id of gone) store.remove(id)
      const used = store.conversationUse()
      const isOver = used !== undefined && now - used.at >= conversationMs()
      if (isOver) store.removeConversation()
      // What was said in a conversation stands in that, as long as it is kept.
      if (isOver || all.some(({ id, upto }) => upto === null && gone.has(id))) store.forgetSummaries()
      if (await clear()) return
      await schedule(renew() ? now + MORE_MS : undefined)
    },
    async due(inMs) {
      const at = Date.now() + inMs
      const set = await storage.getAlarm()
      if (set === null || at < set) await storage.setAlarm(at)
    },
    clear,
  }
}
