// A conversation in its object's storage: a row for each turn, a sealed one for each text. Nothing is read that is not
// asked for, so a turn costs what it sends, however long the conversation is.
import { listOf, parse } from '../../shared/fields.ts'
import type { Seal } from '../../shared/seal.ts'
import { split } from '../../shared/split.ts'
import { type Node, NODE_COLUMNS, NODE_TABLE, nodeOf, type Row, valuesOf, writeItems } from './node.ts'
import type { StoredMessage } from './transcript.ts'

/** What is needed of an object's SQLite. */
export interface Sql {
  exec(query: string, ...values: SqlStorageValue[]): { toArray(): Row[] }
}

export interface Instructions {
  readonly tokens: number
  readonly messages: readonly StoredMessage[]
}

export const NO_INSTRUCTIONS: Instructions = { tokens: 0, messages: [] }

/** What turns up to and with `upto` came to, in few words. */
export interface Summary {
  readonly position: number
  readonly upto: number
  readonly depth: number
  readonly tokens: number
  readonly model: string
  readonly at: number
  /** The one that it goes on from. */
  readonly previous: number | null
}

/** What holds for the conversation as a whole. */
export const FACTS = ['name', 'allowed', 'listed', 'keep-ms', 'anchor', 'counted'] as const

export type Fact = (typeof FACTS)[number]

export interface ConversationStore {
  /** The newest turn, after which a new one follows. */
  head(): Node | undefined
  first(): Node | undefined
  find(id: string): Node | undefined
  at(position: number): Node | undefined
  /** A turn and those before it, newest first; read one by one. */
  path(from: number | null): Generator<Node>
  /** The positions of a turn and those before it, oldest first. */
  places(from: number): readonly number[]
  /** Turns by what they follow, where several follow the same. */
  forks(): ReadonlyMap<number | null, readonly string[]>
  nextPosition(): number
  put(node: Node): void
  /** The tokens of a turn's items, and of all up to it. */
  recount(node: Node): void
  /** What is known anew of a turn that is there. */
  amend(node: Node): void
  readMessage(node: Node, part: number): StoredMessage
  writeMessage(position: number, part: number, message: StoredMessage): void
  instructions(position: number | null): Instructions | undefined
  addInstructions(instructions: Instructions): number
  summary(position: number | null): Summary | undefined
  summaryText(summary: Summary): string
  addSummary(summary: Omit<Summary, 'position'>, text: string): number
  /** These turns are summed up so from now on. */
  sumUp(positions: readonly number[], summary: number): void
  fact(name: Fact): string | undefined
  setFact(name: Fact, value: string): void
  bytes(): number
  /** Seals so many texts again that an older key closed, or none; says whether there are more. */
  reseal(most: number): boolean
  /** The storage was emptied, or what was written was taken back. */
  reset(): void
}

/** What the client said in a turn. */
export const questionOf = (store: Pick<ConversationStore, 'readMessage'>, turn: Node): StoredMessage[] =>
  turn.items.slice(0, -1).map((_, part) => store.readMessage(turn, part))

const TABLES = [
  NODE_TABLE,
  'CREATE TABLE IF NOT EXISTS texts (owner TEXT NOT NULL, piece INTEGER NOT NULL, text BLOB NOT NULL, PRIMARY KEY (owner, piece)) WITHOUT ROWID',
  'CREATE TABLE IF NOT EXISTS instructions (position INTEGER PRIMARY KEY, tokens INTEGER NOT NULL)',
  'CREATE TABLE IF NOT EXISTS summaries (position INTEGER PRIMARY KEY, upto INTEGER NOT NULL, depth INTEGER NOT NULL, tokens INTEGER NOT NULL, model TEXT NOT NULL, at INTEGER NOT NULL, previous INTEGER)',
  'CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID',
]

export function openStore(sql: Sql, seal: Seal): ConversationStore {
  // Asking for a conversation that never was is to leave nothing behind: tables are made by writing.
  const look = (): boolean =>
    sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'facts'").toArray().length > 0
  let isMade = look()

  const rows = (query: string, ...values: SqlStorageValue[]): Row[] =>
    isMade ? sql.exec(query, ...values).toArray() : []

  const change = (query: string, ...values: SqlStorageValue[]): Row[] => {
    if (!isMade) for (const table of TABLES) sql.exec(table)
    isMade = true
    return rows(query, ...values)
  }

  const read = (owner: string): string =>
    rows('SELECT piece, text FROM texts WHERE owner = ? ORDER BY piece', owner)
      .map(({ piece, text }) => seal.open(textIn(text), `${owner}/${Number(piece)}`))
      .join('')

  const write = (owner: string, text: string): void => {
    for (const [piece, part] of split(text).entries())
      change(
        'INSERT OR REPLACE INTO texts (owner, piece, text) VALUES (?, ?, ?)',
        owner,
        piece,
        seal.seal(part, `${owner}/${piece}`),
      )
  }

  const node = (query: string, ...values: SqlStorageValue[]): Node | undefined =>
    rows(`SELECT ${NODE_COLUMNS} FROM tree ${query}`, ...values).map(nodeOf)[0]

  const at = (position: number): Node | undefined => node('WHERE position = ?', position)

  const next = (table: 'instructions' | 'summaries'): number =>
    Number(rows(`SELECT MAX(position) AS last FROM ${table}`)[0]?.['last'] ?? 0) + 1

  return {
    head: () => node('ORDER BY position DESC LIMIT 1'),
    first: () => node('ORDER BY position LIMIT 1'),
    find: (id) => node('WHERE id = ?', id),
    at,
    *path(from) {
      for (let turn = from === null ? undefined : at(from); turn !== undefined;) {
        yield turn
        turn = turn.parent === null ? undefined : at(turn.parent)
      }
    },
    places: (from) =>
      rows(
        'WITH RECURSIVE path (position, parent) AS (SELECT position, parent FROM tree WHERE position = ? UNION ALL SELECT tree.position, tree.parent FROM tree JOIN path ON tree.position = path.parent) SELECT position FROM path ORDER BY position',
        from,
      ).map(({ position }) => Number(position)),
    forks() {
      const found = new Map<number | null, string[]>()
      const all = rows(
        'SELECT parent, id FROM tree WHERE COALESCE(parent, 0) IN (SELECT COALESCE(parent, 0) FROM tree GROUP BY 1 HAVING COUNT(*) > 1) ORDER BY position',
      )
      for (const { parent, id } of all) {
        const key = typeof parent === 'number' ? parent : null
        found.set(key, [...(found.get(key) ?? []), String(id)])
      }
      return found
    },
    nextPosition: () => Number(rows('SELECT MAX(position) AS last FROM tree')[0]?.['last'] ?? 0) + 1,
    put(turn) {
      change(
        `INSERT INTO tree (${NODE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...valuesOf(turn),
      )
    },
    recount: (turn) =>
      void change(
        'UPDATE tree SET items = ?, path_tokens = ? WHERE position = ?',
        writeItems(turn),
        turn.pathTokens,
        turn.position,
      ),
    amend(turn) {
      change(
        `REPLACE INTO tree (${NODE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...valuesOf(turn),
      )
    },
    readMessage({ position, question, items }, part) {
      const isAnswer = part === items.length - 1
      return (parse(read(`${isAnswer ? position : question}/${part}`)) ?? {}) as StoredMessage // written below
    },
    writeMessage: (position, part, message) => write(`${position}/${part}`, JSON.stringify(message)),
    instructions(position) {
      const [row] = rows('SELECT tokens FROM instructions WHERE position = ?', position)
      if (row === undefined) return undefined
      const messages = listOf(parse(read(`i/${position}`))) as readonly StoredMessage[] // written below
      return { tokens: Number(row['tokens']), messages }
    },
    addInstructions({ tokens, messages }) {
      const position = next('instructions')
      change('INSERT INTO instructions (position, tokens) VALUES (?, ?)', position, tokens)
      write(`i/${position}`, JSON.stringify(messages))
      return position
    },
    summary: (position) =>
      rows('SELECT * FROM summaries WHERE position = ?', position).map((row) => ({
        position: Number(row['position']),
        upto: Number(row['upto']),
        depth: Number(row['depth']),
        tokens: Number(row['tokens']),
        model: String(row['model']),
        at: Number(row['at']),
        previous: typeof row['previous'] === 'number' ? row['previous'] : null,
      }))[0],
    summaryText: ({ position }) => read(`s/${position}`),
    addSummary({ upto, depth, tokens, model, at: writtenAt, previous }, text) {
      const position = next('summaries')
      change(
        'INSERT INTO summaries (position, upto, depth, tokens, model, at, previous) VALUES (?, ?, ?, ?, ?, ?, ?)',
        position,
        upto,
        depth,
        tokens,
        model,
        writtenAt,
        previous,
      )
      write(`s/${position}`, text)
      return position
    },
    sumUp(positions, summary) {
      for (const position of positions)
        change('UPDATE tree SET summary = ? WHERE position = ?', summary, position)
    },
    fact: (name) => rows('SELECT value FROM facts WHERE name = ?', name).map(({ value }) => String(value))[0],
    setFact: (name, value) =>
      void change('INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)', name, value),
    bytes: () => Number(rows('SELECT SUM(LENGTH(text)) AS bytes FROM texts')[0]?.['bytes'] ?? 0),
    reseal(most) {
      let done = 0
      for (const { owner, piece, head } of rows(
        'SELECT owner, piece, SUBSTR(text, 1, 34) AS head FROM texts',
      )) {
        if (seal.isFresh(textIn(head))) continue
        if (done >= most) return true
        done += 1
        const where = [String(owner), Number(piece)] as const
        const [row] = rows('SELECT text FROM texts WHERE owner = ? AND piece = ?', ...where)
        const place = where.join('/')
        change(
          'UPDATE texts SET text = ? WHERE owner = ? AND piece = ?',
          seal.seal(seal.open(textIn(row?.['text']), place), place),
          ...where,
        )
      }
      return false
    },
    reset: () => void (isMade = look()),
  }
}

const textIn = (value: SqlStorageValue | undefined): ArrayBuffer | string =>
  value instanceof ArrayBuffer ? value : String(value)
