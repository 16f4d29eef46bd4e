// Threads as earlier versions kept them are measured when they first wake up: how long their lines are, and what their
// items count. Their texts stay as they are.
import { type Entry, letterOf } from './entry.ts'
import type { Kept } from './lineage.ts'
import { pinned } from './line.ts'
import { entriesOf, lineFor, saidEntries } from './measuring.ts'
import { NOWHERE, responseIn } from './recalled.ts'
import { itemsIn, type ThreadStore } from './store.ts'
import type { Sql } from './tables.ts'
import { beginsTurn } from './turns.ts'

/** What cannot be opened is measured as this: whoever tells it finds out, and says so. */
const UNREAD: Entry = { kind: 'other', tokens: 0, id: '' }

/** To be called within a transaction: all of it or nothing. */
export function renewOlder(sql: Sql, store: ThreadStore): void {
  // Made before conversations expired: one of those was last used when it was made, as far as anybody knows.
  if (lacks(sql, 'conversation', 'used_at'))
    sql.exec('ALTER TABLE conversation ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0')
  if (!lacks(sql, 'responses', 'line')) return
  for (const column of ['line TEXT', 'gap TEXT']) sql.exec(`ALTER TABLE responses ADD COLUMN ${column}`)
  for (const column of [
    "kind TEXT NOT NULL DEFAULT 'o'",
    'tokens INTEGER NOT NULL DEFAULT 0',
    'turn INTEGER NOT NULL DEFAULT 0',
    'path_tokens INTEGER NOT NULL DEFAULT 0',
    'type TEXT',
    'call TEXT',
  ])
    sql.exec(`ALTER TABLE items ADD COLUMN ${column}`)
  measureItems(sql, store)
  measureResponses(store)
}

const lacks = (sql: Sql, table: string, column: string): boolean =>
  sql
    .exec("SELECT 1 FROM sqlite_master WHERE name = ? AND sql NOT LIKE '%' || ? || '%'", table, ` ${column} `)
    .toArray().length > 0

const tried = (read: () => Entry[]): Entry[] => {
  try {
    return read()
  } catch {
    return [UNREAD] // said above
  }
}

function measureItems(sql: Sql, store: ThreadStore): void {
  let [turn, pathTokens, before]: [number, number, Entry | undefined] = [0, 0, undefined]
  const all: { entry: Entry; position: number }[] = []
  for (const row of sql.exec('SELECT position, id FROM items ORDER BY position').toArray()) {
    const position = Number(row['position'])
    const item = (): Entry[] => entriesOf([store.item(position) ?? {}])
    const entry = { ...(tried(item)[0] ?? UNREAD), id: String(row['id']) }
    if (beginsTurn(before?.kind, entry.kind)) turn += 1
    if (entry.kind !== 'system') pathTokens += entry.tokens
    sql.exec(
      'UPDATE items SET kind = ?, tokens = ?, turn = ?, path_tokens = ?, type = ?, call = ? WHERE position = ?',
      letterOf(entry.kind),
      entry.tokens,
      turn,
      pathTokens,
      entry.type ?? null,
      entry.call ?? null,
      position,
    )
    before = entry
    all.push({ entry, position })
  }
  const first = all.findIndex(({ entry }) => entry.kind !== 'system')
  const beginning = first < 0 ? all : all.slice(0, first)
  const rest = all.slice(beginning.length)
  const pinsOf = (part: typeof all, isBeginning: boolean, earlier: ReturnType<typeof pinned>) =>
    pinned(
      earlier,
      part.map(({ entry }) => entry),
      isBeginning,
      (at) => ({ response: null, at: part[at]?.position ?? 0 }),
    )
  const pins = pinsOf(rest, false, pinsOf(beginning, true, []))
  if (pins.length > 0) store.putSent({ pins, summary: null, anchor: null })
}

function measureResponses(store: ThreadStore): void {
  const byId = new Map(store.all().map((kept) => [kept.id, kept]))
  const done = new Set<string>()
  for (const kept of byId.values()) {
    const line: Kept[] = []
    for (let one: Kept | undefined = kept; one !== undefined && !done.has(one.id);) {
      line.push(one)
      done.add(one.id)
      one = one.parent === null ? undefined : byId.get(one.parent)
    }
    for (const one of line.toReversed()) measureResponse(store, one, byId)
  }
}

function measureResponse(
  store: ThreadStore,
  { id, parent, upto }: Kept,
  all: ReadonlyMap<string, Kept>,
): void {
  const input = tried(() => entriesOf(itemsIn(store.text(id, 'input'))))
  const said = tried(() => saidEntries(responseIn(store.text(id, 'response'))))
  store.putLine(id, lineFor(store, { id, parent, upto, input, said, place: NOWHERE }))
  const missing = parent === null ? undefined : all.has(parent) ? store.gap(parent) : parent
  if (missing !== undefined) store.putGap(id, missing)
}
