// How turns come into a thread and leave it: one after another in a conversation, each kept once, some by themselves in
// the background.
import type { Fate } from '../service.ts'
import type { Heard } from './drafts.ts'
import type { Keeping } from './keeper.ts'
import type { Kept } from './lineage.ts'
import type { Parts } from './parts.ts'
import type { Asking, Due, Recalled } from './recalled.ts'
import type { Span, SpanName, Written } from './summing.ts'

export interface Speaking {
  /** What a new question goes on from. In a conversation it waits for the end of the answer before. */
  recall(asking: Asking): Promise<Recalled>
  /** Nothing came of it, or nothing more will. */
  forgo(id: string, conversationId: string | null): Fate
  keep(keeping: Keeping): Promise<Fate>
  /** As much as there is of one that is being answered. */
  hear(heard: Heard): Promise<void>
  begin(keeping: Keeping, task: string, keepMs: number | null): Promise<void>
  cancel(id: string): Promise<string | false | undefined>
  span(due: Due): Span | undefined
  summarised(name: SpanName, written: Written | undefined): void
}

/** While somebody sums up nobody else is asked to; nor for so long after it came to nothing. */
const SUMMING_MS = 60_000

export function openSpeaking(parts: Parts, waitUntil: (work: Promise<void>) => void): Speaking {
  const { store, keeper, expiry, runs, floor, late, loose, find, change, schedule } = parts
  let summingUntil = 0 // somebody sums up at the moment

  /** It was there when somebody began to speak in it. */
  const isErased = (conversationId: string | null): boolean =>
    conversationId !== null && !keeper.isConversation(conversationId)

  const run = async (kept: Kept, keepMs: number | null): Promise<void> => {
    // The floor was taken when it asked what was said before.
    await runs.run(kept, keepMs).finally(() => floor.release(kept.id))
    if (keepMs !== null) await expiry.due(keepMs)
  }

  return {
    async recall(asking) {
      const { id, previousId, conversationId } = asking
      if (previousId !== undefined) await find(previousId)
      if (conversationId === undefined) return keeper.recall(asking)
      if (!keeper.isConversation(conversationId)) return keeper.recall(asking)
      if (!(await floor.take(id))) return { ok: false, why: 'busy' }
      try {
        loose.write({ isFree: true }) // nobody else speaks now: what was left of others comes first
        const recalled = keeper.recall(asking)
        if (!recalled.ok) floor.release(id) // deleted while this one waited, or too long
        return recalled
      } catch (error) {
        floor.release(id) // what cannot be opened holds nobody up
        throw error
      }
    },
    forgo(id, conversationId) {
      floor.release(id)
      loose.end(id)
      return isErased(conversationId) ? 'erased' : 'none'
    },
    async keep(keeping) {
      const { id, conversationId } = keeping
      if (isErased(conversationId)) {
        change(() => loose.drop(id))
        floor.release(id)
        return 'erased'
      }
      loose.hold(keeping)
      loose.write({ id })
      floor.release(id)
      late.wake()
      await schedule()
      return 'kept'
    },
    async hear(heard) {
      if (isErased(heard.conversationId) || keeper.find(heard.id) !== undefined) return
      loose.hear(heard)
      await schedule()
    },
    async begin(keeping, task, keepMs) {
      change(() => keeper.queue(keeping, task))
      const kept = keeper.find(keeping.id)
      if (kept !== undefined) waitUntil(run(kept, keepMs))
      await schedule()
    },
    async cancel(id) {
      const kept = await find(id)
      if (kept === undefined) return undefined
      if (!kept.background) return false
      runs.cancel(kept)
      return store.text(id, 'response')
    },
    span(due) {
      if (Date.now() < summingUntil) return undefined
      const span = keeper.span(due)
      if (span !== undefined) summingUntil = Date.now() + SUMMING_MS
      return span
    },
    summarised(name, written) {
      summingUntil = written === undefined ? Date.now() + SUMMING_MS : 0
      if (written !== undefined) change(() => keeper.summarised(name, written))
    },
  }
}
