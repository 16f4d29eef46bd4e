// What the turns of a conversation have left elsewhere, by name and without a word of it: answers that are kept for clients
// who come back, and rows whose words are kept. Who erases the conversation erases those, now and once more a little later,
// when what was on its way has arrived.
export interface Trace {
  /** An object that keeps an answer, `<key>/<name>`; or a row of telemetry with words beside it. */
  readonly kind: 'answer' | 'words'
  readonly name: string
  /** Then it has gone by itself, milliseconds since the epoch. */
  readonly until: number
}

/** Erases what these name; rejects where something is left, and may be done again. */
export type Clear = (traces: readonly Trace[]) => Promise<void>

export interface Traces {
  /** Written down beside the turn that left them; what has gone by itself is forgotten. */
  note(traces: readonly Trace[], now: number): void
  all(): readonly Trace[]
  /** From now on these belong to something that was erased. */
  leave(traces: readonly Trace[]): void
  left(): readonly Trace[]
  /** What was left is gone. */
  clear(): void
  /** The storage was emptied, or what was written was taken back. */
  reset(): void
}

/** What was on its way when its conversation was erased has arrived after this. */
export const ARRIVED_MS = 10_000

interface Sql {
  exec(query: string, ...values: SqlStorageValue[]): { toArray(): Record<string, SqlStorageValue>[] }
}

const TABLE =
  'CREATE TABLE IF NOT EXISTS traces (name TEXT PRIMARY KEY, kind TEXT NOT NULL, until INTEGER NOT NULL, erased INTEGER NOT NULL) WITHOUT ROWID'

export function openTraces(sql: Sql): Traces {
  const look = (): boolean =>
    sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'traces'").toArray().length > 0
  let isMade = look()

  const put = (traces: readonly Trace[], isErased: boolean): void => {
    if (traces.length === 0) return
    if (!isMade) sql.exec(TABLE)
    isMade = true
    for (const { kind, name, until } of traces)
      sql.exec(
        'INSERT OR REPLACE INTO traces (name, kind, until, erased) VALUES (?, ?, ?, ?)',
        name,
        kind,
        until,
        isErased ? 1 : 0,
      )
  }

  const rows = (isErased: boolean): readonly Trace[] =>
    isMade
      ? sql
          .exec('SELECT name, kind, until FROM traces WHERE erased = ?', isErased ? 1 : 0)
          .toArray()
          .map(({ name, kind, until }) => ({
            kind: kind === 'answer' ? 'answer' : 'words',
            name: String(name),
            until: Number(until),
          }))
      : []

  return {
    note(traces, now) {
      if (traces.length > 0 && isMade) sql.exec('DELETE FROM traces WHERE until <= ? AND erased = 0', now)
      put(traces, false)
    },
    all: () => rows(false),
    leave: (traces) => put(traces, true),
    left: () => rows(true),
    clear() {
      if (isMade) sql.exec('DELETE FROM traces WHERE erased = 1')
    },
    reset: () => void (isMade = look()),
  }
}

/** What a request leaves beside its turn. */
export interface Leftover {
  /** The object that keeps its answer, and until when at most. */
  readonly answer?: { readonly object: string; readonly until: number } | undefined
  /** Its row, where words are kept with it, and until when. */
  readonly words?: { readonly row: string; readonly until: number } | undefined
}

export const tracesOf = (keyId: string, { answer, words }: Leftover): readonly Trace[] => [
  ...(answer === undefined
    ? []
    : [{ kind: 'answer', name: `${keyId}/${answer.object}`, until: answer.until } as const]),
  ...(words === undefined ? [] : [{ kind: 'words', name: words.row, until: words.until } as const]),
]
