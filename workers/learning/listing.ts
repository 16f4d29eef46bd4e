// What every route has learned, for the operator: one row a learner in D1, written by the learner itself.
import type { Standing } from '../../shared/label.ts'

export interface Published {
  readonly route: string
  /** A project or a key; null for what the route learned from no tenant's traffic. */
  readonly tenant: string | null
  /** Labels by source. */
  readonly sources: Readonly<Record<string, number>>
  readonly standing: Standing
  /** How good each share of strong calls is, on labels that were not known when it was judged; null before there are any. */
  readonly curve: unknown
  readonly updatedAt: number
}

export async function publish(database: D1Database, published: Published): Promise<void> {
  const { route, tenant, sources, standing, curve, updatedAt } = published
  await database
    .prepare(
      'INSERT OR REPLACE INTO learners (route, tenant, is_on, sources, standing, curve, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    .bind(
      route,
      tenant ?? '',
      standing.isOn ? 1 : 0,
      JSON.stringify(sources),
      JSON.stringify(standing),
      JSON.stringify(curve ?? null),
      updatedAt,
    )
    .run()
}

export interface LearnerFilter {
  readonly route?: string
  readonly tenant?: string
}

interface Row {
  readonly route: string
  readonly tenant: string
  readonly sources: string
  readonly standing: string
  readonly curve: string
  readonly updated_at: number
}

const MOST_ROWS = 1_000

/** By route, then by tenant. */
export async function listLearners(
  database: D1Database,
  { route, tenant }: LearnerFilter,
): Promise<Published[]> {
  const { results } = await database
    .prepare(
      'SELECT route, tenant, sources, standing, curve, updated_at FROM learners WHERE (?1 IS NULL OR route = ?1) AND (?2 IS NULL OR tenant = ?2) ORDER BY route, tenant LIMIT ?3',
    )
    .bind(route ?? null, tenant ?? null, MOST_ROWS)
    .all<Row>()
  return results.map((row) => ({
    route: row.route,
    tenant: row.tenant === '' ? null : row.tenant,
    sources: JSON.parse(row.sources) as Published['sources'], // written above
    standing: JSON.parse(row.standing) as Standing,
    curve: JSON.parse(row.curve) as unknown,
    updatedAt: row.updated_at,
  }))
}
