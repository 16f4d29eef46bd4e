// Responses that were told and could not be written by now. They find their place, in their order, before the next turn
// is let in, or when somebody reads.
import type { Keeping } from './keeper.ts'

export interface Loose {
  /** It was told, and is not written yet. */
  hold(keeping: Keeping): void
  drop(id: string): void
  /** Writes what can be written. Throws where the response of this id could not be. */
  write(id?: string): void
  clear(): void
}

/** In memory, whole responses: whoever has more than this has a storage that takes nothing. */
const MOST_HELD = 16

/** `write` writes one response down, all of it or nothing. */
export function openLoose(write: (keeping: Keeping) => void): Loose {
  const held = new Map<string, Keeping>()

  return {
    hold(keeping) {
      held.set(keeping.id, keeping)
      const [oldest] = held.keys()
      if (held.size > MOST_HELD && oldest !== undefined) held.delete(oldest)
    },
    drop: (id) => void held.delete(id),
    write(id) {
      let trouble: { readonly error: unknown } | undefined
      for (const keeping of held.values())
        try {
          write(keeping)
          held.delete(keeping.id)
        } catch (error) {
          // its storage takes nothing yet; the next one who comes tries again
          if (keeping.id === id) trouble = { error }
        }
      if (trouble !== undefined) throw trouble.error
    },
    clear: () => held.clear(),
  }
}
