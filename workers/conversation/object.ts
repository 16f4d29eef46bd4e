// The object that keeps one conversation: its turns in order, one request at a time.
import { DurableObject } from 'cloudflare:workers'
import type { Told } from './adding.ts'
import type { Heard } from './drafts.ts'
import { type Ending, openEnding } from './ending.ts'
import type { Asking } from './joining.ts'
import { openParts, type Parts } from './parts.ts'
import { about, type About, copyOf, type Page, readPage, type SaidTurn, type TurnQuery } from './reading.ts'
import { openSpeaking, type Speaking } from './speaking.ts'
import type { Entered, Erased, Forgone, Leaving, Remembered, Surroundings } from './spoken.ts'
import type { Span, Written } from './summing.ts'

export class ConversationObject extends DurableObject {
  private readonly parts: Parts
  private readonly ending: Ending
  private readonly speaking: Speaking

  constructor(state: DurableObjectState, env: Cloudflare.Env, surroundings: Surroundings) {
    super(state, env)
    this.parts = openParts(state.storage, surroundings)
    this.ending = openEnding(this.parts)
    this.speaking = openSpeaking(this.parts, this.ending)
  }

  /** Waits for the turn before this one, then says what the model should see. `allowedMicros`: what it may cost in all. */
  async recall(turnId: string, asking: Asking, allowedMicros: number | undefined): Promise<Entered> {
    return this.speaking.recall(turnId, asking, allowedMicros)
  }

  /** Stores a turn, once, and lets the next one speak. Rejects where it could not be written; it may be told again. */
  async remember(told: Told, leaving: Leaving): Promise<Remembered> {
    return this.speaking.remember(told, leaving)
  }

  /** Words of a turn that is being answered. */
  async hear(turnId: string, heard: Heard): Promise<void> {
    return this.speaking.hear(turnId, heard)
  }

  /** The request came to nothing, and no turn is stored; or words of it were heard, and those are. */
  async forgo(turnId: string, forgone: Forgone): Promise<void> {
    return this.speaking.forgo(turnId, forgone)
  }

  /** It cannot be written yet; the next one need not wait for that. */
  async stepAside(turnId: string): Promise<void> {
    this.parts.floor.release(turnId)
  }

  /** A summary was written, or none: `written` is absent where nobody could. */
  async summarised(span: Pick<Span, 'turn' | 'upto' | 'depth'>, written: Written | undefined): Promise<void> {
    this.speaking.summarised(span, written)
  }

  async about(): Promise<(About & { readonly expiresAt: number }) | undefined> {
    const found = about(this.settled().store)
    return found && { ...found, expiresAt: found.lastTurnAt + this.parts.keepMs() }
  }

  async read(query: TurnQuery): Promise<Page> {
    return readPage(this.settled().store, query)
  }

  /** Whoever reads sees what a crash has left as well. */
  private settled(): Parts {
    this.parts.loose.write((turn) => this.parts.open.has(turn))
    return this.parts
  }

  /** Takes over turns of another conversation; false where it has turns of its own. `isFirst`: it is to have none yet. */
  async adopt(turns: readonly SaidTurn[], leaving: Leaving, isFirst: boolean): Promise<boolean> {
    const { store, change, write, schedule } = this.parts
    if (isFirst && store.head() !== undefined) return false
    change(() => {
      for (const turn of turns) write(copyOf(turn, store.head()?.id ?? null), leaving)
    })
    await schedule(Date.now() + leaving.keepMs)
    return true
  }

  /** Erases everything; a turn that is being answered is not stored. Tells what its turns have left elsewhere. */
  async erase(): Promise<Erased> {
    return this.ending.erase()
  }

  override async alarm(): Promise<void> {
    await this.ending.ring()
  }
}
