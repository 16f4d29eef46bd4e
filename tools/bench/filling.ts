// A local D1 full of rows and their rollups, as outboxes would have written them over some weeks.
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { absorb, openBooks } from '../../workers/telemetry/books.ts'
import { PAGE_MS, PAGE_ROWS } from '../../workers/telemetry/keeper.ts'
import type { HandOver } from '../../workers/telemetry/letter.ts'
import { pageOf } from '../../workers/telemetry/page.ts'
import { COLUMNS } from '../../workers/telemetry/record.ts'
import { ROLLUP, rollupsOf } from '../../workers/telemetry/rollups.ts'
import { NAME, PUT, valuesOf } from '../../workers/telemetry/shelf.ts'
import { databaseFile, migrate, readMigrations } from '../gateway/migrate.ts'

const DAY_MS = 86_400_000
const OUTBOXES = 2

export interface Filling {
  readonly root: string
  /** The state folder of a gateway that does not run. */
  readonly state: string
  readonly rows: number
  readonly days: number
  readonly now: number
  /** Values in the order of COLUMNS. */
  readonly rowAt: (at: number) => unknown[]
  /** From 0 to 1; the same at every run. */
  readonly random: () => number
}

export interface Filled {
  readonly countMicros: number
  readonly rollups: number
  readonly pages: number
}

/** An outbox's rows, and how many times it has put some into D1. */
interface Box {
  readonly name: string
  readonly books: ReturnType<typeof openBooks>
  rows: unknown[][]
  since: number
  upto: number
}

export function fill({ root, state, rows: most, days, now, rowAt, random }: Filling): Filled {
  migrate(databaseFile(state), readMigrations(join(root, 'migrations')))
  const database = new DatabaseSync(databaseFile(state))
  database.exec('PRAGMA synchronous = OFF')
  const [put, name] = [database.prepare(PUT), database.prepare(NAME)]
  const boxes: Box[] = Array.from({ length: OUTBOXES }, (_, place) => ({
    name: `outbox${place}`,
    books: openBooks(now),
    rows: [],
    since: 0,
    upto: 0,
  }))
  let [counting, pages] = [0, 0]

  const close = (box: Box): void => {
    const { rows } = box
    if (rows.length === 0) return
    const text = rows.map((row) => JSON.stringify(row)).join(',')
    box.upto += 1
    const handOver: HandOver = {
      from: 'bench',
      number: box.upto,
      columns: COLUMNS,
      count: rows.length,
      rows: text,
    }
    const began = performance.now()
    absorb(box.books, handOver, `${box.name}.1`, now)
    counting += performance.now() - began
    const page = pageOf([{ id: box.upto, count: rows.length, handOvers: [handOver] }])
    const place = { outbox: box.name, after: box.upto - 1, upto: box.upto }
    put.run(...valuesOf(place, page))
    name.run(place.outbox, place.upto, JSON.stringify(page.named))
    box.rows = []
    pages += 1
  }

  database.exec('BEGIN')
  for (let done = 0; done < most; done += 1) {
    const at = Math.floor(now - days * DAY_MS + (done / most) * days * DAY_MS)
    const [first, second] = boxes
    const box = random() < 0.5 ? first : second
    if (box === undefined) break
    if (box.rows.length >= PAGE_ROWS || at - box.since >= PAGE_MS) {
      close(box)
      box.since = at
    }
    box.rows.push(rowAt(at))
  }
  for (const box of boxes) close(box)
  let rollups = 0
  for (const { books } of boxes) {
    for (const window of books.windows.values()) {
      const rows = rollupsOf(window)
      rollups += rows.length
      database.prepare(ROLLUP).run(JSON.stringify(rows))
    }
  }
  database.exec('COMMIT')
  database.close()
  // Else the gateway's first write waits until all this is on the disk, for seconds.
  const file = openSync(databaseFile(state), 'r+')
  fsyncSync(file)
  closeSync(file)
  return { countMicros: (counting * 1_000) / most, rollups, pages }
}
