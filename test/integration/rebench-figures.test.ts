// The figures of a re-benchmark in real workerd are those of the lab, whose times, prices and knowledge are known; and what
// it finds right is what a route's curve of quality is fitted to, run after run.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fields, pick } from '../lab/client.ts'
import { openScene, type Scene } from '../lab/scene.ts'
import { answersTo, solving } from '../lab/solver.ts'
import { until } from '../lab/until.ts'

const PRICE = { input: 1, output: 2 }
/** What the lab says of every answer; of eight words, as it counts. */
const USAGE = { prompt: 100, completion: 8 }
const CALL_DOLLARS = (USAGE.prompt * PRICE.input + USAGE.completion * PRICE.output) / 1e6
const FIRST_MS = 120
const EVERY_MS = 15
const LATE_MS = 500

const SEEDS = ['figures', 'curve', 'fallen']
const ANSWERS = answersTo(SEEDS)

let scene: Scene

beforeAll(async () => {
  const model = (name: string): Fields => ({
    provider: 'lab',
    model: name,
    price: PRICE,
    contextWindow: 4_000,
  })
  scene = await openScene({
    models: {
      timed: model('timed-1'),
      sized: model('sized-8b'),
      small: model('small-1'),
      large: model('large-1'),
    },
    routes: { auto: { mini: ['small'], frontier: ['large'] } },
    rebench: { everyHours: 0, runDollars: 50, monthDollars: 500, concurrency: 4 },
  })
})
afterAll(() => scene.stop())

async function run(body: Fields): Promise<Fields> {
  const begun = await scene.admin.send('/admin/rebench', { method: 'POST', body: JSON.stringify(body) })
  expect(begun.status, begun.text).toBe(202)
  for (;;) {
    const { json } = await scene.admin.send('/admin/rebench')
    if (pick(json, 'last_run', 'id') === pick(begun.json, 'id')) return json as Fields
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

const resultOf = (shown: Fields, model: string): Fields =>
  (shown['data'] as Fields[]).find((result) => result['model'] === model) ?? {}

describe('what is measured is what the lab does', () => {
  let result: Fields
  beforeAll(async () => {
    let timings = 0
    scene.lab.always('timed-1', (request) => {
      const behaviour = { firstAfterMs: FIRST_MS, everyMs: EVERY_MS, usage: USAGE }
      const answer = solving(ANSWERS, { accuracy: 0.6, behaviour })(request)
      const isTimed = String(pick(request.body, 'messages', 0, 'content')).startsWith('Count from')
      if (isTimed) timings += 1
      return isTimed && timings % 10 === 0 ? { ...answer, firstAfterMs: FIRST_MS + LATE_MS } : answer
    })
    scene.lab.always('sized-8b', { text: 'No idea.', usage: USAGE })
    const shown = await run({
      seed: 'figures',
      models: ['timed', 'sized', 'micro'],
      tasks: 30,
      latency: 20,
      bursts: 5,
    })
    result = resultOf(shown, 'timed')
    expect(pick(resultOf(shown, 'sized'), 'memory')).toBe('8 billion parameters, as published')
    expect(pick(resultOf(shown, 'micro'), 'memory')).toMatchObject({ weights_bytes: 2_999_072 })
  }, 120_000)

  test('the time to the first token, in the middle and for one in twenty', () => {
    const first = pick(result, 'latency', 'first_ms') as Fields
    expect(first['samples']).toBe(20)
    expect(first['p50']).toBeGreaterThanOrEqual(FIRST_MS - 2)
    expect(Number(first['p95']) - Number(first['p50'])).toBeGreaterThan(LATE_MS / 3)
    expect(first['p95']).toBeGreaterThanOrEqual(FIRST_MS + LATE_MS - 2)
  })

  test('the time between tokens', () => {
    const token = pick(result, 'latency', 'token_ms') as Fields
    expect(token['samples']).toBe(20)
    expect(token['p50']).toBeGreaterThanOrEqual(EVERY_MS * 0.8)
    expect(token['p50']).toBeLessThan(EVERY_MS * 10)
    expect(token['p95']).toBeGreaterThanOrEqual(Number(token['p50']))
  })

  test('tokens and requests a second, of four at once', () => {
    const throughput = pick(result, 'throughput') as Fields
    expect(throughput['concurrency']).toBe(4)
    const most = (4 * 1_000) / (FIRST_MS + 7 * EVERY_MS * 0.9)
    expect(throughput['requests_per_second']).toBeLessThanOrEqual(most)
    expect(throughput['requests_per_second']).toBeGreaterThan(most / 40)
    expect(Number(throughput['tokens_per_second']) / Number(throughput['requests_per_second'])).toBeCloseTo(8)
  })

  test('what a thousand requests cost, and what each right answer does', () => {
    const right = Number(pick(result, 'accuracy', 'right'))
    expect(right).toBeGreaterThan(5)
    expect(right).toBeLessThan(30)
    expect(pick(result, 'cost', 'per_1000_requests')).toBeCloseTo(CALL_DOLLARS * 1_000, 6)
    expect(pick(result, 'cost', 'per_correct_answer')).toBeCloseTo((CALL_DOLLARS * 30) / right, 6)
  })

  test('the same stands in the table, by the model and by kind of task', async () => {
    const { text } = await scene.admin.send('/admin/rebench?format=markdown')
    const [head, row] = ['| model |', '| timed |'].map(
      (start) => text.split('\n').find((line) => line.startsWith(start)) ?? '',
    )
    const cells = (line = ''): string[] => line.split('|').map((cell) => cell.trim())
    const cell = (name: string): string => cells(row)[cells(head).indexOf(name)] ?? ''
    expect(cell('$ per 1,000')).toBe((CALL_DOLLARS * 1_000).toFixed(4))
    const first = pick(result, 'latency', 'first_ms') as Fields
    expect(cell('first token ms p50 / p95')).toBe(`${String(first['p50'])} / ${String(first['p95'])}`)
    expect(cell('memory')).toBe('-')
    const kinds = text.split('\n').find((line) => line.startsWith('| right, by kind |'))
    expect(cells(kinds).filter(Boolean)).toHaveLength(1 + 10)
  })
})

test('the quality curve of a route is fitted to what its models had right, and anew by the next run', async () => {
  const curve = (isNew: (labels: number) => boolean): Promise<Fields> =>
    until('the curve of the route', async () => {
      const { json } = await scene.admin.send('/admin/routes?route=auto')
      const learner = (pick(json, 'data') as Fields[]).find(({ tenant }) => tenant === null)
      return isNew(Number(pick(learner, 'labels', 'rebench') ?? 0)) && { ...learner }
    })
  const order = { models: ['small', 'large'], tasks: 300, latency: 0, bursts: 0, context: false }
  scene.lab.always('small-1', solving(ANSWERS, { accuracy: 0.4 }))
  scene.lab.always('large-1', solving(ANSWERS, { accuracy: 0.9 }))
  await run({ ...order, seed: 'curve' })
  const first = await curve((labels) => labels > 150)
  expect(pick(first, 'curve', 'weak')).toBeGreaterThan(0.25)
  expect(pick(first, 'curve', 'weak')).toBeLessThan(0.55)
  expect(pick(first, 'curve', 'strong')).toBeGreaterThan(0.8)
  expect((pick(first, 'curve', 'points') as unknown[]).length).toBeGreaterThan(3)

  scene.lab.always('large-1', solving(ANSWERS, { accuracy: 0.45 }))
  await run({ ...order, seed: 'fallen' })
  const labels = Number(pick(first, 'labels', 'rebench'))
  const second = await curve((known) => known > labels)
  expect(pick(second, 'curve', 'strong')).toBeLessThan(Number(pick(first, 'curve', 'strong')) - 0.1)
}, 240_000)
