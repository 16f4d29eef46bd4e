// Turns whose end is not written down: those that were told and could not be written, and those of which words were heard
// and no end. They find their place before the next turn is let in, or when somebody reads.
import type { Told } from './adding.ts'
import { cutTurn, type Drafts } from './drafts.ts'
import { roughly } from './item.ts'
import type { Leaving } from './spoken.ts'

export interface Loose {
  /** It was told, and could not be written by now. */
  hold(told: Told, leaving: Leaving): void
  drop(turn: string): void
  /** Writes what can be written; drafts of turns that are still `open` are left alone. */
  write(isOpen: (turn: string) => boolean): void
  clear(): void
}

/** In memory, whole turns: whoever has more than this has a storage that takes nothing. */
const MOST_HELD = 16

/** `write` writes one turn down, all of it or nothing. */
export function openLoose(drafts: Drafts, write: (told: Told, leaving: Leaving) => void): Loose {
  const held = new Map<string, { readonly told: Told; readonly leaving: Leaving }>()

  const attempt = (told: Told, leaving: Leaving): void => {
    try {
      write(told, leaving)
      held.delete(told.id)
    } catch {
      // its storage takes nothing yet; the next one who comes tries again
    }
  }

  return {
    hold(told, leaving) {
      held.set(told.id, { told, leaving })
      const [oldest] = held.keys()
      if (held.size > MOST_HELD && oldest !== undefined) held.delete(oldest)
    },
    drop: (turn) => void held.delete(turn),
    write(isOpen) {
      for (const { told, leaving } of held.values()) attempt(told, leaving)
      for (const draft of drafts.all())
        if (!isOpen(draft.turn)) attempt(cutTurn(draft, roughly), draft.begun.leaving)
    },
    clear: () => held.clear(),
  }
}
