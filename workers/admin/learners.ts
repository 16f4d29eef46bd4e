// What routes have learned, as the operator reads it: labels by source, how the learner stands, and what a share buys.
import type { Standing } from '../../shared/label.ts'
import type { LearnerFilter, Published } from '../learning/listing.ts'

export interface LearnerDesk {
  readonly list: (filter: LearnerFilter) => Promise<Published[]>
}

export async function listRoutes(
  desk: LearnerDesk,
  { route, tenant }: { readonly [name in keyof LearnerFilter]?: string | undefined },
): Promise<Record<string, unknown>[]> {
  const found = await desk.list({
    ...(route === undefined ? {} : { route }),
    ...(tenant === undefined ? {} : { tenant }),
  })
  return found.map(({ route: name, tenant: whose, sources, standing, curve, updatedAt }) => ({
    route: name,
    tenant: whose,
    labels: { total: Object.values(sources).reduce((sum, count) => sum + count, 0), ...sources },
    learner: { ...writeStanding(standing), prior_apgr: standing.prior ?? null },
    look: standing.look === undefined ? null : writeLook(standing.look),
    curve,
    updated_at: new Date(updatedAt).toISOString(),
  }))
}

const writeStanding = ({ isOn, reason, learner }: Standing): Record<string, unknown> => ({
  on: isOn,
  reason,
  apgr: learner ?? null,
})

const writeLook = (look: Standing): Record<string, unknown> => ({
  ...writeStanding(look),
  labels: look.labels,
  question_apgr: look.prior ?? null,
})
