// Responses whose end is not written down: those that were told and could not be written by now, and those of which words
// were heard and no end. They find their place before the next turn is let in, or when somebody reads.
import type { Drafts, Heard } from './drafts.ts'
import type { Keeping } from './keeper.ts'

export interface Loose {
  /** It was told, and is not written yet. */
  hold(keeping: Keeping): void
  /** Words of one that is being answered. */
  hear(heard: Heard): void
  /** Nothing more will be heard of it. */
  end(id: string): void
  /** It is gone, and what is known of it here as well. */
  drop(id: string): void
  /** The same of all that are in the conversation. */
  leave(): void
  /**
   * Writes what can be written. Throws where the response of this id could not be. `isFree`: nobody speaks in the
   * conversation, and so none of its responses is being answered any more.
   */
  write(given?: { readonly id?: string; readonly isFree?: boolean }): void
}

export interface Writing {
  readonly drafts: Drafts
  /** Writes one response down and forgets its draft, all of it or nothing. */
  readonly write: (keeping: Keeping) => void
  readonly change: (work: () => void) => void
}

/** In memory, whole responses: whoever has more than this has a storage that takes nothing. */
const MOST_HELD = 16
/** One of which so long nothing was heard has lost its isolate; longer than any request. */
const LOST_MS = 21 * 60_000

export function openLoose({ drafts, write, change }: Writing): Loose {
  const held = new Map<string, Keeping>()
  const open = new Map<string, number>() // when they were heard of; they end, or are lost

  const attempt = (keeping: Keeping): unknown => {
    try {
      write(keeping)
      held.delete(keeping.id)
      open.delete(keeping.id)
      return undefined
    } catch (error) {
      return error // its storage takes nothing yet; the next one who comes tries again
    }
  }

  const isOpen = (id: string): boolean => Date.now() - (open.get(id) ?? -LOST_MS) < LOST_MS

  const drop = (id: string): void => {
    held.delete(id)
    open.delete(id)
    drafts.remove(id)
  }

  const settle = (isFree: boolean): void => {
    for (const id of drafts.ids()) {
      if (held.has(id) || (isOpen(id) && !isFree)) continue
      const draft = drafts.find(id)
      if (draft !== undefined && (draft.conversationId !== null || !isOpen(id))) attempt(draft)
    }
  }

  return {
    hold(keeping) {
      held.set(keeping.id, keeping)
      const [oldest] = held.keys()
      if (held.size > MOST_HELD && oldest !== undefined) held.delete(oldest)
    },
    hear(heard) {
      change(() => drafts.hear(heard))
      open.set(heard.id, Date.now())
    },
    end: (id) => void open.delete(id),
    drop,
    leave() {
      for (const [id, { conversationId }] of held) if (conversationId !== null) held.delete(id)
      for (const id of drafts.ids()) if (drafts.find(id)?.conversationId !== null) drop(id)
    },
    write({ id, isFree = false } = {}) {
      let trouble: unknown
      for (const keeping of held.values()) {
        const error = attempt(keeping)
        if (keeping.id === id) trouble = error
      }
      if (trouble !== undefined) throw trouble
      settle(isFree)
    },
  }
}
