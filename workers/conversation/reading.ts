// What was said in a conversation, read back a page of turns at a time: for clients, and for a conversation that begins
// as a copy of this one.
import type { Told, Weighed } from './adding.ts'
import type { Node } from './node.ts'
import type { ConversationStore } from './store.ts'
import type { Served, StoredMessage } from './transcript.ts'

export interface SaidTurn {
  readonly id: string
  readonly at: number
  readonly cut: boolean
  readonly model: string
  readonly served: Served | null
  /** Instructions that hold from here on, where they are not those of the turn before. */
  readonly instructions: readonly StoredMessage[]
  readonly instructionTokens: number
  /** The question, then the answer, which is the last. */
  readonly messages: readonly Weighed[]
  /** The turns that stand in its place, itself included; none where it is the only one. */
  readonly alternatives: readonly string[]
}

export interface TurnQuery {
  /** The last turn of the branch that is read; the one that the conversation is on, unless given. */
  readonly turn?: string
  readonly after?: string
  readonly limit: number
  readonly order: 'asc' | 'desc'
}

export type Page =
  | { readonly ok: true; readonly turns: readonly SaidTurn[]; readonly hasMore: boolean }
  | { readonly ok: false; readonly missing: 'conversation' | 'turn' | 'after' }

/** Of the branch that the conversation is on. */
export interface About {
  readonly createdAt: number
  readonly lastTurnAt: number
  readonly lastTurn: string
  readonly turns: number
  readonly tokens: number
  /** Of all branches, as they are kept. */
  readonly bytes: number
}

export function about(store: ConversationStore): About | undefined {
  const [first, head] = [store.first(), store.head()]
  if (first === undefined || head === undefined) return undefined
  const { at, id, depth, pathTokens } = head
  return {
    createdAt: first.at,
    lastTurnAt: at,
    lastTurn: id,
    turns: depth,
    tokens: pathTokens,
    bytes: store.bytes(),
  }
}

/** So many characters of texts are read for one page at most, and one turn at least. */
const PAGE_CHARS = 4_000_000

export function readPage(store: ConversationStore, { turn, after, limit, order }: TurnQuery): Page {
  const head = store.head()
  if (head === undefined) return { ok: false, missing: 'conversation' }
  const last = turn === undefined ? head : store.find(turn)
  if (last === undefined) return { ok: false, missing: 'turn' }
  const oldestFirst = store.places(last.position)
  const places = order === 'asc' ? oldestFirst : oldestFirst.toReversed()
  const from = after === undefined ? 0 : places.indexOf(store.find(after)?.position ?? -1) + 1
  if (after !== undefined && from === 0) return { ok: false, missing: 'after' }
  const forks = store.forks()
  const turns: SaidTurn[] = []
  let chars = 0
  for (const position of places.slice(from, from + limit)) {
    const node = store.at(position)
    if (node === undefined || (turns.length > 0 && chars > PAGE_CHARS)) break
    const said = saidIn(store, node, forks.get(node.parent) ?? [])
    chars += said.messages.reduce((sum, { message }) => sum + JSON.stringify(message).length, 0)
    turns.push(said)
  }
  return { ok: true, turns, hasMore: from + turns.length < places.length }
}

function saidIn(store: ConversationStore, node: Node, alternatives: readonly string[]): SaidTurn {
  const { id, at, cut, model, served, items, instructions, parent } = node
  const earlier = parent === null ? null : (store.at(parent)?.instructions ?? null)
  const own = instructions === earlier ? undefined : store.instructions(instructions)
  return {
    id,
    at,
    cut,
    model,
    served,
    instructions: own?.messages ?? [],
    instructionTokens: own?.tokens ?? 0,
    messages: items.map(({ tokens }, part) => ({ message: store.readMessage(node, part), tokens })),
    alternatives,
  }
}

/** A turn of another conversation, behind `base` in this one. */
export const copyOf = (turn: SaidTurn, base: string | null): Told => {
  const { id, at, cut, model, served, instructions, instructionTokens, messages } = turn
  const answer = messages.at(-1) ?? { message: {}, tokens: 0 }
  const own = instructions.map((message, number) => ({
    message,
    tokens: number === 0 ? instructionTokens : 0,
  }))
  return {
    id,
    at,
    place: { base, isFixed: false },
    question: [...own, ...messages.slice(0, -1)],
    answer,
    cut,
    model,
    ...(served === null ? {} : { served }),
  }
}
