// The projects in D1. Every change is written with its row of the audit.
import { type Change, writeChange } from '../audit.ts'
import type { Budget } from '../service.ts'
import type { Project } from './record.ts'

export interface StoredProject extends Project {
  readonly createdAt: number
}

interface Row {
  readonly id: string
  readonly name: string
  readonly budgets: string
  readonly created_at: number
}

const SELECT = 'SELECT id, name, budgets, created_at FROM projects WHERE deleted_at IS NULL'

const readRow = (row: Row): StoredProject => ({
  id: row.id,
  name: row.name,
  budgets: JSON.parse(row.budgets) as Budget[], // written below
  createdAt: row.created_at,
})

export interface ProjectStore {
  find(id: string): Promise<StoredProject | undefined>
  list(): Promise<StoredProject[]>
  insert(project: StoredProject, change: Change): Promise<void>
  update(project: StoredProject, change: Change): Promise<void>
  /** False where keys that are not revoked belong to it. */
  remove(id: string, change: Change): Promise<boolean>
}

export function openProjectStore(database: D1Database): ProjectStore {
  return {
    async find(id) {
      const row = await database.prepare(`${SELECT} AND id = ?`).bind(id).first<Row>()
      return row === null ? undefined : readRow(row)
    },
    async list() {
      const { results } = await database.prepare(`${SELECT} ORDER BY created_at DESC LIMIT 1000`).all<Row>()
      return results.map(readRow)
    },
    async insert(project, change) {
      const statement = database
        .prepare('INSERT INTO projects (id, name, budgets, created_at) VALUES (?, ?, ?, ?)')
        .bind(project.id, project.name, JSON.stringify(project.budgets), project.createdAt)
      await writeChange(database, statement, change)
    },
    async update(project, change) {
      const statement = database
        .prepare('UPDATE projects SET name = ?, budgets = ? WHERE id = ?')
        .bind(project.name, JSON.stringify(project.budgets), project.id)
      await writeChange(database, statement, change)
    },
    remove(id, change) {
      const statement = database
        .prepare(
          `UPDATE projects SET deleted_at = ?1 WHERE id = ?2
          AND NOT EXISTS (SELECT 1 FROM keys WHERE project = ?2 AND revoked_at IS NULL)`,
        )
        .bind(change.at, id)
      return writeChange(database, statement, change)
    },
  }
}
