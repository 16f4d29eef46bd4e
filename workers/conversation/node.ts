// A turn as a row has it: its place in the tree of turns, and what is known of it without its texts. Pure.
import type { Item, Speaker } from '../../shared/context/item.ts'
import { listOf, parse } from '../../shared/fields.ts'
import type { Served } from './transcript.ts'

export interface Node {
  readonly position: number
  /** As clients name it. */
  readonly id: string
  /** The position of the turn before it; null for a first one. */
  readonly parent: number | null
  /** Where its question is kept: its own position, but for an answer that was asked for again. */
  readonly question: number
  readonly depth: number
  /** Messages that are no instructions, up to and with it. */
  readonly said: number
  readonly at: number
  readonly cut: boolean
  /** `<provider>/<model>`; empty where that is not known. */
  readonly model: string
  /** Who answered, and what its vendor reported to have of the prompt in its cache. */
  readonly served: Served | null
  readonly items: readonly Item[]
  /** Their tokens are counted, and not estimated. */
  readonly isCounted: boolean
  /** Tells whether a client's messages are those of this turn, without its texts. */
  readonly mark: string
  readonly pathTokens: number
  /** The instructions that hold from here on. */
  readonly instructions: number | null
  /** What sums up turns before it. */
  readonly summary: number | null
}

/** Rows as SQLite has them. */
export type Row = Readonly<Record<string, SqlStorageValue>>

export const NODE_TABLE =
  'CREATE TABLE IF NOT EXISTS tree (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, parent INTEGER, question INTEGER NOT NULL, depth INTEGER NOT NULL, said INTEGER NOT NULL, at INTEGER NOT NULL, cut INTEGER NOT NULL, model TEXT NOT NULL, served TEXT, items TEXT NOT NULL, mark TEXT NOT NULL, path_tokens INTEGER NOT NULL, instructions INTEGER, summary INTEGER)'

export const NODE_COLUMNS =
  'position, id, parent, question, depth, said, at, cut, model, served, items, mark, path_tokens, instructions, summary'

export const valuesOf = (node: Node): SqlStorageValue[] => [
  node.position,
  node.id,
  node.parent,
  node.question,
  node.depth,
  node.said,
  node.at,
  node.cut ? 1 : 0,
  node.model,
  node.served === null ? null : JSON.stringify(node.served),
  writeItems(node),
  node.mark,
  node.pathTokens,
  node.instructions,
  node.summary,
]

export const nodeOf = (row: Row): Node => ({
  position: Number(row['position']),
  id: String(row['id']),
  parent: numberOf(row['parent']),
  question: Number(row['question']),
  depth: Number(row['depth']),
  said: Number(row['said']),
  at: Number(row['at']),
  cut: row['cut'] === 1,
  model: String(row['model']),
  served: typeof row['served'] === 'string' ? (parse(row['served']) as Served) : null, // written by valuesOf
  ...readItems(String(row['items'])),
  mark: String(row['mark']),
  pathTokens: Number(row['path_tokens']),
  instructions: numberOf(row['instructions']),
  summary: numberOf(row['summary']),
})

const numberOf = (value: SqlStorageValue | undefined): number | null =>
  typeof value === 'number' ? value : null

/** A letter for each speaker, since most rows of most conversations are these. */
const LETTERS: Readonly<Record<Speaker, string>> = {
  user: 'u',
  assistant: 'a',
  calls: 'c',
  result: 'r',
  other: 'o',
}

const SPEAKERS = new Map(Object.entries(LETTERS).map(([speaker, letter]) => [letter, speaker as Speaker])) // its own keys

/** Stands before items that are counted. */
const COUNTED = '='

export const writeItems = ({ items, isCounted }: Pick<Node, 'items' | 'isCounted'>): string =>
  JSON.stringify([
    ...(isCounted ? [COUNTED] : []),
    ...items.map(({ speaker, tokens, call }) => [
      LETTERS[speaker],
      tokens,
      ...(call === undefined ? [] : [call]),
    ]),
  ])

function readItems(json: string): Pick<Node, 'items' | 'isCounted'> {
  const entries = listOf(parse(json))
  const isCounted = entries[0] === COUNTED
  const items = entries.slice(isCounted ? 1 : 0).map((entry): Item => {
    const [letter, tokens, call] = listOf(entry)
    return {
      speaker: SPEAKERS.get(String(letter)) ?? 'other',
      tokens: Number(tokens),
      ...(typeof call === 'string' ? { call } : {}),
    }
  })
  return { items, isCounted }
}
