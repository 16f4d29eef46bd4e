// How a conversation ends: erased by its client or by time, with all that its turns have left elsewhere.
import { ARRIVED_MS, type Trace } from '../traces.ts'
import { LOOK_MS, type Parts } from './parts.ts'
import type { Erased, Leaving } from './spoken.ts'

/** At most so many texts are sealed again at a time, so that a request need not wait long. */
const RESEALED = 256
/** What could not be erased is tried again after this. */
const AGAIN_MS = 60_000

export interface Ending {
  /** What erased turns have left elsewhere is erased once more when what was on its way has arrived. */
  abandon(traces: readonly Trace[]): Promise<void>
  /** A turn that was erased while it was answered has come to its end. */
  forget(turnId: string, leaving: Leaving): Promise<void>
  erase(): Promise<Erased>
  /** The alarm. */
  ring(): Promise<void>
}

export function openEnding(parts: Parts): Ending {
  const { storage, surroundings, store, drafts, loose, traces, open, erased } = parts

  const abandon = async (left: readonly Trace[]): Promise<void> => {
    if (left.length === 0) return
    parts.change(() => traces.leave(left))
    await parts.schedule(Date.now() + ARRIVED_MS)
  }

  const erase = async (): Promise<Erased> => {
    const unended = drafts.all()
    const own = [...traces.all(), ...unended.flatMap(({ begun }) => begun.leaving.traces)]
    const left = [...own, ...traces.left()]
    const wasThere = store.head() !== undefined || open.size + unended.length + own.length > 0
    loose.clear()
    for (const turn of open) erased.add(turn)
    await storage.deleteAlarm()
    await storage.deleteAll()
    parts.reset()
    await abandon(left)
    return { wasThere, traces: own }
  }

  const clear = async (): Promise<void> => {
    const left = traces.left()
    if (left.length === 0) return
    await storage.setAlarm(Date.now() + AGAIN_MS) // where something cannot be reached now
    await surroundings.clear(left)
    parts.change(() => traces.clear())
  }

  /** Of what came to nothing there is nothing here but where its words are. */
  const lastTrace = (): number => Math.max(0, ...traces.all().map(({ until }) => until))

  return {
    abandon,
    erase,
    async forget(turnId, { name, traces: left }) {
      // It has been put into the list of its key meanwhile.
      if (store.head() === undefined) await surroundings.forget(name)
      await abandon(left)
      erased.delete(turnId)
    },
    async ring() {
      await clear()
      loose.write((turn) => open.has(turn))
      const [now, head] = [Date.now(), store.head()]
      if (head === undefined && open.size > 0) return // its end sets another
      const endsAt = head === undefined ? lastTrace() : head.at + parts.keepMs()
      if (endsAt > now) {
        const hasMore = parts.change(() => store.reseal(RESEALED))
        return storage.setAlarm(hasMore ? now : Math.min(endsAt, now + LOOK_MS))
      }
      const name = store.fact('name')
      if (name !== undefined) await surroundings.forget(name)
      await erase()
    },
  }
}
