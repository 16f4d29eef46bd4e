// The keys in D1, each read with its project. Every change is written with its row of the audit.
import { type Change, writeChange } from '../audit.ts'
import type { CacheSetting } from '../../shared/reuse.ts'
import type { Budget } from '../service.ts'
import type { KeyRecord } from './record.ts'

interface Row {
  readonly id: string
  readonly prefix: string
  readonly name: string
  readonly budgets: string
  readonly conversation_budget: string | null
  readonly models: string | null
  readonly routes: string | null
  readonly endpoints: string | null
  readonly origins: string | null
  readonly store_text: number | null
  readonly token_only: number | null
  readonly cache: string | null
  readonly created_at: number
  readonly expires_at: number | null
  readonly revoked_at: number | null
  readonly project_id: string | null
  readonly project_name: string | null
  readonly project_budgets: string | null
}

/** What an operator can change of a key. */
const CHANGEABLE = [
  'name',
  'budgets',
  'conversation_budget',
  'project',
  'models',
  'routes',
  'endpoints',
  'origins',
  'store_text',
  'token_only',
  'cache',
  'expires_at',
  'revoked_at',
] as const

const SELECT = `SELECT k.id, k.prefix, k.name, k.budgets, k.conversation_budget, k.models, k.routes, k.endpoints, k.origins, k.store_text, k.token_only, k.cache,
    k.created_at, k.expires_at, k.revoked_at, p.id AS project_id, p.name AS project_name, p.budgets AS project_budgets
  FROM keys k LEFT JOIN projects p ON p.id = k.project`

const readList = (text: string): string[] => JSON.parse(text) as string[] // written below

function readRow(row: Row): KeyRecord {
  return {
    id: row.id,
    prefix: row.prefix,
    name: row.name,
    budgets: JSON.parse(row.budgets) as Budget[],
    createdAt: row.created_at,
    ...(row.project_id === null
      ? {}
      : {
          project: {
            id: row.project_id,
            name: row.project_name ?? '',
            budgets: JSON.parse(row.project_budgets ?? '[]') as Budget[],
          },
        }),
    ...(row.conversation_budget === null
      ? {}
      : { conversationBudget: JSON.parse(row.conversation_budget) as Budget }),
    ...(row.models === null ? {} : { models: readList(row.models) }),
    ...(row.routes === null ? {} : { routes: readList(row.routes) }),
    ...(row.endpoints === null ? {} : { endpoints: readList(row.endpoints) }),
    ...(row.origins === null ? {} : { origins: readList(row.origins) }),
    ...(row.store_text === 1 ? { storeText: true } : {}),
    ...(row.token_only === null ? {} : { tokenOnly: row.token_only === 1 }),
    ...(row.cache === null ? {} : { cache: JSON.parse(row.cache) as CacheSetting }), // written below
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
  }
}

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value))

/** In the order of CHANGEABLE. */
const valuesOf = (record: KeyRecord): (string | number | null)[] => [
  record.name,
  JSON.stringify(record.budgets),
  json(record.conversationBudget),
  record.project?.id ?? null,
  json(record.models),
  json(record.routes),
  json(record.endpoints),
  json(record.origins),
  record.storeText === true ? 1 : null,
  record.tokenOnly === undefined ? null : Number(record.tokenOnly),
  json(record.cache),
  record.expiresAt ?? null,
  record.revokedAt ?? null,
]

export interface KeyStore {
  findByHash(hash: string): Promise<KeyRecord | undefined>
  find(id: string): Promise<KeyRecord | undefined>
  /** Of one project, or all. */
  list(project?: string): Promise<KeyRecord[]>
  insert(record: KeyRecord, hash: string, change: Change): Promise<void>
  update(record: KeyRecord, change: Change): Promise<void>
}

export function openKeyStore(database: D1Database): KeyStore {
  const one = async (where: string, value: string): Promise<KeyRecord | undefined> => {
    const row = await database.prepare(`${SELECT} WHERE k.${where} = ?`).bind(value).first<Row>()
    return row === null ? undefined : readRow(row)
  }
  return {
    findByHash: (hash) => one('hash', hash),
    find: (id) => one('id', id),
    async list(project) {
      const { results } = await database
        .prepare(`${SELECT} WHERE ?1 IS NULL OR k.project = ?1 ORDER BY k.created_at DESC LIMIT 1000`)
        .bind(project ?? null)
        .all<Row>()
      return results.map(readRow)
    },
    async insert(record, hash, change) {
      const columns = ['id', 'hash', 'prefix', 'created_at', ...CHANGEABLE]
      const statement = database
        .prepare(`INSERT INTO keys (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
        .bind(record.id, hash, record.prefix, record.createdAt, ...valuesOf(record))
      await writeChange(database, statement, change)
    },
    async update(record, change) {
      const statement = database
        .prepare(`UPDATE keys SET ${CHANGEABLE.map((name) => `${name} = ?`).join(', ')} WHERE id = ?`)
        .bind(...valuesOf(record), record.id)
      await writeChange(database, statement, change)
    },
  }
}
