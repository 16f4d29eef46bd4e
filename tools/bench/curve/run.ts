// `npm run bench:curve`: the quality and the cost of the whole gateway, on recorded answers of Mixtral-8x7B and GPT-4. Prints
// Markdown. Parts: --only=held-out,shipped,drift,learned-gsm8k,learned-mmlu,promise-gsm8k,promise-mmlu; --questions=200 for a short run.
import { parseArgs } from 'node:util'
import { shuffled } from '../routing/measure.ts'
import { findFolder, readPairs } from '../routing/sets.ts'
import { runCurve } from './curve.ts'
import { driftTable, runDrift } from './drift.ts'
import { checkoutWithout } from './held-out.ts'
import { type Learned, runLearned, type Split } from './learned.ts'
import { gotTable, type Kept, promiseTable, runPromise } from './promise.ts'
import { disagreements, HELPERS, type Question, readGsm, readMmlu, STRONG, WEAK } from './questions.ts'
import { agreed, alone, BASELINES, DIALS, formal, ROUTES, type Setting, share, SHARES } from './settings.ts'
import { openStage } from './stage.ts'
import { areaLine, curveTable, promiseLines } from './table.ts'

const { values: flags } = parseArgs({ options: { only: { type: 'string' }, questions: { type: 'string' } } })
const folder = findFolder()
if (folder === undefined) {
  console.error(
    'No outcomes here. `node tools/data/outcomes.ts` fetches them, or MINNOW_DATA names a folder that has them.',
  )
  process.exit(1)
}

const most = Number(flags.questions ?? Number.POSITIVE_INFINITY)
const mixed = (questions: readonly Question[], seed: number): Question[] =>
  shuffled(questions.length, seed)
    .flatMap((at) => questions[at] ?? [])
    .slice(0, most)

const gsm = mixed(readGsm(folder), 6)
const mmlu = mixed(readMmlu(folder), 7)
const pairs = readPairs(folder)
/** Those whose answers are in the folder. */
const helpers = Object.keys(HELPERS).filter((helper) => gsm.some(({ answers }) => answers.has(helper)))

const tell = (line: string): void => console.error(line)

const isBaseline = (name: string): boolean =>
  [...BASELINES, ...helpers.map(alone)].some((setting) => setting.name === name)

async function curveOf(title: string, settings: readonly Setting[], root?: string): Promise<string> {
  const stage = await openStage({
    questions: gsm,
    routes: ROUTES,
    tell,
    ...(root === undefined ? {} : { root }),
  })
  try {
    const { rows, requests, receipts } = await runCurve(stage, gsm, settings)
    return [
      `**${title}** (${gsm.length} questions of GSM8K)`,
      '',
      curveTable(rows),
      '',
      areaLine(rows.filter(({ name }) => SHARES.some((its) => share(its).name === name))),
      '',
      promiseLines(rows.filter(({ name }) => !isBaseline(name))),
      '',
      `${requests} requests: the dollars of every reply sum up to GET /admin/usage, to the micro-dollar; ${receipts} receipts were read and add up.`,
    ].join('\n')
  } finally {
    await stage.stop()
  }
}

async function without(family: 'gsm8k' | 'mmlu', work: (root: string) => Promise<string>): Promise<string> {
  const checkout = checkoutWithout(family, pairs)
  try {
    return await work(checkout.root)
  } finally {
    checkout.remove()
  }
}

async function drift(): Promise<string> {
  const window = Math.min(200, Math.floor(gsm.length / 3))
  const [before, after] = [mmlu.slice(0, 3 * window), gsm.slice(0, 3 * window)]
  const stage = await openStage({ questions: [...before, ...after], routes: ROUTES, tell })
  try {
    const found = await runDrift(stage, before, after, window)
    return [
      `**The share when traffic changes midway** (${before.length} questions of MMLU, then ${after.length} of GSM8K; windows of ${window})`,
      '',
      driftTable(found, 3),
    ].join('\n')
  } finally {
    await stage.stop()
  }
}

const learnedText = (title: string, { rows, standings, shadowMicros }: Learned): string =>
  [
    `**${title}**`,
    '',
    curveTable(rows),
    '',
    ...standings.map((standing) => `- the learner: ${standing}`),
    `- the shadows cost $${(shadowMicros / 1e6).toFixed(2)}`,
  ].join('\n')

/** One half teaches and the other is asked, both ways. */
function halvesOf(questions: readonly Question[]): readonly Split[] {
  const [even, odd] = [0, 1].map((rest) => questions.filter((_, at) => at % 2 === rest))
  return [
    { taught: even ?? [], asked: odd ?? [] },
    { taught: odd ?? [], asked: even ?? [] },
  ]
}

function learnedGsm(): Promise<string> {
  const splits = halvesOf(gsm)
  return without('gsm8k', async (root) =>
    learnedText(
      `GSM8K, taught with one half and asked the other, both ways (prior without GSM8K)`,
      await runLearned(gsm, splits, [0.1, 0.2, 0.5], [0.9, 0.95], { root, tell }),
    ),
  )
}

const LESSONS = 1_500
const EXAM = 1_000

function learnedMmlu(): Promise<string> {
  const count = Math.min(LESSONS, Math.floor(mmlu.length / 2))
  const [taught, asked] = [mmlu.slice(0, count), mmlu.slice(count, count + EXAM)]
  return without('mmlu', async (root) =>
    learnedText(
      `MMLU, taught with ${taught.length} questions and asked ${asked.length} others (prior without MMLU)`,
      await runLearned([...taught, ...asked], [{ taught, asked }], [0.2, 0.5], [0.9, 0.95], { root, tell }),
    ),
  )
}

const promiseText = (title: string, kept: Kept): string =>
  [
    `**${title}**`,
    '',
    promiseTable(kept),
    '',
    'Every setting, and what came of it:',
    '',
    gotTable(kept),
    '',
    ...kept.standings.map((standing) => `- ${standing}`),
  ].join('\n')

const promiseGsm = (): Promise<string> =>
  without('gsm8k', async (root) =>
    promiseText(
      'The promise on GSM8K: taught with one half and asked the other (prior without GSM8K)',
      await runPromise(gsm, halvesOf(gsm).slice(0, 1), { helpers, isLooked: true }, { root, tell }),
    ),
  )

/** The made-up letters say nothing that the question does not, so nothing is learned from a look at them. */
const promiseMmlu = (): Promise<string> =>
  without('mmlu', async (root) => {
    const count = Math.min(LESSONS, Math.floor(mmlu.length / 2))
    const [taught, asked] = [mmlu.slice(0, count), mmlu.slice(count, count + EXAM)]
    return promiseText(
      `The promise on MMLU: taught with ${taught.length} questions and asked ${asked.length} others (prior without MMLU)`,
      await runPromise(
        [...taught, ...asked],
        [{ taught, asked }],
        { helpers: [], isLooked: false },
        { root, tell },
      ),
    )
  })

const parts: Readonly<Record<string, () => Promise<string>>> = {
  'held-out': () =>
    without('gsm8k', (root) =>
      curveOf(
        'The prior has seen nothing of GSM8K',
        [...BASELINES, ...helpers.map(alone), ...DIALS, formal, ...helpers.map(agreed)],
        root,
      ),
    ),
  shipped: () => curveOf('The shipped prior, which was trained on these questions too', SHARES.map(share)),
  drift,
  'learned-gsm8k': learnedGsm,
  'learned-mmlu': learnedMmlu,
  'promise-gsm8k': promiseGsm,
  'promise-mmlu': promiseMmlu,
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1)) // takes the gateway along

const only = flags.only?.split(',')
for (const { model, count, rightAfterAll, wrongAfterAll } of disagreements(gsm, [WEAK, STRONG, ...helpers]))
  console.log(
    `${model}: ${count} answers judged again by their last number; ${rightAfterAll} recorded as wrong are right, ${wrongAfterAll} recorded as right are wrong`,
  )
for (const [name, write] of Object.entries(parts))
  if (only === undefined || only.includes(name)) console.log(`\n${await write()}`)
