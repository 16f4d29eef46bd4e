// How turns come into a conversation and leave it: one after another, each written down once.
import type { Told } from './adding.ts'
import type { Heard } from './drafts.ts'
import type { Ending } from './ending.ts'
import type { Asking, Recalled } from './joining.ts'
import type { Parts } from './parts.ts'
import type { Entered, Forgone, Leaving, Remembered } from './spoken.ts'
import type { Span, Written } from './summing.ts'

/** While somebody sums up nobody else is asked to; nor for so long after it came to nothing. */
const SUMMING_MS = 60_000

const NOBODY = (): boolean => false

export interface Speaking {
  recall(turnId: string, asking: Asking, allowedMicros: number | undefined): Promise<Entered>
  remember(told: Told, leaving: Leaving): Promise<Remembered>
  hear(turnId: string, heard: Heard): Promise<void>
  forgo(turnId: string, forgone: Forgone): Promise<void>
  summarised(span: Pick<Span, 'turn' | 'upto' | 'depth'>, written: Written | undefined): void
}

export function openSpeaking(parts: Parts, ending: Ending): Speaking {
  const { surroundings, store, keeper, drafts, loose, traces, floor, open, erased, change } = parts
  let summingUntil = 0 // somebody sums it up at the moment

  /** The first turn says what the conversation may cost in all; a later one can lower that, and never raise it. */
  const allow = (micros: number): void => {
    const known = store.fact('allowed')
    if (known === undefined || Number(known) > micros) store.setFact('allowed', String(micros))
  }

  /** Counts where estimates will not do; where what was counted cannot be written down, they have to. */
  const join = async (asking: Asking): Promise<Recalled> => {
    if (!keeper.isTight(asking)) return keeper.recall(asking)
    const count = await surroundings.count()
    try {
      return change(() => keeper.recall(asking, count))
    } catch {
      return keeper.recall(asking) // says what is wrong, where it is not the writing
    }
  }

  const leave = (turnId: string): void => {
    open.delete(turnId)
    floor.release(turnId)
  }

  const nextSpan = (): Span | undefined => {
    if (Date.now() < summingUntil) return undefined
    const span = keeper.span()
    if (span !== undefined) summingUntil = Date.now() + SUMMING_MS
    return span
  }

  return {
    async recall(turnId, asking, allowedMicros) {
      const startedAt = Date.now()
      if (allowedMicros !== undefined) allow(allowedMicros)
      if (!(await floor.take(turnId))) return { ok: false, why: 'busy', waitedMs: Date.now() - startedAt }
      try {
        loose.write(NOBODY) // nobody else speaks now: what was left of others has no end any more, or has it later
        const recalled = await join(asking)
        if (!recalled.ok) {
          floor.release(turnId)
          return recalled
        }
        open.add(turnId)
        const allowed = store.fact('allowed')
        const last = keeper.lastServed()
        return {
          ...recalled,
          isListed: store.fact('listed') !== undefined,
          ...(allowed === undefined ? {} : { allowedMicros: Number(allowed) }),
          ...(last === undefined ? {} : { last }),
        }
      } catch (error) {
        floor.release(turnId)
        throw error
      }
    },

    async remember(told, leaving) {
      if (erased.has(told.id)) {
        leave(told.id)
        await ending.forget(told.id, leaving)
        return { isErased: true }
      }
      loose.hold(told, leaving)
      change(() => parts.write(told, leaving))
      loose.drop(told.id)
      leave(told.id)
      await parts.schedule(told.at + leaving.keepMs)
      const span = leaving.sums ? nextSpan() : undefined
      return { isErased: false, ...(span === undefined ? {} : { span }) }
    },

    async hear(turnId, heard) {
      if (erased.has(turnId) || store.find(turnId) !== undefined) return
      change(() => drafts.hear(turnId, heard))
      const { begun } = heard
      if (begun !== undefined) await parts.schedule(begun.at + begun.leaving.keepMs)
    },

    async forgo(turnId, forgone) {
      const wasErased = erased.delete(turnId)
      leave(turnId)
      if (forgone.wasHeard) return
      drafts.remove(turnId)
      const { traces: left = [], keepMs = 0 } = forgone.leaving ?? {}
      if (wasErased || forgone.isErased === true) return ending.abandon(left)
      if (left.length === 0) return
      change(() => traces.note(left, Date.now()))
      await parts.schedule(Date.now() + keepMs)
    },

    summarised(span, written) {
      summingUntil = written === undefined ? Date.now() + SUMMING_MS : 0
      if (written !== undefined) change(() => keeper.summarised(span, written))
    },
  }
}
