// A real SQLite in place of an object's, and labels, for tests of what a learner does with them.
import { DatabaseSync } from 'node:sqlite'
import type { Asked, Named } from '../../../../workers/learning/label.ts'
import { type LearnerStore, openStore, type Sql } from '../../../../workers/learning/store.ts'
import { sketchOf } from '../../../../workers/routing/sketch.ts'
import { requestFor } from '../../samples.ts'

export const NOON = Date.UTC(2026, 10, 28, 12)

export const openSql = (): Sql => {
  const database = new DatabaseSync(':memory:')
  return {
    exec: (query, ...values) => {
      const bound = values.map((value) => (value instanceof ArrayBuffer ? new Uint8Array(value) : value))
      const rows = database.prepare(query).all(...bound)
      return {
        toArray: () =>
          rows.map((row) =>
            Object.fromEntries(
              Object.entries(row).map(([name, value]) => [
                name,
                value instanceof Uint8Array ? value.slice().buffer : value,
              ]),
            ),
          ),
      }
    },
  }
}

export const storeOf = (sql: Sql = openSql()): LearnerStore => openStore(sql)

export const sketch = (text: string): string => sketchOf(requestFor(text))

export const asked = (id: string, text = 'Hello', tier: Asked['tier'] = 'mini'): Asked => ({
  id,
  sketch: sketch(text),
  tier,
})

export const shadowOf = (id: string, text: string, weak: number, strong: number, at = NOON): Named => ({
  id: `shadow/${id}`,
  label: { sketch: sketch(text), weak, strong, source: 'shadow', at },
})
