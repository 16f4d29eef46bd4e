// Outcome rows as they lie in D1: many in one text, under a head that says which are in it. Pure.
import { type Batch, rowsOf } from './letter.ts'
import { kindsOf } from './kinds.ts'
import { COLUMNS, PLACES, TEXT, type Value } from './record.ts'
import { isTold } from './row-id.ts'

export interface Page {
  readonly firstId: string
  readonly lastId: string
  readonly count: number
  readonly costMicros: number
  /** The distinct ones, as JSON. */
  readonly keys: string
  readonly models: string
  /** Key and model of one row, each as a JSON list. */
  readonly pairs: string
  readonly kinds: string | null
  /** JSON: a list of rows, each a list of values in the order of COLUMNS. */
  readonly rows: string
  /** Request, key and row of those whose request's id does not tell their time. */
  readonly named: readonly (readonly [string, string, string])[]
  /** Row and text of those whose keys want it kept. */
  readonly texts: readonly (readonly [string, string])[]
}

export function pageOf(batches: readonly Batch[]): Page {
  const parts: string[] = []
  const keys = new Set<string>()
  const models = new Set<string>()
  const pairs = new Set<string>()
  const named: [string, string, string][] = []
  const texts: [string, string][] = []
  const all: Rows[] = []
  let [firstId, lastId, count, costMicros] = ['', '', 0, 0]
  for (const handOver of batches.flatMap(({ handOvers }) => handOvers)) {
    const handed = rowsOf(handOver)
    const rows = inOrder(handOver.columns, handed)
    texts.push(...textsIn(handOver.columns, handed))
    all.push(rows)
    parts.push(rows === handed ? handOver.rows : rows.map((row) => JSON.stringify(row)).join(','))
    for (const row of rows) {
      const [id, requestId] = [String(row[PLACES.id]), String(row[PLACES.request_id])]
      const keyId = String(row[PLACES.key_id])
      if (count === 0 || id < firstId) firstId = id
      if (id > lastId) lastId = id
      count += 1
      costMicros += Number(row[PLACES.cost_micros] ?? 0)
      const model = String(row[PLACES.model])
      keys.add(keyId)
      models.add(model)
      pairs.add(JSON.stringify([keyId, model]))
      if (!isTold(requestId, id)) named.push([requestId, keyId, id])
    }
  }
  return {
    firstId,
    lastId,
    count,
    costMicros,
    keys: JSON.stringify([...keys]),
    models: JSON.stringify([...models]),
    pairs: [...pairs].join(','),
    kinds: kindsOf(all.flat()),
    rows: `[${parts.join(',')}]`,
    named,
    texts,
  }
}

type Rows = readonly (readonly Value[])[]

/** Rows, and what was said in them, of those that have something. */
export function textsIn(columns: readonly string[], rows: Rows): [string, string][] {
  const [id, place] = [columns.indexOf('id'), columns.indexOf(TEXT)]
  return rows.flatMap((row) => {
    const text = row[place]
    return typeof text === 'string' ? [[String(row[id]), text] satisfies [string, string]] : []
  })
}

/** Rows in this version's order: the same ones where they are. What is not known here, and what was said, is left out. */
function inOrder(columns: readonly string[], rows: Rows): Rows {
  const isKnown = COLUMNS.every((column, place) => columns[place] === column)
  if (isKnown && rows.every(({ length }) => length === COLUMNS.length)) return rows
  const places = COLUMNS.map((column) => columns.indexOf(column))
  return rows.map((row) => places.map((place) => row[place] ?? null))
}
