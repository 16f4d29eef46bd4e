// `npm run rebench:proof`: does the re-benchmark accuse the innocent, and does it find the guilty? Twenty runs of healthy
// models and micro through the real gateway, one with planted differences, then one for each of some smaller delays.
// Prints Markdown, ends with 1 where anything is otherwise than it should be. Flags: --runs 20, --tasks 300, and
// --json <file> for all that was measured, so that another judge can be tried on the same hours.
import { writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Fields, pick } from '../../test/lab/client.ts'
import { databaseOf, inside } from '../../test/lab/objects.ts'
import { openScene, type Scene } from '../../test/lab/scene.ts'
import { answersTo, type Skill, solving } from '../../test/lab/solver.ts'

const { values: flags } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    tasks: { type: 'string', default: '300' },
    json: { type: 'string' },
  },
})
const runs = Number(flags.runs)
const tasks = Number(flags.tasks)

const PRICE = { input: 0.1, output: 0.4 }
const WINDOW = 8_000

const HEALTHY: Readonly<Record<string, Skill>> = {
  sharp: { accuracy: 0.95 },
  fair: { accuracy: 0.7, behaviour: { everyMs: 1 } },
  weak: { accuracy: 0.4, behaviour: { firstAfterMs: 3 } },
}

const PLANTED: Readonly<Record<string, Skill & { readonly what: string }>> = {
  sharp: { accuracy: 0.95, behaviour: { firstAfterMs: 200 }, what: 'first-token' },
  fair: { accuracy: 0.45, behaviour: { everyMs: 1 }, what: 'accuracy' },
  weak: { accuracy: 0.4, behaviour: { firstAfterMs: 3 }, remembers: 2_500, what: 'context' },
}

/** From the largest down: one that is not found would be part of what the next is compared with. */
const DELAYS_MS = [150, 100, 50]

const models = Object.keys(HEALTHY)
const seeds = Array.from({ length: runs + 1 + DELAYS_MS.length }, (_, at) => `proof-${Date.now()}-${at}`)
const answers = answersTo(seeds, tasks)

async function runOnce(
  scene: Scene,
  seed: string,
  measured: readonly string[],
  samples: Fields = { tasks },
): Promise<Fields> {
  const body = JSON.stringify({ seed, models: measured, ...samples })
  const begun = await scene.admin.send('/admin/rebench', { method: 'POST', body })
  if (begun.status !== 202) throw new Error(begun.text)
  for (;;) {
    const { json } = await scene.admin.send('/admin/rebench')
    if (pick(json, 'running') === null && pick(json, 'last_run', 'id') === pick(begun.json, 'id'))
      return json as Fields
    await wait(250)
  }
}

const resultsIn = (shown: Fields): Fields[] => shown['data'] as Fields[]

const told = (result: Fields): string => {
  const findings = result['findings'] as Fields[]
  return findings.length === 0
    ? '-'
    : findings
        .map(
          ({ what, kind, was, is }) =>
            `${String(what)}${kind === undefined ? '' : ` (${String(kind)})`} ${String(was)} -> ${String(is)}`,
        )
        .join('; ')
}

/** Everything that was written down, run by run. */
const measuredIn = ({ gateway }: Scene): Fields[] =>
  inside(
    databaseOf(gateway.state),
    (database) =>
      database
        .prepare('SELECT model, at, measures, findings FROM rebench_results ORDER BY at, model')
        .all()
        .map(({ model, at, measures, findings }) => ({
          model,
          at,
          measures: JSON.parse(String(measures)) as unknown,
          findings: JSON.parse(String(findings)) as unknown,
        })),
    true,
  )

const scene = await openScene({
  models: Object.fromEntries(
    models.map((name) => [
      name,
      { provider: 'lab', model: `${name}-1`, price: PRICE, contextWindow: WINDOW },
    ]),
  ),
  rebench: { everyHours: 0, runDollars: 5, monthDollars: 500 },
})
let isProven = true
try {
  for (const [name, skill] of Object.entries(HEALTHY)) scene.lab.always(`${name}-1`, solving(answers, skill))
  const accusations: string[] = []
  let last: Fields = {}
  for (const [at, seed] of seeds.slice(0, runs).entries()) {
    const startedAt = Date.now()
    last = await runOnce(scene, seed, [...models, 'micro'])
    const accused = resultsIn(last).filter((result) => (result['findings'] as Fields[]).length > 0)
    accusations.push(...accused.map((result) => `run ${at + 1}: ${String(result['model'])}: ${told(result)}`))
    console.error(`run ${at + 1} of ${runs}: ${Date.now() - startedAt} ms, ${accused.length} accused`)
  }
  const { text } = await scene.admin.send('/admin/rebench?format=markdown')
  console.log(
    `${text}\n${runs} runs of ${models.length + 1} healthy models: ${accusations.length} accusations`,
  )
  for (const accusation of accusations) console.log(`- ${accusation}`)

  for (const [name, skill] of Object.entries(PLANTED)) scene.lab.always(`${name}-1`, solving(answers, skill))
  const planted = await runOnce(scene, seeds[runs] ?? '', [...models, 'micro'])
  console.log('\n| model | planted | found |\n| --- | --- | --- |')
  for (const result of resultsIn(planted)) {
    const what = PLANTED[String(result['model'])]?.what
    const words = (result['findings'] as Fields[]).map((finding) => finding['what'])
    console.log(`| ${String(result['model'])} | ${what ?? 'nothing'} | ${told(result)} |`)
    isProven &&= what === undefined ? words.length === 0 : words.includes(what)
  }
  isProven &&= accusations.length === 0

  console.log('\n| longer to begin | found |\n| --- | --- |')
  for (const [at, delayMs] of DELAYS_MS.entries()) {
    const skill = { accuracy: 0.95, behaviour: { firstAfterMs: delayMs } }
    scene.lab.always('sharp-1', solving(answers, skill))
    const samples = { tasks: 0, bursts: 0, context: false }
    const shown = await runOnce(scene, seeds[runs + 1 + at] ?? '', ['sharp', 'micro'], samples)
    for (const result of resultsIn(shown))
      if (result['model'] === 'sharp') console.log(`| ${delayMs} ms | ${told(result)} |`)
  }
} finally {
  if (flags.json !== undefined) writeFileSync(flags.json, JSON.stringify(measuredIn(scene)))
  await scene.stop()
}
process.exitCode = isProven ? 0 : 1
