// The keys in D1.
import type { Budget } from '../service.ts'
import type { KeyRecord } from './record.ts'

interface Row {
  readonly id: string
  readonly prefix: string
  readonly name: string
  readonly budgets: string
  readonly models: string | null
  readonly origins: string | null
  readonly created_at: number
  readonly expires_at: number | null
  readonly revoked_at: number | null
}

const COLUMNS = 'id, prefix, name, budgets, models, origins, created_at, expires_at, revoked_at'

function readRow(row: Row): KeyRecord {
  return {
    id: row.id,
    prefix: row.prefix,
    name: row.name,
    budgets: JSON.parse(row.budgets) as Budget[],
    createdAt: row.created_at,
    ...(row.models === null ? {} : { models: JSON.parse(row.models) as string[] }),
    ...(row.origins === null ? {} : { origins: JSON.parse(row.origins) as string[] }),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
  }
}

const list = (values: readonly string[] | undefined): string | null =>
  values === undefined ? null : JSON.stringify(values)

export interface KeyStore {
  findByHash(hash: string): Promise<KeyRecord | undefined>
  find(id: string): Promise<KeyRecord | undefined>
  list(): Promise<KeyRecord[]>
  insert(record: KeyRecord, hash: string): Promise<void>
  update(record: KeyRecord): Promise<void>
}

export function openKeyStore(database: D1Database): KeyStore {
  const one = async (where: string, value: string): Promise<KeyRecord | undefined> => {
    const row = await database
      .prepare(`SELECT ${COLUMNS} FROM keys WHERE ${where} = ?`)
      .bind(value)
      .first<Row>()
    return row === null ? undefined : readRow(row)
  }
  return {
    findByHash: (hash) => one('hash', hash),
    find: (id) => one('id', id),
    async list() {
      const { results } = await database
        .prepare(`SELECT ${COLUMNS} FROM keys ORDER BY created_at DESC LIMIT 1000`)
        .all<Row>()
      return results.map(readRow)
    },
    async insert(record, hash) {
      await database
        .prepare(`INSERT INTO keys (${COLUMNS}, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
        .bind(
          record.id,
          record.prefix,
          record.name,
          JSON.stringify(record.budgets),
          list(record.models),
          list(record.origins),
          record.createdAt,
          record.expiresAt ?? null,
          record.revokedAt ?? null,
          hash,
        )
        .run()
    },
    async update(record) {
      await database
        .prepare(
          'UPDATE keys SET name = ?, budgets = ?, models = ?, origins = ?, expires_at = ?, revoked_at = ? WHERE id = ?',
        )
        .bind(
          record.name,
          JSON.stringify(record.budgets),
          list(record.models),
          list(record.origins),
          record.expiresAt ?? null,
          record.revokedAt ?? null,
          record.id,
        )
        .run()
    },
  }
}
