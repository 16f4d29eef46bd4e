// A re-benchmark spends by the prices of its own hour, in real workerd: what the catalogue or an operator has changed
// meanwhile holds from its first call on, and for whoever asks next; a price of the configuration stands.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCatalogue } from '../../shared/catalogue.ts'
import { type Fields, pick } from '../lab/client.ts'
import { databaseOf, inside } from '../lab/objects.ts'
import { freshId, openScene, type Scene, withId } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

const shipped = openCatalogue(
  readFileSync(resolve(import.meta.dirname, '../../shared/catalogue.jsonl'), 'utf8'),
)

const TASKS = 4
/** As the lab counts every request here. */
const USAGE = { prompt: 1_000, completion: 100 }
const DAY_MS = 86_400_000

let scene: Scene

beforeAll(async () => {
  scene = await openScene((labUrl) => ({
    providers: { openai: { baseUrl: labUrl, apiKey: '$LAB_KEY' } },
    models: {
      nano: { provider: 'openai', model: 'gpt-4.1-nano' },
      own: { provider: 'openai', model: 'gpt-4o', price: { input: 100, output: 200 } },
    },
    rebench: { everyHours: 0, runDollars: 50, monthDollars: 500 },
  }))
  for (const model of ['gpt-4.1-nano', 'gpt-4o']) scene.lab.always(model, { text: 'No idea.', usage: USAGE })
})
afterAll(() => scene.stop())

/** What one request is billed, in micro-dollars, and by whose price from when. */
async function bill(model: string): Promise<{ micros: number; source: unknown; validFrom: unknown }> {
  const id = freshId()
  const reply = await scene.client.ask({ model }, withId(id))
  expect(reply.status, reply.text).toBe(200)
  await scene.rowOf(id)
  const { json } = await scene.client.send(`/v1/receipts/${id}`)
  const price = pick(json, 'attempts', 0, 'price')
  return {
    micros: Number(pick(json, 'cost_micros')),
    source: pick(price, 'source'),
    validFrom: pick(price, 'valid_from'),
  }
}

/** What each task of a run was billed. */
async function run(models: readonly string[]): Promise<Record<string, number>> {
  const body = { models, tasks: TASKS, latency: 0, bursts: 0, context: false }
  const begun = await scene.admin.send('/admin/rebench', { method: 'POST', body: JSON.stringify(body) })
  expect(begun.status, begun.text).toBe(202)
  const shown = await until('the run to end', async () => {
    const { json } = await scene.admin.send('/admin/rebench')
    return pick(json, 'last_run', 'id') === pick(begun.json, 'id') && json
  })
  const results = pick(shown, 'data') as Fields[]
  return Object.fromEntries(
    results.map((result) => [
      String(result['model']),
      Math.round((Number(pick(result, 'cost', 'measuring')) * 1e6) / TASKS),
    ]),
  )
}

const priceIn = (): { input: number; output: number } => {
  const price = shipped.find('openai', 'gpt-4.1-nano')?.price
  if (price === undefined) throw new Error('the catalogue does not know it')
  return price
}

const microsBy = ({ input, output }: { input: number; output: number }): number =>
  Math.ceil(USAGE.prompt * input + USAGE.completion * output)

const OWN_MICROS = microsBy({ input: 100, output: 200 })
const FRESH = { input: 20, output: 30 }
const SAID = { input: 7, output: 9 }

/** Changes D1 behind the isolate's back, as another isolate or version of the gateway does. */
const change = (statement: string, ...values: (string | number)[]): void =>
  inside(databaseOf(scene.gateway.state), (database) => {
    database.exec('PRAGMA busy_timeout = 5000')
    database.prepare(statement).run(...values)
  })

const insert = (source: string, validFrom: number, { input, output }: typeof FRESH): void =>
  change(
    'INSERT INTO prices VALUES (?, ?, ?, ?, ?, ?, NULL, ?, NULL, NULL, NULL, NULL)',
    source,
    'openai/gpt-4.1-nano',
    validFrom,
    input,
    input,
    input,
    output,
  )

test(
  'a run writes the edition of the catalogue that D1 lacks, and spends by it',
  { timeout: 60_000 },
  async () => {
    expect(await bill('own')).toMatchObject({ micros: OWN_MICROS, source: 'configuration' })
    await until('the catalogue in D1', async () => {
      const { json } = await scene.admin.send('/admin/prices?source=catalogue&model=openai/gpt-4.1-nano')
      return (pick(json, 'data') as Fields[]).length === 1
    })
    // As an older version of the gateway had left it, at another price.
    const before = shipped.datedAt - DAY_MS
    change('UPDATE catalogues SET dated_at = ?', before)
    change("UPDATE prices SET valid_from = ? WHERE source = 'catalogue'", before)
    change("UPDATE prices SET input = 1234 WHERE source = 'catalogue' AND model = 'openai/gpt-4.1-nano'")

    expect(await run(['nano', 'own'])).toEqual({ nano: microsBy(priceIn()), own: OWN_MICROS })
    const { json } = await scene.admin.send('/admin/prices?source=catalogue&model=openai/gpt-4.1-nano')
    expect(pick(json, 'data')).toMatchObject([
      { validFrom: new Date(shipped.datedAt).toISOString(), ...priceIn() },
      { validFrom: new Date(before).toISOString(), input: 1_234 },
    ])
  },
)

test(
  'a later edition in D1 holds from the first call of a run on, and for the next receipt',
  { timeout: 60_000 },
  async () => {
    expect((await bill('nano')).micros).toBe(microsBy(priceIn()))
    const later = shipped.datedAt + 1
    change('INSERT INTO catalogues VALUES (?, ?, 1, 0)', later, 'x@9')
    insert('catalogue', later, FRESH)

    expect(await run(['nano', 'own'])).toEqual({ nano: microsBy(FRESH), own: OWN_MICROS })
    expect(await bill('nano')).toEqual({
      micros: microsBy(FRESH),
      source: 'catalogue',
      validFrom: new Date(later).toISOString(),
    })
    expect(await bill('own')).toMatchObject({ micros: OWN_MICROS, source: 'configuration' })
  },
)

test("an operator's price that another isolate took in does so too", { timeout: 60_000 }, async () => {
  insert('operator', Date.now() - 1, SAID)
  expect(await run(['nano', 'own'])).toEqual({ nano: microsBy(SAID), own: OWN_MICROS })
  expect(await bill('nano')).toMatchObject({ micros: microsBy(SAID), source: 'operator' })
})
