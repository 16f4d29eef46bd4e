// What learning is worth: tenants whose route has heard both models on a part of the traffic, asked the rest of it, beside
// tenants that have taught their route nothing.
import { setTimeout as wait } from 'node:timers/promises'
import { pick } from '../../../test/lab/client.ts'
import { askAll, rowOf, strongCosts } from './curve.ts'
import type { Question } from './questions.ts'
import { dialled, quality, ROUTES, type Setting, share } from './settings.ts'
import { openStage, send, type Sent } from './stage.ts'
import type { Row } from './table.ts'

type Stage = Awaited<ReturnType<typeof openStage>>

/** Some teach, and others are asked afterwards. */
export interface Split {
  readonly taught: readonly Question[]
  readonly asked: readonly Question[]
}

export interface Learned {
  readonly rows: readonly Row[]
  /** What the operator sees of every learner. */
  readonly standings: readonly string[]
  /** What the shadows cost, in micro-dollars. */
  readonly shadowMicros: number
}

const TEACHING = {
  mini: ['weak'],
  frontier: ['strong'],
  strongShare: 0,
  shadow: { share: 1, budget: { usd: 10_000, window: 'total' } },
}

export async function runLearned(
  questions: readonly Question[],
  splits: readonly Split[],
  shares: readonly number[],
  qualities: readonly number[],
  root?: string,
): Promise<Learned> {
  const stage = await openStage({
    questions,
    routes: { ...ROUTES, auto: TEACHING },
    ...(root === undefined ? {} : { root }),
  })
  try {
    const tenants: { readonly project: string; readonly asked: readonly Question[] }[] = []
    const standings: string[] = []
    for (const { taught, asked } of splits) {
      const project = await stage.makeProject('taught')
      const key = await stage.makeKey('teaching', project)
      await send(stage.client(key), taught, () => dialled({ strongShare: 0 }))
      standings.push(await settledStanding(stage, project))
      tenants.push({ project, asked })
    }
    const shadowMicros = await shadowCost(stage)
    await stage.change(ROUTES)
    const learned = await Promise.all(tenants.map(async ({ project }) => isKnown(stage, project)))
    if (learned.includes(false)) standings.push('A gateway has not heard of a learner in time.')
    const costs = await strongCosts(
      stage,
      splits.flatMap(({ asked }) => asked),
    )
    const over = async (setting: Setting, isTaught: boolean): Promise<Row> => {
      const all: Sent[] = []
      for (const { project, asked } of tenants)
        all.push(...(await askAll(stage, setting, asked, isTaught ? project : undefined)).sent)
      return rowOf(`${setting.name}, ${isTaught ? 'taught' : 'prior alone'}`, all, costs)
    }
    const rows: Row[] = []
    for (const part of shares) rows.push(await over(share(part), false), await over(share(part), true))
    for (const part of qualities) rows.push(await over(quality(part), true))
    return { rows, standings, shadowMicros }
  } finally {
    await stage.stop()
  }
}

const LOOKS = 60
const QUIET_LOOKS = 6

/** Of a tenant's learner, once labels have stopped coming. */
async function settledStanding(stage: Stage, tenant: string): Promise<string> {
  let [total, quiet, seen] = [-1, 0, '']
  for (let look = 0; look < LOOKS && quiet < QUIET_LOOKS; look += 1) {
    await wait(1_000)
    const { json } = await stage.admin.send(`/admin/routes?route=auto&tenant=${tenant}`)
    const count = Number(pick(json, 'data', 0, 'labels', 'total') ?? 0)
    quiet = count > 0 && count === total ? quiet + 1 : 0
    total = count
    seen = `${total} labels; ${JSON.stringify(pick(json, 'data', 0, 'learner'))}`
  }
  return seen
}

/** A fresh isolate hears of a learner with the first request, and decides by it soon after. */
async function isKnown(stage: Stage, project: string): Promise<boolean> {
  const client = stage.client(await stage.makeKey('first', project))
  const messages = [{ role: 'user', content: 'How many are 2 and 2?' }]
  for (let look = 0; look < LOOKS; look += 1) {
    // The lab refuses what nobody recorded; that a gateway has asked is enough.
    await client.ask({ ...dialled({ quality: 0.5 }), messages })
    const { json } = await client.ask({ ...dialled({ quality: 0.5 }), messages }, { path: '/v1/route' })
    if (pick(json, 'reason') !== 'no-evidence') return true
    await wait(500)
  }
  return false
}

async function shadowCost(stage: Stage): Promise<number> {
  await wait(2_000)
  const { json } = await stage.admin.send('/admin/usage?group=key&limit=1000')
  const rows = pick(json, 'data')
  const row = Array.isArray(rows) ? rows.find((one) => pick(one, 'key') === 'shadow-auto') : undefined
  return Number(pick(row, 'cost_micros') ?? 0)
}
