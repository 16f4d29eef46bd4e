// What learning is worth: tenants whose route has heard both models on a part of the traffic, asked the rest of it, beside
// tenants that have taught their route nothing.
import { setTimeout as wait } from 'node:timers/promises'
import { pick, user } from '../../../test/lab/client.ts'
import { askAll, rowOf, strongCosts } from './curve.ts'
import type { Question } from './questions.ts'
import { dialled, quality, ROUTES, type Setting, share } from './settings.ts'
import { openStage, send, type Sent, type Stage, type StageOptions } from './stage.ts'
import type { Row } from './table.ts'

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

/** Every request is answered by the small model, and shadowed by the large one. */
export const TEACHING = {
  mini: ['weak'],
  frontier: ['strong'],
  strongShare: 0,
  shadow: { share: 1, budget: { usd: 10_000, window: 'total' } },
}

/** Who has taught, and which of the questions it has not seen. */
export interface Tenant {
  readonly project: string
  readonly asked: readonly Question[]
}

/** On a stage whose route teaches. */
export async function teach(
  stage: Stage,
  splits: readonly Split[],
): Promise<{ readonly tenants: readonly Tenant[]; readonly shadowMicros: number }> {
  const tenants: Tenant[] = []
  let [shadowMicros, lessons] = [0, 0]
  for (const { taught, asked } of splits) {
    const project = await stage.makeProject('taught')
    const key = await stage.makeKey('teaching', project)
    await send(stage.client(key), taught, () => dialled({ strongShare: 0 }))
    lessons += taught.length
    shadowMicros = await shadowed(stage, lessons)
    stage.tell(`taught with ${taught.length} questions`)
    tenants.push({ project, asked })
  }
  return { tenants, shadowMicros }
}

export async function runLearned(
  questions: readonly Question[],
  splits: readonly Split[],
  shares: readonly number[],
  qualities: readonly number[],
  options: Pick<StageOptions, 'root' | 'tell'>,
): Promise<Learned> {
  const stage = await openStage({
    questions,
    routes: { ...ROUTES, auto: TEACHING },
    ...options,
  })
  try {
    const { tenants, shadowMicros } = await teach(stage, splits)
    await stage.change(ROUTES)
    const learned = await Promise.all(tenants.map(({ project, asked }) => isKnown(stage, project, asked)))
    if (learned.includes(false)) throw new Error('the gateway has not heard of a learner in time')
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
    const standings = await Promise.all(tenants.map(({ project }) => standingOf(stage, project)))
    return { rows, standings, shadowMicros }
  } finally {
    await stage.stop()
  }
}

const LOOKS = 120
/** Of the labels: an isolate gathers them for two seconds, and the learner writes them down. */
const GATHERED_MS = 5_000

/** Until as many requests as this have been shadowed, and what they showed has been told. */
async function shadowed(stage: Stage, requests: number): Promise<number> {
  for (let look = 0; look < LOOKS; look += 1) {
    const { json } = await stage.admin.send('/admin/usage?group=key&limit=1000')
    const rows = pick(json, 'data')
    const row: unknown = Array.isArray(rows)
      ? rows.find((one) => pick(one, 'key') === 'shadow-auto')
      : undefined
    if (Number(pick(row, 'requests')) >= requests) {
      await wait(GATHERED_MS)
      return Number(pick(row, 'cost_micros'))
    }
    await wait(1_000)
  }
  throw new Error(`not all of ${requests} requests were shadowed`)
}

/** Of a tenant's learner, as the operator reads it. */
export async function standingOf(stage: Stage, tenant: string): Promise<string> {
  const { json } = await stage.admin.send(`/admin/routes?route=auto&tenant=${tenant}`)
  const [labels, learner, look] = ['labels', 'learner', 'look'].map((name) => pick(json, 'data', 0, name))
  const answers = pick(look, 'reason')
  const said = answers === undefined || answers === null ? '' : ` The look at answers: ${String(answers)}`
  return `${String(pick(labels, 'total'))} labels. ${String(pick(learner, 'reason'))}${said}`
}

/** A fresh isolate hears of a learner with the first answer, and decides by it soon after. */
export async function isKnown(
  stage: Stage,
  project: string,
  [question]: readonly Question[],
): Promise<boolean> {
  const client = stage.client(await stage.makeKey('first', project))
  const body = { ...dialled({ quality: 0.5 }), messages: [user(question?.prompt ?? '')] }
  for (let look = 0; look < LOOKS; look += 1) {
    await client.ask(body)
    const { json } = await client.ask(body, { path: '/v1/route' })
    if (pick(json, 'reason') !== 'no-evidence') return true
    await wait(500)
  }
  return false
}
