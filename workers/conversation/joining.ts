// How a question joins what was said before: where in the conversation it goes on, what of it is new, and with which of the
// turns so far it is sent. Thinks over store.ts.
import { type Anchor, type Choice, choose, type LeftOut } from '../../shared/context/chooser.ts'
import { MARKER_TOKENS } from '../../shared/context/item.ts'
import { summaryText } from '../../shared/context/summary.ts'
import type { Seal } from '../../shared/seal.ts'
import type { Goal } from '../../shared/talk-schema.ts'
import { anchorIn } from './anchor.ts'
import { markerOf } from './item.ts'
import type { Node } from './node.ts'
import { type ConversationStore, NO_INSTRUCTIONS, questionOf, type Summary } from './store.ts'
import { behind, gist, isInstruction, part, type StoredMessage } from './transcript.ts'

export interface Asking {
  readonly sent: readonly StoredMessage[]
  /** Of each message sent. */
  readonly tokens: readonly number[]
  readonly goal: Goal
  /** Tokens that everything may take which is sent to the model; null for no limit. */
  readonly room: number | null
}

/** Where a turn belongs and what it brings: what its object is told again at its end. */
export interface Place {
  /** The turn before it, as it was when the turn began; null for a first one. */
  readonly base: string | null
  /** It belongs behind that one, whatever came meanwhile. */
  readonly isFixed: boolean
  /** The turn whose question it answers again. */
  readonly again?: string
  readonly anchor?: Anchor
}

export interface Recall {
  /** Everything the model should see, in order. */
  readonly messages: readonly StoredMessage[]
  /** What of it is new, and is stored with the answer. */
  readonly fresh: readonly StoredMessage[]
  readonly place: Place
  readonly left: LeftOut
  /** What stands for turns that were left out. */
  readonly summary: boolean
  /** Tokens of all that is sent. */
  readonly tokens: number
}

/** Why a turn cannot go where it was to go. */
export type Lost = 'turn' | 'question' | 'other-question'

export type Recalled =
  | { readonly ok: true; readonly value: Recall }
  | { readonly ok: false; readonly why: Lost }

const NOBODY: LeftOut = { turns: 0, tokens: 0, results: 0 }

export function openJoining(
  store: ConversationStore,
  seal: Pick<Seal, 'marks'>,
): (asking: Asking) => Recalled {
  /** Where a goal leads: the turn before, and the one that is answered again. */
  const locate = (goal: Goal): { base: Node | undefined; again?: Node } | Lost => {
    if (goal.kind === 'on') return { base: store.head() }
    const turn = goal.kind === 'again' && goal.turn === undefined ? store.head() : store.find(goal.turn ?? '')
    if (turn === undefined) return goal.kind === 'again' && goal.turn === undefined ? 'question' : 'turn'
    if (goal.kind === 'parent') return { base: turn }
    const base = turn.parent === null ? undefined : store.at(turn.parent)
    return goal.kind === 'edit' ? { base } : { base, again: turn }
  }

  /** Did the client send all that was said? Looked at from its end, so that what differs is soon found. */
  const isRepeated = (spoken: readonly StoredMessage[], base: Node | undefined): boolean => {
    if (base === undefined) return false
    const said = spoken.filter((message) => !isInstruction(message))
    if (said.length <= base.said) return false
    let end = base.said
    for (const turn of store.path(base.position)) {
      const from = end - turn.items.length
      if (from < 0 || !seal.marks(gist(said.slice(from, end))).includes(turn.mark)) return false
      end = from
    }
    return true
  }

  /** The newest summary of turns that are not sent. */
  const summaryOf = (base: Node | undefined, before: number): Summary | undefined => {
    let found = store.summary(base?.summary ?? null)
    while (found !== undefined && found.depth > before) found = store.summary(found.previous)
    return found
  }

  const textsOf = (choice: Choice): StoredMessage[] =>
    choice.picks.flatMap(({ position, parts, lean }) => {
      const turn = store.at(position)
      if (turn === undefined) return []
      return parts.flatMap((at): StoredMessage[] => {
        const item = turn.items[at]
        if (item === undefined) return []
        return [
          lean && item.speaker === 'result' ? lighter(markerOf(item), turn, at) : store.readMessage(turn, at),
        ]
      })
    })

  /** A result that is no longer than the word in its place is told itself. */
  const lighter = (marker: StoredMessage, turn: Node, at: number): StoredMessage =>
    (turn.items[at]?.tokens ?? 0) > MARKER_TOKENS ? marker : store.readMessage(turn, at)

  return ({ sent, tokens, goal, room }) => {
    const found = locate(goal)
    if (typeof found === 'string') return { ok: false, why: found }
    const { base, again } = found
    const { leading, spoken } = part(sent)
    const weigh = (messages: readonly StoredMessage[]): number =>
      messages.reduce((sum, message) => sum + (tokens[sent.indexOf(message)] ?? 0), 0)
    const known = store.instructions(base?.instructions ?? null) ?? NO_INSTRUCTIONS
    const isNew = leading.length > 0 && JSON.stringify(leading) !== JSON.stringify(known.messages)
    const own = isRepeated(spoken, base) ? behind(spoken, base?.said ?? 0) : spoken
    const asked = again === undefined ? own : questionOf(store, again)
    if (again !== undefined && own.length > 0 && gist(own) !== gist(asked))
      return { ok: false, why: 'other-question' }
    const fresh = again === undefined ? own : []
    const askedTokens =
      again === undefined ? weigh(own) : again.items.slice(0, -1).reduce((sum, item) => sum + item.tokens, 0)
    const instructions = leading.length > 0 ? leading : known.messages
    const fixed = (leading.length > 0 ? weigh(leading) : known.tokens) + askedTokens
    const reserve = store.summary(base?.summary ?? null)?.tokens ?? 0
    const budget = room ?? Number.MAX_SAFE_INTEGER
    const choosing = { continues: asked[0]?.['role'] === 'tool', budget, anchor: anchorIn(store) }
    const path = (): Generator<Node> => store.path(base?.position ?? null)
    const whole = choose(path(), { ...choosing, room: budget - fixed })
    // Only where something is left out does a summary need room.
    const choice =
      whole.left.turns === 0 || reserve === 0
        ? whole
        : choose(path(), { ...choosing, room: budget - fixed - reserve })
    const summary = choice.before === 0 ? undefined : summaryOf(base, choice.before)
    const told = summary === undefined ? [] : [summaryMessage(store.summaryText(summary), summary.depth)]
    return {
      ok: true,
      value: {
        messages: [...instructions, ...told, ...textsOf(choice), ...asked],
        fresh: isNew ? [...leading, ...fresh] : fresh,
        place: {
          base: base?.id ?? null,
          isFixed: goal.kind !== 'on',
          ...(again === undefined ? {} : { again: again.id }),
          ...(choice.anchor === undefined ? {} : { anchor: choice.anchor }),
        },
        left: base === undefined ? NOBODY : choice.left,
        summary: summary !== undefined,
        tokens: fixed + choice.tokens + (summary?.tokens ?? 0),
      },
    }
  }
}

/** As a system message, which every dialect has. */
const summaryMessage = (text: string, turns: number): StoredMessage => ({
  role: 'system',
  content: summaryText(text, turns),
})
