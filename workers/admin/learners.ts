// What routes have learned, as the operator reads it: labels by source, how the learner stands, and what a share buys.
import { fieldsOf } from '../../shared/fields.ts'
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
  return found.map(({ route: name, tenant: whose, sources, standing, curve: curves, updatedAt }) => ({
    route: name,
    tenant: whose,
    labels: { total: Object.values(sources).reduce((sum, count) => sum + count, 0), ...sources },
    learner: { ...writeStanding(standing), prior_apgr: standing.prior ?? null },
    look:
      standing.look === undefined
        ? null
        : { ...writeLook(standing.look), curve: fieldsOf(curves)['look'] ?? null },
    curve: ownCurve(curves),
    updated_at: new Date(updatedAt).toISOString(),
  }))
}

/** Of questions: null before there is one. Rows of earlier versions have nothing else. */
function ownCurve(curves: unknown): unknown {
  const { look: _, ...curve } = fieldsOf(curves)
  return Object.keys(curve).length === 0 ? null : curve
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
