// The tables of the object: runs, their probes with what each found and cost, and what is still to be told.
import { monthOf } from './purse.ts'
import type { Probe, Stage } from './plan.ts'

/** The part of a Durable Object's SQL that is needed here. */
export interface Sql {
  exec(query: string, ...values: (string | number | null)[]): { toArray(): Record<string, unknown>[] }
}

export interface Run {
  readonly id: string
  readonly seed: string
  readonly reason: 'schedule' | 'operator'
  readonly startedAt: number
  readonly models: readonly string[]
  readonly limitMicros: number
}

/** A probe that is over, and what it found, as JSON of its stage; `note` is why it found nothing. */
export interface Done extends Probe {
  readonly state: 'done' | 'failed' | 'skipped'
  readonly costMicros: number
  readonly result: unknown
  readonly note: string
}

export interface Notice {
  readonly id: number
  readonly body: string
  readonly tries: number
}

export interface Spent {
  readonly run: number
  readonly month: number
  readonly reserved: number
}

/** Runs are forgotten here after this; their results are in D1. */
const KEEP_MS = 70 * 86_400_000

export type Store = ReturnType<typeof openStore>

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS runs (id TEXT PRIMARY KEY, seed TEXT NOT NULL, reason TEXT NOT NULL, started_at INTEGER NOT NULL,
    models TEXT NOT NULL, limit_micros INTEGER NOT NULL, spent_micros INTEGER, month TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS probes (run TEXT NOT NULL, position INTEGER NOT NULL, model TEXT NOT NULL, stage TEXT NOT NULL,
    item INTEGER NOT NULL, state TEXT NOT NULL, due_at INTEGER NOT NULL, tries INTEGER NOT NULL, reserved INTEGER NOT NULL,
    cost INTEGER NOT NULL, result TEXT, note TEXT NOT NULL, ended INTEGER, PRIMARY KEY (run, position));
  CREATE INDEX IF NOT EXISTS probes_open ON probes (run, state, position);
  CREATE TABLE IF NOT EXISTS weights (run TEXT NOT NULL, model TEXT NOT NULL, theirs INTEGER NOT NULL, ours INTEGER NOT NULL,
    PRIMARY KEY (run, model));
  CREATE TABLE IF NOT EXISTS notices (id INTEGER PRIMARY KEY, body TEXT NOT NULL, due_at INTEGER NOT NULL, tries INTEGER NOT NULL)`

export function openStore(sql: Sql) {
  for (const statement of SCHEMA.split(';')) sql.exec(statement)
  // What was under way when the object died: it is asked again, and counts as having cost its worst case.
  sql.exec("UPDATE probes SET state = 'open', cost = cost + reserved, reserved = 0 WHERE state = 'begun'")
  let ended = Number(sql.exec('SELECT MAX(ended) AS value FROM probes').toArray()[0]?.['value'] ?? 0)

  const number = (query: string, ...values: (string | number)[]): number | undefined => {
    const value = sql.exec(query, ...values).toArray()[0]?.['value']
    return typeof value === 'number' ? value : undefined
  }

  return {
    /** The run under way. */
    current(): Run | undefined {
      const row = sql.exec('SELECT * FROM runs WHERE spent_micros IS NULL').toArray()[0]
      return row === undefined ? undefined : runOf(row)
    },
    lastStartedAt: (): number | undefined => number('SELECT MAX(started_at) AS value FROM runs'),

    begin(run: Run, probes: readonly Probe[]): void {
      const { id, seed, reason, startedAt, models, limitMicros } = run
      sql.exec('DELETE FROM probes')
      sql.exec('DELETE FROM weights')
      sql.exec('DELETE FROM runs WHERE started_at < ?', startedAt - KEEP_MS)
      for (const { position, model, stage, item } of probes)
        sql.exec(
          "INSERT INTO probes (run, position, model, stage, item, state, due_at, tries, reserved, cost, note) VALUES (?, ?, ?, ?, ?, 'open', 0, 0, 0, 0, '')",
          id,
          position,
          model,
          stage,
          item,
        )
      sql.exec(
        'INSERT INTO runs (id, seed, reason, started_at, models, limit_micros, month) VALUES (?, ?, ?, ?, ?, ?, ?)',
        id,
        seed,
        reason,
        startedAt,
        JSON.stringify(models),
        limitMicros,
        monthOf(startedAt),
      )
    },

    /** Probes that are due, in order; those that wait for a while are not. */
    open: (run: string, now: number, most: number): Probe[] =>
      sql
        .exec(
          "SELECT position, model, stage, item FROM probes WHERE run = ? AND state = 'open' AND due_at <= ? ORDER BY position LIMIT ?",
          run,
          now,
          most,
        )
        .toArray()
        .map(probeOf),
    /** When the next one is due; undefined where none is left. */
    nextDueAt: (run: string): number | undefined =>
      number("SELECT MIN(due_at) AS value FROM probes WHERE run = ? AND state = 'open'", run),
    counts: (run: string): { all: number; over: number } => ({
      all: number('SELECT COUNT(*) AS value FROM probes WHERE run = ?', run) ?? 0,
      over:
        number(
          "SELECT COUNT(*) AS value FROM probes WHERE run = ? AND state NOT IN ('open', 'begun')",
          run,
        ) ?? 0,
    }),
    tries: (run: string, position: number): number =>
      number('SELECT tries AS value FROM probes WHERE run = ? AND position = ?', run, position) ?? 0,

    /** Before any call: from here on it counts as costing so much, whatever happens. */
    reserve(run: string, position: number, micros: number): void {
      sql.exec(
        "UPDATE probes SET state = 'begun', tries = tries + 1, reserved = ? WHERE run = ? AND position = ?",
        micros,
        run,
        position,
      )
    },
    finish(
      run: string,
      position: number,
      { state, cost, result, note }: { state: Done['state']; cost: number; result?: unknown; note?: string },
    ): void {
      ended += 1
      sql.exec(
        'UPDATE probes SET state = ?, reserved = 0, cost = cost + ?, result = ?, note = ?, ended = ? WHERE run = ? AND position = ?',

        state,
        cost,
        result === undefined ? null : JSON.stringify(result),
        note ?? '',
        ended,
        run,
        position,
      )
    },
    defer(run: string, position: number, cost: number, dueAt: number): void {
      sql.exec(
        "UPDATE probes SET state = 'open', reserved = 0, cost = cost + ?, due_at = ? WHERE run = ? AND position = ?",
        cost,
        dueAt,
        run,
        position,
      )
    },

    over: (run: string): Done[] =>
      sql
        .exec("SELECT * FROM probes WHERE run = ? AND state NOT IN ('open', 'begun') ORDER BY position", run)
        .toArray()
        .map(doneOf),
    overAt(run: string, model: string, stage: Stage, item: number): Done | undefined {
      const [row] = sql
        .exec(
          'SELECT * FROM probes WHERE run = ? AND model = ? AND stage = ? AND item = ?',
          run,
          model,
          stage,
          item,
        )
        .toArray()
      return row === undefined ? undefined : doneOf(row)
    },
    /** The length of prompts as a model counted them, and as they were counted here. */
    weigh(run: string, model: string, theirs: number, ours: number): void {
      sql.exec(
        'INSERT INTO weights VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET theirs = theirs + excluded.theirs, ours = ours + excluded.ours',
        run,
        model,
        theirs,
        ours,
      )
    },
    ratio: (run: string, model: string): number | undefined =>
      number(
        'SELECT CAST(theirs AS REAL) / ours AS value FROM weights WHERE run = ? AND model = ?',
        run,
        model,
      ),
    /** How the model's last probes ended, newest first. */
    lastStates: (run: string, model: string, most: number): string[] =>
      sql
        .exec(
          "SELECT state FROM probes WHERE run = ? AND model = ? AND state IN ('done', 'failed') ORDER BY ended DESC LIMIT ?",
          run,
          model,
          most,
        )
        .toArray()
        .map((row) => String(row['state'])),

    spent: ({ id, startedAt }: Run): Spent => ({
      run: number('SELECT SUM(cost) AS value FROM probes WHERE run = ?', id) ?? 0,
      month:
        number(
          'SELECT SUM(spent_micros) AS value FROM runs WHERE month = ? AND id <> ?',
          monthOf(startedAt),
          id,
        ) ?? 0,
      reserved: number('SELECT SUM(reserved) AS value FROM probes WHERE run = ?', id) ?? 0,
    }),
    end(run: string, spentMicros: number, notices: readonly string[], now: number): void {
      sql.exec('UPDATE runs SET spent_micros = ? WHERE id = ?', spentMicros, run)
      for (const body of notices)
        sql.exec('INSERT INTO notices (body, due_at, tries) VALUES (?, ?, 0)', body, now)
    },

    dueNotices: (now: number): Notice[] =>
      sql
        .exec('SELECT id, body, tries FROM notices WHERE due_at <= ? ORDER BY id LIMIT 8', now)
        .toArray()
        .map((row) => ({ id: Number(row['id']), body: String(row['body']), tries: Number(row['tries']) })),
    nextNoticeAt: (): number | undefined => number('SELECT MIN(due_at) AS value FROM notices'),
    told(id: number): void {
      sql.exec('DELETE FROM notices WHERE id = ?', id)
    },
    untold(id: number, dueAt: number): void {
      sql.exec('UPDATE notices SET tries = tries + 1, due_at = ? WHERE id = ?', dueAt, id)
    },
  }
}

const runOf = (row: Record<string, unknown>): Run => ({
  id: String(row['id']),
  seed: String(row['seed']),
  reason: row['reason'] === 'operator' ? 'operator' : 'schedule',
  startedAt: Number(row['started_at']),
  models: JSON.parse(String(row['models'])) as string[], // written above
  limitMicros: Number(row['limit_micros']),
})

const probeOf = (row: Record<string, unknown>): Probe => ({
  position: Number(row['position']),
  model: String(row['model']),
  stage: String(row['stage']) as Stage, // written above, as are the states
  item: Number(row['item']),
})

const doneOf = (row: Record<string, unknown>): Done => ({
  ...probeOf(row),
  state: String(row['state']) as Done['state'],
  costMicros: Number(row['cost']),
  result: typeof row['result'] === 'string' ? (JSON.parse(row['result']) as unknown) : undefined,
  note: String(row['note']),
})
