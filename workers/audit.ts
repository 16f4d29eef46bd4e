// Every change that an operator makes leaves a row, written with the change in one transaction. Never holds a secret.

export interface Change {
  readonly at: number
  /** Which admin key it was: `admin:` and the beginning of its hash. */
  readonly actor: string
  /** A noun and a verb: `key.create`. */
  readonly action: string
  /** The id of what was changed. */
  readonly target: string
  readonly before?: Readonly<Record<string, unknown>>
  readonly after?: Readonly<Record<string, unknown>>
}

const INSERT = 'INSERT INTO audit (id, at, actor, action, target, before, after)'

const valuesOf = (change: Change): (string | number | null)[] => [
  // In order of time, which the index likes.
  `audit_${change.at.toString(36)}_${crypto.randomUUID()}`,
  change.at,
  change.actor,
  change.action,
  change.target,
  change.before === undefined ? null : JSON.stringify(change.before),
  change.after === undefined ? null : JSON.stringify(change.after),
]

/** To stand right after the change in a batch: where that changed nothing, no row is left. */
export const auditStatement = (database: D1Database, change: Change): D1PreparedStatement =>
  database.prepare(`${INSERT} SELECT ?, ?, ?, ?, ?, ?, ? WHERE changes() > 0`).bind(...valuesOf(change))

/** Leaves the row of a change that was made elsewhere than in the database. */
export async function noteChange(database: D1Database, change: Change): Promise<void> {
  await database
    .prepare(`${INSERT} VALUES (?, ?, ?, ?, ?, ?, ?)`)
    .bind(...valuesOf(change))
    .run()
}

/** Writes a change and its row, or neither. False where there was nothing to change. */
export async function writeChange(
  database: D1Database,
  statement: D1PreparedStatement,
  change: Change,
): Promise<boolean> {
  const [done] = await database.batch([statement, auditStatement(database, change)])
  return (done?.meta.changes ?? 0) > 0
}

export interface AuditFilter {
  readonly limit: number
  /** Only rows before this one: an id from an earlier page. */
  readonly before?: string | undefined
  readonly target?: string | undefined
}

interface Row {
  readonly id: string
  readonly at: number
  readonly actor: string
  readonly action: string
  readonly target: string
  readonly before: string | null
  readonly after: string | null
}

/** Newest first. */
export async function listAudit(
  database: D1Database,
  { limit, before, target }: AuditFilter,
): Promise<Record<string, unknown>[]> {
  const { results } = await database
    .prepare(
      `SELECT id, at, actor, action, target, before, after FROM audit
      WHERE (?1 IS NULL OR (at, id) < (SELECT at, id FROM audit WHERE id = ?1)) AND (?2 IS NULL OR target = ?2)
      ORDER BY at DESC, id DESC LIMIT ?3`,
    )
    .bind(before ?? null, target ?? null, limit)
    .all<Row>()
  return results.map((row) => ({
    id: row.id,
    at: new Date(row.at).toISOString(),
    actor: row.actor,
    action: row.action,
    target: row.target,
    before: row.before === null ? null : (JSON.parse(row.before) as unknown),
    after: row.after === null ? null : (JSON.parse(row.after) as unknown),
  }))
}
