// What a thread has written down: its responses, the conversation it may have, and what sums them up. Nothing is read that
// is not asked for.
import { type Fields, isFields, listOf, parse } from '../../shared/fields.ts'
import type { Seal } from '../../shared/seal.ts'
import { type Entry, kindFor, letterOf } from './entry.ts'
import { type Line, readLine, readSent, type Sent, writeLine, writeSent } from './line.ts'
import type { Kept } from './lineage.ts'
import { openTables, type Row, type Sql } from './tables.ts'
import { beginsTurn } from './turns.ts'

export interface StoredConversation {
  readonly id: string
  readonly createdAt: number
  /** JSON. */
  readonly metadata: string
}

/** What is written down for a response: `input` its own new items, `task` what a run in the background needs. */
export type TextKind = 'input' | 'response' | 'task'

/** What is known of an item of the conversation without its text. */
export interface ItemRow {
  readonly position: number
  /** Its turn, counted from the beginning. */
  readonly turn: number
  /** Tokens of all that is told in turns up to and with this one. */
  readonly pathTokens: number
  readonly entry: Entry
}

/** What turns of a line, up to and with the `depth`th, came to in few words. */
export interface Summary {
  readonly position: number
  readonly depth: number
  readonly tokens: number
  readonly model: string
  readonly at: number
  /** The one that it goes on from. */
  readonly previous: number | null
}

/** `sent`: what holds in the conversation as it is. `edition`: how often something was erased that summaries may tell of. */
export type Fact = 'sent' | 'edition'

export interface ThreadStore {
  /** The storage was emptied, or what was written last was taken back. */
  reset(): void
  find(id: string): Kept | undefined
  all(): readonly Kept[]
  /** Adds it, or changes its status and what it adds to its line. */
  put(kept: Kept, line: Line): void
  remove(id: string): void
  line(id: string): Line | undefined
  putLine(id: string, line: Line): void
  /** The responses that go on from each other: each one's parent. */
  parents(): ReadonlyMap<string, string | null>
  /** A response before it was erased: which. Nothing goes on from it any more. */
  gap(id: string): string | undefined
  putGap(id: string, missing: string): void
  text(id: string, kind: TextKind): string
  putText(id: string, kind: TextKind, text: string): void
  conversation(): StoredConversation | undefined
  /** Without opening it: which it is, and when somebody last spoke in it, as far as that is written down. */
  conversationUse(): { readonly id: string; readonly at: number } | undefined
  putConversation(conversation: StoredConversation, now: number): void
  useConversation(id: string, now: number): void
  removeConversation(): void
  /** The item there was not whole. */
  changeItem(position: number, item: Fields, entry: Entry): void
  /** In order; up to and with this position, where one is given. */
  items(upto?: number): Fields[]
  item(position: number): Fields | undefined
  /** Adds items, each with what is known of it. Resolves with their positions. */
  append(items: readonly Fields[], entries: readonly Entry[]): readonly number[]
  /** From a position on to the beginning, or from behind one to the end; read a few at a time. */
  itemsDown(upto: number): Generator<ItemRow>
  itemsUp(after: number): Generator<ItemRow>
  lastItem(upto?: number): ItemRow | undefined
  positionsOf(itemId: string): readonly number[]
  /** Is it among the last ones? */
  hasLately(id: string): boolean
  /** What it was; later ones move up where nothing is left of its turn. */
  removeItem(position: number): ItemRow | undefined
  /** What holds in the conversation as it is by now. */
  sent(): Sent
  putSent(sent: Sent): void
  edition(): number
  summary(position: number | null): Summary | undefined
  summaryText(position: number): string
  addSummary(summary: Omit<Summary, 'position'>, text: string): number
  /** All of them, since what was erased may stand in them. */
  forgetSummaries(): void
  /** The position of the last item; 0 where there is none. */
  last(): number
  /** Seals again what the newest key did not, so many rows at most; says whether there is more. */
  renew(most: number): boolean
}

/** Who tries to write again does so within seconds; no turn reads more for it the longer a conversation is. */
const LATELY = 16
/** Rows of items that are read at a time: a turn is two or three. */
const STEP = 8

const ITEM = 'position, id, kind, tokens, turn, path_tokens, type, call'

export function openStore(sql: Sql, seal: Seal): ThreadStore {
  const tables = openTables(sql, seal)
  const { read, write, forget } = tables
  const [responses, conversation, items] = [
    tables.of('responses'),
    tables.of('conversation'),
    tables.of('items'),
  ]
  const [texts, summaries, facts] = [tables.of('texts'), tables.of('summaries'), tables.of('facts')]

  const conversationOf = (row: Row): StoredConversation => {
    const id = String(row['id'])
    const metadata = tables.open(row['metadata'], metadataRow(id), (sealed) =>
      conversation.rows('UPDATE conversation SET metadata = ? WHERE id = ?', sealed, id),
    )
    return { id, createdAt: Number(row['created_at']), metadata }
  }

  const lastItem: ThreadStore['lastItem'] = (upto = Number.MAX_SAFE_INTEGER) =>
    items
      .rows(`SELECT ${ITEM} FROM items WHERE position <= ? ORDER BY position DESC LIMIT 1`, upto)
      .map(rowOf)[0]

  function* itemRows(query: string, from: number): Generator<ItemRow> {
    let last: number | undefined = from
    do {
      const found: ItemRow[] = items
        .rows(`SELECT ${ITEM} FROM items WHERE ${query} LIMIT ${STEP}`, last)
        .map(rowOf)
      yield* found
      last = found.length < STEP ? undefined : found.at(-1)?.position
    } while (last !== undefined)
  }

  const fact = (name: Fact): string | undefined =>
    facts.rows('SELECT value FROM facts WHERE name = ?', name).map(({ value }) => String(value))[0]

  const setFact = (name: Fact, value: string): void => {
    if (fact(name) !== value)
      facts.add('INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)', name, value)
  }

  const edition = (): number => Number(fact('edition') ?? 0)

  const item = (position: number): Fields | undefined => {
    const found = parse(read(`item/${position}`))
    return isFields(found) ? found : undefined
  }

  return {
    reset: tables.reset,
    find: (id) => responses.rows(`SELECT ${KEPT} FROM responses WHERE id = ?`, id).map(keptOf)[0],
    all: () => responses.rows(`SELECT ${KEPT} FROM responses`).map(keptOf),
    put({ id, parent, upto, status, createdAt, background }, line) {
      responses.add(
        `INSERT INTO responses (${KEPT}, line) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET status = excluded.status, line = excluded.line`,
        id,
        parent,
        upto,
        status,
        createdAt,
        background ? 1 : 0,
        writeLine(line),
      )
    },
    remove(id) {
      responses.rows('DELETE FROM responses WHERE id = ?', id)
      for (const kind of ['input', 'response', 'task'] as const) forget(`${id}/${kind}`)
    },
    line: (id) =>
      responses
        .rows('SELECT line FROM responses WHERE id = ? AND line IS NOT NULL', id)
        .map((row) => readLine(String(row['line'])))[0],
    putLine: (id, line) =>
      void responses.rows('UPDATE responses SET line = ? WHERE id = ?', writeLine(line), id),
    parents: () =>
      new Map(
        responses
          .rows('SELECT id, parent FROM responses')
          .map(({ id, parent }) => [String(id), typeof parent === 'string' ? parent : null]),
      ),
    gap: (id) =>
      responses
        .rows('SELECT gap FROM responses WHERE id = ? AND gap IS NOT NULL', id)
        .map(({ gap }) => String(gap))[0],
    putGap: (id, missing) => void responses.rows('UPDATE responses SET gap = ? WHERE id = ?', missing, id),
    text: (id, kind) => read(`${id}/${kind}`),
    putText: (id, kind, text) => write(`${id}/${kind}`, text),
    conversation: () => conversation.rows('SELECT * FROM conversation').map(conversationOf)[0],
    conversationUse: () =>
      conversation.rows('SELECT id, MAX(used_at, created_at) AS at FROM conversation').map((row) => ({
        id: String(row['id']),
        at: Number(row['at']),
      }))[0],
    putConversation({ id, createdAt, metadata }, now) {
      conversation.add(
        'INSERT OR REPLACE INTO conversation (id, created_at, metadata, used_at) VALUES (?, ?, ?, ?)',
        id,
        createdAt,
        seal.seal(metadata, metadataRow(id)),
        now,
      )
    },
    useConversation: (id, now) =>
      void conversation.rows('UPDATE conversation SET used_at = ? WHERE id = ?', now, id),
    removeConversation() {
      conversation.rows('DELETE FROM conversation')
      items.rows('DELETE FROM items')
      texts.rows("DELETE FROM texts WHERE owner LIKE 'item/%'")
      facts.rows("DELETE FROM facts WHERE name = 'sent'")
    },
    items: (upto = Number.MAX_SAFE_INTEGER) =>
      items
        .rows('SELECT position FROM items WHERE position <= ? ORDER BY position', upto)
        .map(({ position }) => item(Number(position)))
        .filter((one) => one !== undefined),
    item,
    append(added, entries) {
      let last = lastItem()
      return added.map((one, at) => {
        const entry = entries[at]
        if (entry === undefined) throw new Error('an item without what is known of it')
        const { kind, tokens, id, type, call } = entry
        const turn = (last?.turn ?? 0) + (beginsTurn(last?.entry.kind, kind) ? 1 : 0)
        const pathTokens = (last?.pathTokens ?? 0) + (kind === 'system' ? 0 : tokens)
        const [row] = items.add(
          'INSERT INTO items (id, kind, tokens, turn, path_tokens, type, call) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING position',
          id,
          letterOf(kind),
          tokens,
          turn,
          pathTokens,
          type ?? null,
          call ?? null,
        )
        const position = Number(row?.['position'])
        write(`item/${position}`, JSON.stringify(one))
        last = { position, turn, pathTokens, entry }
        return position
      })
    },
    changeItem(position, changed, { kind, tokens }) {
      const before = lastItem(position)
      if (before?.position !== position) return
      write(`item/${position}`, JSON.stringify(changed))
      items.rows('UPDATE items SET tokens = ? WHERE position = ?', tokens, position)
      if (kind !== 'system')
        items.rows(
          'UPDATE items SET path_tokens = path_tokens + ? WHERE position >= ?',
          tokens - before.entry.tokens,
          position,
        )
    },
    itemsDown: function* (upto) {
      yield* itemRows('position < ? ORDER BY position DESC', upto + 1)
    },
    itemsUp: function* (after) {
      yield* itemRows('position > ? ORDER BY position', after)
    },
    lastItem,
    positionsOf: (id) =>
      items
        .rows('SELECT position FROM items WHERE id = ? ORDER BY position', id)
        .map(({ position }) => Number(position)),
    hasLately: (id) =>
      items.rows(
        'SELECT 1 FROM (SELECT id FROM items ORDER BY position DESC LIMIT ?) WHERE id = ?',
        LATELY,
        id,
      ).length > 0,
    removeItem(position) {
      const removed = items
        .rows(`DELETE FROM items WHERE position = ? RETURNING ${ITEM}`, position)
        .map(rowOf)[0]
      if (removed === undefined) return undefined
      forget(`item/${position}`)
      const { turn, entry } = removed
      const spoken = items.rows("SELECT 1 FROM items WHERE turn = ? AND kind <> 's' LIMIT 1", turn)
      items.rows(
        'UPDATE items SET path_tokens = path_tokens - ?, turn = turn - ? WHERE position > ?',
        entry.kind === 'system' ? 0 : entry.tokens,
        spoken.length === 0 && entry.kind !== 'system' ? 1 : 0,
        position,
      )
      return removed
    },
    last: () => Number(items.rows('SELECT MAX(position) AS last FROM items')[0]?.['last'] ?? 0),
    sent: () => readSent(fact('sent')),
    putSent: (sent) => setFact('sent', writeSent(sent)),
    edition,
    summary: (position) =>
      summaries
        .rows(
          'SELECT position, depth, tokens, model, at, previous FROM summaries WHERE position = ?',
          position,
        )
        .map((row) => ({
          position: Number(row['position']),
          depth: Number(row['depth']),
          tokens: Number(row['tokens']),
          model: String(row['model']),
          at: Number(row['at']),
          previous: typeof row['previous'] === 'number' ? row['previous'] : null,
        }))[0],
    summaryText: (position) => read(`summary/${position}`),
    addSummary({ depth, tokens, model, at, previous }, text) {
      const [row] = summaries.add(
        'INSERT INTO summaries (depth, tokens, model, at, previous) VALUES (?, ?, ?, ?, ?) RETURNING position',
        depth,
        tokens,
        model,
        at,
        previous,
      )
      const position = Number(row?.['position'])
      write(`summary/${position}`, text)
      return position
    },
    forgetSummaries() {
      setFact('edition', String(edition() + 1))
      summaries.rows('DELETE FROM summaries')
      texts.rows("DELETE FROM texts WHERE owner LIKE 'summary/%'")
    },
    renew(most) {
      conversation.rows('SELECT * FROM conversation').map(conversationOf)
      return tables.renew(most)
    },
  }
}

const KEPT = 'id, parent, upto, status, created_at, background'

const metadataRow = (id: string): string => `conversation/${id}`

const rowOf = (row: Row): ItemRow => ({
  position: Number(row['position']),
  turn: Number(row['turn']),
  pathTokens: Number(row['path_tokens']),
  entry: {
    kind: kindFor(String(row['kind'])),
    tokens: Number(row['tokens']),
    id: String(row['id']),
    ...(typeof row['call'] === 'string' ? { type: String(row['type']), call: row['call'] } : {}),
  },
})

const keptOf = (row: Row): Kept => ({
  id: String(row['id']),
  parent: row['parent'] === null ? null : String(row['parent']),
  upto: row['upto'] === null ? null : Number(row['upto']),
  status: String(row['status']),
  createdAt: Number(row['created_at']),
  background: row['background'] === 1,
})

/** Items that were written down as a list. */
export const itemsIn = (json: string): Fields[] => listOf(parse(json)).filter(isFields)
