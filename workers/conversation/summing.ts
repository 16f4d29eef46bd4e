// Which turns are to be summed up, and what becomes of their summary: each span once, each from the summary before it, and
// for those branches only whose turns it sums up.
import { anchorIn } from './anchor.ts'
import type { Node } from './node.ts'
import type { ConversationStore, Summary } from './store.ts'
import type { StoredMessage } from './transcript.ts'

/** Turns to be summed up. */
export interface Span {
  /** The summary will belong to the turns from this one on. */
  readonly turn: number
  readonly upto: number
  readonly depth: number
  readonly previous: { readonly position: number; readonly text: string } | null
  readonly messages: readonly StoredMessage[]
}

export interface Written {
  readonly text: string
  readonly tokens: number
  readonly model: string
  readonly at: number
}

export interface Sums {
  /** What was left out of the last turn and is summed up nowhere. */
  span(): Span | undefined
  summarised(span: Pick<Span, 'turn' | 'upto' | 'depth'>, written: Written): void
}

/** As much of what was left out is summed up at a time. */
const SPAN_TOKENS = 6_000
/** A new summary is looked for among so many of the last turns: it was written while they were spoken. */
const RECENT = 64

export function openSums(store: ConversationStore): Sums {
  /** Turns of the branch that are sent no more and stand in no summary, oldest first. */
  const unsummed = (head: Node, last: Summary | undefined): Node[] => {
    const from = anchorIn(store)?.start
    if (from === undefined) return []
    const start = store.at(from)
    if (start !== undefined && start.depth - 1 <= (last?.depth ?? 0)) return [] // most turns: nothing more has gone
    const found: Node[] = []
    for (const turn of store.path(head.position)) {
      if (turn.position === last?.upto) break
      if (turn.position < from) found.push(turn)
    }
    return found.toReversed()
  }

  return {
    span() {
      const head = store.head()
      if (head === undefined) return undefined
      const last = store.summary(head.summary)
      const messages: StoredMessage[] = []
      let [tokens, upto]: [number, Node | undefined] = [0, undefined]
      for (const turn of unsummed(head, last)) {
        if (upto !== undefined && tokens >= SPAN_TOKENS) break
        messages.push(...turn.items.map((_, part) => store.readMessage(turn, part)))
        tokens += turn.items.reduce((sum, item) => sum + item.tokens, 0)
        upto = turn
      }
      if (upto === undefined) return undefined
      const previous = last === undefined ? null : { position: last.position, text: store.summaryText(last) }
      return { turn: head.position, upto: upto.position, depth: upto.depth, previous, messages }
    },

    summarised({ turn, upto, depth }, { text, ...written }) {
      const asked = store.at(turn)
      if (asked === undefined || store.summary(asked.summary)?.upto === upto) return
      const summary = store.addSummary({ upto, depth, previous: asked.summary, ...written }, text)
      const since: number[] = []
      for (const { position } of store.path(store.head()?.position ?? null)) {
        since.push(position)
        if (position <= turn || since.length >= RECENT) break
      }
      // Where another branch is spoken on now, the one that was summed up has it for when it is gone on with.
      store.sumUp(since.at(-1) === turn ? since : [turn], summary)
    },
  }
}
