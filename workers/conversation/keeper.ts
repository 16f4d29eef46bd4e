// What a conversation does with its turns: which of them a new question is sent with, where a new one belongs, what is
// left out and may be summed up. Thinks over store.ts; the object waits.
import type { Seal } from '../../shared/seal.ts'
import type { Goal } from '../../shared/talk-schema.ts'
import type { LastServed } from '../service.ts'
import { type Anchor, type Choice, choose, type LeftOut } from './chooser.ts'
import { itemOf, MARKER_TOKENS, markerOf } from './item.ts'
import type { Node } from './node.ts'
import type { ConversationStore, Instructions, Summary } from './store.ts'
import { behind, gist, isInstruction, part, type Served, type StoredMessage } from './transcript.ts'

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

/** A message and what it counts. */
export interface Weighed {
  readonly message: StoredMessage
  readonly tokens: number
}

export interface Told {
  readonly id: string
  readonly at: number
  readonly place: Place
  /** What the client said, instructions included; nothing where a question is answered again. */
  readonly question: readonly Weighed[]
  readonly answer: Weighed
  /** The answer broke off; what there was of it is kept. */
  readonly cut: boolean
  readonly model: string
  readonly served?: Served
}

/** Turns to be summed up. */
export interface Span {
  /** The summary will belong to the turns from this one on. */
  readonly turn: number
  readonly upto: number
  readonly depth: number
  readonly previous: { readonly position: number; readonly text: string } | null
  readonly messages: readonly StoredMessage[]
}

export interface Keeper {
  recall(asking: Asking): Recalled
  /** False where it is known already, or what it goes on from was erased. */
  remember(told: Told): boolean
  /** What was left out of the last turn and is summed up nowhere. */
  span(): Span | undefined
  summarised(span: Pick<Span, 'turn' | 'upto' | 'depth'>, written: Written): void
  lastServed(): LastServed | undefined
}

export interface Written {
  readonly text: string
  readonly tokens: number
  readonly model: string
  readonly at: number
}

/** As much of what was left out is summed up at a time. */
const SPAN_TOKENS = 6_000
/** A new summary is looked for among so many of the last turns: it was written while they were spoken. */
const RECENT = 64

const NOBODY: LeftOut = { turns: 0, tokens: 0, results: 0 }

export function openKeeper(store: ConversationStore, seal: Pick<Seal, 'marks'>): Keeper {
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

  const questionOf = (turn: Node): StoredMessage[] =>
    turn.items.slice(0, -1).map((_, at) => store.readMessage(turn, at))

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

  const anchor = (): Anchor | undefined => {
    const kept = store.fact('anchor')
    return kept === undefined ? undefined : (JSON.parse(kept) as Anchor) // written by remember
  }

  return {
    recall({ sent, tokens, goal, room }) {
      const found = locate(goal)
      if (typeof found === 'string') return { ok: false, why: found }
      const { base, again } = found
      const { leading, spoken } = part(sent)
      const weigh = (messages: readonly StoredMessage[]): number =>
        messages.reduce((sum, message) => sum + (tokens[sent.indexOf(message)] ?? 0), 0)
      const known = store.instructions(base?.instructions ?? null) ?? NO_INSTRUCTIONS
      const isNew = leading.length > 0 && JSON.stringify(leading) !== JSON.stringify(known.messages)
      const own = isRepeated(spoken, base) ? behind(spoken, base?.said ?? 0) : spoken
      const asked = again === undefined ? own : questionOf(again)
      if (again !== undefined && own.length > 0 && gist(own) !== gist(asked))
        return { ok: false, why: 'other-question' }
      const fresh = again === undefined ? own : []
      const askedTokens =
        again === undefined
          ? weigh(own)
          : again.items.slice(0, -1).reduce((sum, item) => sum + item.tokens, 0)
      const instructions = leading.length > 0 ? leading : known.messages
      const fixed = (leading.length > 0 ? weigh(leading) : known.tokens) + askedTokens
      const reserve = store.summary(base?.summary ?? null)?.tokens ?? 0
      const budget = room ?? Number.MAX_SAFE_INTEGER
      const choosing = { continues: asked[0]?.['role'] === 'tool', budget, anchor: anchor() }
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
    },

    remember({ id, at, place, question, answer, cut, model, served }) {
      if (store.find(id) !== undefined) return false
      const base = place.base === null ? undefined : store.find(place.base)
      if (place.base !== null && base === undefined) return false // erased while it was answered
      const again = place.again === undefined ? undefined : store.find(place.again)
      if (place.again !== undefined && again === undefined) return false
      const parent = place.isFixed ? base : store.head()
      const position = store.nextPosition()
      const said = question.filter(({ message }) => !isInstruction(message))
      const asked = again === undefined ? said.map(({ message }) => message) : questionOf(again)
      const questionItems =
        again === undefined
          ? said.map(({ message, tokens }) => itemOf(message, tokens))
          : again.items.slice(0, -1)
      const items = [...questionItems, itemOf(answer.message, answer.tokens)]
      if (again === undefined)
        for (const [number, { message }] of said.entries()) store.writeMessage(position, number, message)
      store.writeMessage(position, items.length - 1, answer.message)
      const [mark = ''] = seal.marks(gist([...asked, answer.message]))
      store.put({
        position,
        id,
        parent: parent?.position ?? null,
        question: again?.question ?? position,
        depth: (parent?.depth ?? 0) + 1,
        said: (parent?.said ?? 0) + items.length,
        at,
        cut,
        model,
        served: served ?? null,
        items,
        mark,
        pathTokens: (parent?.pathTokens ?? 0) + items.reduce((sum, { tokens }) => sum + tokens, 0),
        instructions: instruct(store, question, parent),
        summary: parent?.summary ?? null,
      })
      keepAnchor(store, place.anchor)
      return true
    },

    span() {
      const head = store.head()
      const from = anchor()
      if (head === undefined || from === undefined) return undefined
      const last = store.summary(head.summary)
      const places = store.places(head.position)
      const begin = last === undefined ? 0 : places.indexOf(last.upto) + 1
      const end = places.findIndex((position) => position >= from.start)
      const messages: StoredMessage[] = []
      let [tokens, upto]: [number, Node | undefined] = [0, undefined]
      for (const position of places.slice(begin, end < 0 ? places.length : end)) {
        const turn = store.at(position)
        if (turn === undefined || (upto !== undefined && tokens >= SPAN_TOKENS)) break
        messages.push(...turn.items.map((_, number) => store.readMessage(turn, number)))
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

    lastServed() {
      const head = store.head()
      return head === undefined || head.served === null ? undefined : { ...head.served, at: head.at }
    },
  }
}

const NO_INSTRUCTIONS: Instructions = { tokens: 0, messages: [] }

/** As a system message, which every dialect has. */
const summaryMessage = (text: string, turns: number): StoredMessage => ({
  role: 'system',
  content: `What was said before in this conversation, in short (${turns} ${turns === 1 ? 'turn' : 'turns'}):\n${text}`,
})

/** The instructions that hold after a question: its leading ones in the place of the earlier, others beside them. */
function instruct(
  store: ConversationStore,
  question: readonly Weighed[],
  parent: Node | undefined,
): number | null {
  const earlier = parent?.instructions ?? null
  const own = question.filter(({ message }) => isInstruction(message))
  if (own.length === 0) return earlier
  const first = question.findIndex(({ message }) => !isInstruction(message))
  const leads = first !== 0
  const kept = leads ? NO_INSTRUCTIONS : (store.instructions(earlier) ?? NO_INSTRUCTIONS)
  return store.addInstructions({
    messages: [...kept.messages, ...own.map(({ message }) => message)],
    tokens: own.reduce((sum, { tokens }) => sum + tokens, kept.tokens),
  })
}

function keepAnchor(store: ConversationStore, anchor: Anchor | undefined): void {
  if (anchor === undefined) return
  const json = JSON.stringify(anchor)
  if (store.fact('anchor') !== json) store.setFact('anchor', json)
}
