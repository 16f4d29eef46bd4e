// What came before a question, newest first and turn by turn, read no further than somebody asks: along the responses
// that it goes on from, and then through the conversation that they were made in.
import type { Sized } from '../../shared/context/chooser.ts'
import { type Entry, spokenOf } from './entry.ts'
import { NOTHING_SENT, type Ref, type Sent } from './line.ts'
import type { ItemRow, ThreadStore } from './store.ts'
import { turnsOf } from './turns.ts'

/** Where a path begins: at a response, or in the conversation, up to and with a position. */
export type Start =
  | { readonly kind: 'response'; readonly id: string }
  | { readonly kind: 'conversation'; readonly upto: number }

export interface Placed {
  readonly ref: Ref
  readonly entry: Entry
}

/** A turn on a path. Its place is its depth: along one path there is one of each. */
export interface PathTurn extends Sized {
  /** What is told of it in turns: `items` in the same order. */
  readonly spoken: readonly Placed[]
  /** Those and instructions. */
  readonly all: readonly Placed[]
}

export interface Path {
  /** Turns, and tokens of all of them. */
  readonly depth: number
  readonly tokens: number
  readonly sent: Sent
  turns(): Generator<PathTurn>
}

type Lines = Pick<ThreadStore, 'line' | 'find' | 'itemsDown' | 'lastItem' | 'sent'>

export function pathFrom(store: Lines, start: Start): Path {
  const turns = (): Generator<PathTurn> => walk(store, start)
  if (start.kind === 'conversation') {
    const last = store.lastItem(start.upto)
    return { depth: last?.turn ?? 0, tokens: last?.pathTokens ?? 0, sent: store.sent(), turns }
  }
  const line = store.line(start.id)
  return { depth: line?.depth ?? 0, tokens: line?.tokens ?? 0, sent: line?.sent ?? NOTHING_SENT, turns }
}

function* walk(store: Lines, start: Start): Generator<PathTurn> {
  for (let next: Start | undefined = start; next !== undefined;) {
    if (next.kind === 'conversation') return yield* inConversation(store, next.upto)
    yield* inResponse(store, next.id)
    next = startBefore(store, next.id)
  }
}

/** What a response goes on from. */
export function startBefore(store: Pick<Lines, 'find'>, id: string): Start | undefined {
  const kept = store.find(id)
  if (kept === undefined) return undefined
  if (kept.parent !== null) return { kind: 'response', id: kept.parent }
  return kept.upto === null ? undefined : { kind: 'conversation', upto: kept.upto }
}

function* inResponse(store: Lines, id: string): Generator<PathTurn> {
  const line = store.line(id)
  if (line === undefined) return
  let { depth, tokens } = line
  for (const places of turnsOf(line.entries).toReversed()) {
    const turn = turnAt(
      places.flatMap((at): Placed[] => {
        const entry = line.entries[at]
        return entry === undefined ? [] : [{ ref: { response: id, at }, entry }]
      }),
      depth,
      tokens,
    )
    yield turn
    if (turn.items.length === 0) continue
    depth -= 1
    tokens -= turn.items.reduce((sum, item) => sum + item.tokens, 0)
  }
}

function* inConversation(store: Lines, upto: number): Generator<PathTurn> {
  let rows: ItemRow[] = []
  for (const row of store.itemsDown(upto)) {
    if (rows[0] !== undefined && rows[0].turn !== row.turn) {
      yield turnIn(rows)
      rows = []
    }
    rows.push(row)
  }
  if (rows.length > 0) yield turnIn(rows)
}

/** `rows`: newest first. */
const turnIn = (rows: readonly ItemRow[]): PathTurn =>
  turnAt(
    rows.toReversed().map(({ position, entry }) => ({ ref: { response: null, at: position }, entry })),
    rows[0]?.turn ?? 0,
    rows[0]?.pathTokens ?? 0,
  )

function turnAt(all: readonly Placed[], depth: number, pathTokens: number): PathTurn {
  const spoken = all.filter(({ entry }) => entry.kind !== 'system')
  const items = spoken.flatMap(({ entry }) => spokenOf(entry) ?? [])
  return { position: depth, depth, pathTokens, items, spoken, all }
}
