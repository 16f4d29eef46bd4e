// How a question joins what was said before: where in the conversation it goes on, what of it is new, and with which of the
// turns so far it is sent. Thinks over store.ts.
import { type Anchor, type Choice, choose, type LeftOut } from '../../shared/context/chooser.ts'
import { MARKER_TOKENS } from '../../shared/context/item.ts'
import { summaryText } from '../../shared/context/summary.ts'
import type { Seal } from '../../shared/seal.ts'
import type { Goal } from '../../shared/talk-schema.ts'
import { anchorIn } from './anchor.ts'
import { type CountMessage, markerOf } from './item.ts'
import type { Node } from './node.ts'
import { MOST_WRONG, recount } from './recounting.ts'
import {
  type ConversationStore,
  type Instructions,
  NO_INSTRUCTIONS,
  questionOf,
  type Summary,
} from './store.ts'
import { behind, gist, isInstruction, part, type StoredMessage } from './transcript.ts'

export interface Asking {
  readonly sent: readonly StoredMessage[]
  /** Of each message sent. */
  readonly tokens: readonly number[]
  readonly goal: Goal
  /** Tokens that everything may take which is sent to the model; null for no limit. */
  readonly room: number | null
  /** The tokens are counted, and not estimated. */
  readonly isCounted?: boolean
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
  /** The turns before it are counted, as far as they can be sent. */
  readonly isCounted?: boolean
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

export interface Joining {
  /** `count`: for what could be more than it is estimated at. */
  recall(asking: Asking, count?: CountMessage): Recalled
  /** What is sent could be too long, if the estimates are as wrong as they can be. */
  isTight(asking: Asking): boolean
}

export function openJoining(store: ConversationStore, seal: Pick<Seal, 'marks'>): Joining {
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

  const tellOf = (summary: Summary): StoredMessage =>
    summaryMessage(store.summaryText(summary), summary.depth)

  const sizeOf = (summary: Summary | undefined, count?: CountMessage): number =>
    summary === undefined ? 0 : count === undefined ? summary.tokens : count(tellOf(summary))

  /** Counted once for as long as the object is awake. */
  let counted: { readonly position: number; readonly tokens: number } | undefined
  const instructionsOf = (turn: Node | undefined, count?: CountMessage): Instructions => {
    const position = turn?.instructions ?? null
    const known = store.instructions(position) ?? NO_INSTRUCTIONS
    if (count === undefined || position === null) return known
    if (counted?.position !== position)
      counted = { position, tokens: known.messages.reduce((sum, message) => sum + count(message), 0) }
    return { ...known, tokens: counted.tokens }
  }

  const isTight = ({ goal, room, tokens }: Asking): boolean => {
    const found = locate(goal)
    if (typeof found === 'string' || room === null) return false
    const { base, again } = found
    const asked = again?.items.reduce((sum, item) => sum + item.tokens, 0) ?? 0
    const instructions = store.instructions(base?.instructions ?? null)?.tokens ?? 0
    const sent = tokens.reduce((sum, each) => sum + each, 0)
    return (instructions + (base?.pathTokens ?? 0) + asked + sent) * MOST_WRONG > room
  }

  const recall = (asking: Asking, count?: CountMessage): Recalled => {
    const { sent, goal, room } = asking
    const tokens = count === undefined || asking.isCounted === true ? asking.tokens : sent.map(count)
    const found = locate(goal)
    if (typeof found === 'string') return { ok: false, why: found }
    const { base: last, again } = found
    const { leading, spoken } = part(sent)
    const weigh = (messages: readonly StoredMessage[]): number =>
      messages.reduce((sum, message) => sum + (tokens[sent.indexOf(message)] ?? 0), 0)
    const known = instructionsOf(last, count)
    const isNew = leading.length > 0 && JSON.stringify(leading) !== JSON.stringify(known.messages)
    const own = isRepeated(spoken, last) ? behind(spoken, last?.said ?? 0) : spoken
    const asked = again === undefined ? own : questionOf(store, again)
    if (again !== undefined && own.length > 0 && gist(own) !== gist(asked))
      return { ok: false, why: 'other-question' }
    const fresh = again === undefined ? own : []
    const askedTokens =
      again === undefined
        ? weigh(own)
        : count === undefined
          ? again.items.slice(0, -1).reduce((sum, item) => sum + item.tokens, 0)
          : asked.reduce((sum, message) => sum + count(message), 0)
    const instructions = leading.length > 0 ? leading : known.messages
    const fixed = (leading.length > 0 ? weigh(leading) : known.tokens) + askedTokens
    const budget = room ?? Number.MAX_SAFE_INTEGER
    const continues = asked[0]?.['role'] === 'tool'
    if (count !== undefined) recount(store, last, { room: budget, continues, count })
    const base = last && store.at(last.position)
    const reserve = sizeOf(store.summary(base?.summary ?? null), count)
    const choosing = { continues, budget, anchor: anchorIn(store) }
    const path = (): Generator<Node> => store.path(base?.position ?? null)
    const whole = choose(path(), { ...choosing, room: budget - fixed })
    // Only where something is left out does a summary need room.
    const choice =
      whole.left.turns === 0 || reserve === 0
        ? whole
        : choose(path(), { ...choosing, room: budget - fixed - reserve })
    const summary = choice.before === 0 ? undefined : summaryOf(base, choice.before)
    const told = summary === undefined ? [] : [tellOf(summary)]
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
          ...(count === undefined ? {} : { isCounted: true }),
        },
        left: base === undefined ? NOBODY : choice.left,
        summary: summary !== undefined,
        tokens: fixed + choice.tokens + sizeOf(summary, count),
      },
    }
  }

  return { recall, isTight }
}

/** As a system message, which every dialect has. */
const summaryMessage = (text: string, turns: number): StoredMessage => ({
  role: 'system',
  content: summaryText(text, turns),
})
