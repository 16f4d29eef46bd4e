// A response on its way into its thread: as much as there is of it is written down while it is said, and at its end it is
// tried for a minute, of which the next turn in its conversation waits for a part.
import type { Fields } from '../../shared/fields.ts'
import { persist } from '../insist.ts'
import type { Cx, Fate } from '../service.ts'
import { interrupted, saidIn } from './closing.ts'
import type { Keeping } from './keeper.ts'
import type { Thread } from './threads.ts'

/** The next turn waits so long, so that it hears of this one. */
const SPEAKING_MS = 15_000
/** And so long it is tried at all. */
const TRYING_MS = 60_000

/** A longer one is written down at its end only, behind what there was of it by then. */
const MOST_CHARS = 1024 * 1024

export interface Hearable {
  readonly thread: () => Pick<Thread, 'hear'>
  readonly keeping: (response: Fields) => Keeping
}

/** One of which no word was said is not written down: who asked will ask again. */
export function openHeard({ thread, keeping }: Hearable): (response: Fields) => Promise<boolean> {
  let isBegun = false
  return async (response) => {
    const heard = interrupted(response)
    if (heard['id'] === undefined || saidIn(heard).length === 0) return true
    const kept = keeping(heard)
    if (kept.response.length > MOST_CHARS) return false
    const { id, conversationId, saidTokens = [] } = kept
    const begun = isBegun ? {} : { begun: { ...kept, response: '' } }
    await thread().hear({ id, conversationId, response: kept.response, saidTokens, ...begun })
    isBegun = true
    return true
  }
}

/** Rejects where it could not be written; it is no more in anybody's way then. */
export async function write(
  thread: Pick<Thread, 'keep' | 'forgo' | 'stepAside'>,
  keeping: Keeping,
  cx: Cx,
): Promise<Fate> {
  const { id, conversationId } = keeping
  const stepAside = (): void => void thread.stepAside(id).catch(nothing)
  const aside = conversationId === null ? null : setTimeout(stepAside, SPEAKING_MS)
  try {
    return await persist(() => thread.keep(keeping), TRYING_MS, cx.now)
  } catch (error) {
    await thread.forgo(id, conversationId)
    throw error
  } finally {
    clearTimeout(aside)
  }
}

/** Nobody waits for it; the response's end frees the conversation as well. */
const nothing = (): void => undefined
