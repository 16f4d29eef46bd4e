// A response that ended, on its way into its thread: tried for a minute, of which the next turn in its conversation waits
// for a part.
import { persist } from '../insist.ts'
import type { Cx, Fate } from '../service.ts'
import type { Keeping } from './keeper.ts'
import type { Thread } from './threads.ts'

/** The next turn waits so long, so that it hears of this one. */
const SPEAKING_MS = 15_000
/** And so long it is tried at all. */
const TRYING_MS = 60_000

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
