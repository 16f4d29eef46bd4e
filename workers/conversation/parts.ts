// What an awake conversation consists of: its tables, who thinks over them, and which turns are being answered.
import { type Floor, openFloor } from '../floor.ts'
import { openTraces, type Traces } from '../traces.ts'
import type { Told } from './adding.ts'
import { type Drafts, openDrafts } from './drafts.ts'
import { type Keeper, openKeeper } from './keeper.ts'
import { type Loose, openLoose } from './loose.ts'
import { isOlder, renew } from './older.ts'
import type { Leaving, Surroundings } from './spoken.ts'
import { type ConversationStore, openStore } from './store.ts'

/** A conversation looks so often whether its texts are to be sealed with a newer key. */
export const LOOK_MS = 7 * 86_400_000

export interface Parts {
  readonly storage: DurableObjectStorage
  readonly surroundings: Surroundings
  readonly store: ConversationStore
  readonly keeper: Keeper
  readonly drafts: Drafts
  readonly loose: Loose
  readonly traces: Traces
  readonly floor: Floor
  /** Turns that have begun; one id each, until they end. */
  readonly open: Set<string>
  /** Those of them whose conversation is gone. */
  readonly erased: Set<string>
  /** All of it or nothing; the storage's tables too. */
  change<T>(work: () => T): T
  /** Within a change. */
  write(told: Told, leaving: Leaving): void
  /** The storage was emptied, or what was written was taken back. */
  reset(): void
  /** An alarm that is set already comes no later than it should, or finds out that it came early. */
  schedule(endsAt: number): Promise<void>
  keepMs(): number
}

export function openParts(storage: DurableObjectStorage, surroundings: Surroundings): Parts {
  const store = openStore(storage.sql, surroundings.seal)
  const keeper = openKeeper(store, surroundings.seal)
  const drafts = openDrafts(storage.sql, surroundings.seal)
  const traces = openTraces(storage.sql)

  const reset = (): void => {
    store.reset()
    drafts.reset()
    traces.reset()
  }

  const change = <T>(work: () => T): T => {
    try {
      return storage.transactionSync(work)
    } catch (error) {
      reset()
      throw error
    }
  }

  const write = (told: Told, { name, isListed, keepMs, traces: left }: Leaving): void => {
    drafts.remove(told.id)
    if (!keeper.remember(told)) return
    traces.note(left, told.at)
    for (const [fact, value] of [
      ['name', name],
      ['keep-ms', String(keepMs)],
      ...(isListed ? ([['listed', '1']] as const) : []),
    ] as const)
      if (store.fact(fact) !== value) store.setFact(fact, value)
  }

  if (isOlder(storage.sql)) storage.transactionSync(() => renew(storage.sql, store, keeper))

  return {
    storage,
    surroundings,
    store,
    keeper,
    drafts,
    traces,
    loose: openLoose(drafts, (told, leaving) => change(() => write(told, leaving))),
    floor: openFloor(),
    open: new Set(),
    erased: new Set(),
    change,
    write,
    reset,
    async schedule(endsAt) {
      const due = Math.min(endsAt, Date.now() + LOOK_MS)
      const set = await storage.getAlarm()
      if (set === null || set > due) await storage.setAlarm(due)
    },
    keepMs: () => Number(store.fact('keep-ms') ?? Number.POSITIVE_INFINITY),
  }
}
