// From a request to a plan: one request tries a target that is due, and only one that really calls.
import { describe, expect, it } from 'vitest'
import { noCatalogue, noPrices } from '../../../../shared/catalogue.ts'
import type { Plan } from '../../../../shared/plan.ts'
import { openPlanner, type PlanOptions } from '../../../../workers/routing/planner.ts'
import type { HealthView } from '../../../../workers/service.ts'
import { callerWith, cxAt, requestFor } from '../../samples.ts'

/** Targets that are due until somebody has claimed them. */
function clinic(due: readonly string[], granted = true) {
  const claims: string[] = []
  const health: HealthView = {
    standing: (key) => (!due.includes(key) ? 'up' : claims.includes(key) && granted ? 'down' : 'due'),
    claimProbe: (key) => (claims.push(key), granted),
    p95Ms: () => undefined,
    measured: () => undefined,
  }
  const planner = openPlanner({
    config: {
      providers: { lab: { baseUrl: 'http://127.0.0.1:1/v1' } },
      routes: { solid: { order: ['lab/a', 'lab/b', 'lab/c'] } },
    },
    prices: () => Promise.resolve(noPrices),
    microProvider: 'minnow',
    catalogue: noCatalogue,
    vendorOf: () => undefined,
    health,
  })
  const plan = (options?: PlanOptions): Promise<Plan> =>
    planner.plan(requestFor('Hi', { model: 'solid' }), callerWith(), cxAt(), options)
  return { claims, plan }
}
const names = ({ targets }: Plan) => targets.map((target) => target.name)

describe('a target that is due', () => {
  it('is tried by one request; the next passes it over', async () => {
    const { claims, plan } = clinic(['lab/a'])
    const [first, second] = [await plan(), await plan()]
    expect(names(first)).toEqual(['lab/a', 'lab/b', 'lab/c'])
    expect(first).toMatchObject({ probe: true, reason: 'order', hedgeAfterMs: 1_000 })
    expect(names(second)).toEqual(['lab/b', 'lab/c', 'lab/a'])
    expect(second.reason).toBe('health')
    expect(second).not.toHaveProperty('probe')
    expect(second).not.toHaveProperty('hedgeAfterMs')
    expect(claims).toEqual(['lab/a'])
  })

  it('is not taken by a decision without a call', async () => {
    const { claims, plan } = clinic(['lab/a'])
    expect((await plan({ isDry: true })).targets).toHaveLength(3)
    expect(claims).toEqual([])
    expect(await plan()).toMatchObject({ probe: true })
  })

  it('and was taken in between is passed over, with nothing left of the try', async () => {
    const { claims, plan } = clinic(['lab/a', 'lab/b'], false)
    const passed = await plan()
    expect(names(passed)).toEqual(['lab/c', 'lab/a', 'lab/b'])
    expect(passed).not.toHaveProperty('probe')
    expect(passed).not.toHaveProperty('hedgeAfterMs')
    expect(claims).toEqual(['lab/a', 'lab/b'])
  })
})
