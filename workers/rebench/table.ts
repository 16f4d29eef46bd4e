// The results as tables in Markdown, one row a model. Pure.
import type { EndedRun, Result } from './history.ts'
import { type Measures, quantile, scoreOf } from './measures.ts'
import { KINDS } from './tasks/task.ts'
import type { Finding } from './verdict.ts'

export function writeTable(run: EndedRun | undefined, results: readonly Result[]): string {
  if (run === undefined || results.length === 0)
    return 'Nothing has been measured yet. POST /admin/rebench begins a run.\n'
  const cells = COLUMNS.map(([name]) => name)
  const rows = results.map((result) => COLUMNS.map(([, write]) => write(result)))
  return [
    `Re-benchmark ${run.id}, begun ${new Date(run.startedAt).toISOString()}, ended ${new Date(run.endedAt).toISOString()}; ${run.probes} probes, ${run.skipped} left out; $${dollars(run.spentMicros)} of $${dollars(run.limitMicros)}.`,
    '',
    line(cells),
    ruleFor(cells),
    ...rows.map(line),
    '',
    ...kindLines(results),
  ].join('\n')
}

const line = (texts: readonly string[]): string => `| ${texts.map(escaped).join(' | ')} |`
const ruleFor = (cells: readonly string[]): string => `|${' --- |'.repeat(cells.length)}`

/** How much of every kind of task was right; nothing where no task was answered. */
function kindLines(results: readonly Result[]): readonly string[] {
  const solved = results.filter(({ measures }) => Object.keys(measures.kinds).length > 0)
  if (solved.length === 0) return []
  const cells = ['right, by kind', ...KINDS]
  const rows = solved.map(({ model, measures }) => [
    model,
    ...KINDS.map((kind) => percent(measures.kinds[kind] ?? { right: 0, total: 0 })),
  ])
  return [line(cells), ruleFor(cells), ...rows.map(line), '']
}

const escaped = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

const NONE = '-'

const dollars = (micros: number): string => (micros / 1_000_000).toFixed(4)

const numberOf = (value: number | undefined, digits = 0): string =>
  value === undefined || !Number.isFinite(value) ? NONE : value.toFixed(digits)

const both = (values: readonly number[], digits = 0): string =>
  values.length === 0
    ? NONE
    : `${numberOf(quantile(values, 0.5), digits)} / ${numberOf(quantile(values, 0.95), digits)}`

const percent = ({ right, total }: { right: number; total: number }): string =>
  total === 0 ? NONE : `${((100 * right) / total).toFixed(1)} % of ${total}`

/** A throughput of a model is that of its middle burst. */
export const throughputOf = ({ bursts }: Measures): { tokens?: number; requests?: number } => {
  const tokens = quantile(
    bursts.map((burst) => (1_000 * burst.tokens) / burst.wallMs),
    0.5,
  )
  const requests = quantile(
    bursts.map((burst) => (1_000 * burst.requests) / burst.wallMs),
    0.5,
  )
  return { ...(tokens === undefined ? {} : { tokens }), ...(requests === undefined ? {} : { requests }) }
}

export const costOf = (measures: Measures): { per1k?: number; perRight?: number } => {
  const { right, total } = scoreOf(measures)
  return {
    ...(total === 0 ? {} : { per1k: (measures.taskMicros / total) * 1_000 }),
    ...(right === 0 ? {} : { perRight: measures.taskMicros / right }),
  }
}

const COLUMNS: readonly (readonly [string, (result: Result) => string])[] = [
  ['model', ({ model }) => model],
  ['right', ({ measures }) => percent(scoreOf(measures))],
  ['first token ms p50 / p95', ({ measures }) => both(measures.firstMs)],
  ['ms a token p50 / p95', ({ measures }) => both(measures.perTokenMs, 1)],
  ['tokens/s', ({ measures }) => numberOf(throughputOf(measures).tokens)],
  ['requests/s', ({ measures }) => numberOf(throughputOf(measures).requests, 1)],
  ['$ per 1,000', ({ measures }) => microsOf(costOf(measures).per1k)],
  ['$ per right answer', ({ measures }) => microsOf(costOf(measures).perRight, 6)],
  ['context read / tried / stated', ({ measures }) => contextOf(measures)],
  ['memory', (result) => memoryOf(result)],
  ['unanswered', ({ measures }) => percent(measures.failures)],
  ['found', (result) => foundIn(result)],
]

const microsOf = (micros: number | undefined, digits = 4): string =>
  micros === undefined ? NONE : (micros / 1_000_000).toFixed(digits)

const contextOf = ({ context }: Measures): string =>
  context === undefined ? NONE : `${context.handled} / ${context.tried} / ${context.stated ?? NONE}`

function memoryOf({ measures: { memory }, target }: Result): string {
  if (memory === undefined) return parametersOf(target) ?? NONE
  return `${(memory.weightsBytes / 1e6).toFixed(1)} MB + ${(memory.cacheBytesPerToken / 1024).toFixed(1)} KiB a token`
}

/** Of a model that somebody else runs only its size is published, and that in its name: `llama-3.1-8b`. */
export const parametersOf = (target: string): string | undefined => {
  const size = /(?:^|[-_/:.])((?:\d+x)?\d+(?:\.\d+)?)b(?:$|[-_/:.])/i.exec(target)?.[1]
  return size === undefined ? undefined : `${size} billion parameters, as published`
}

const SAID: Readonly<Record<Finding['what'], string>> = {
  accuracy: 'fewer right',
  'first-token': 'slower to begin',
  'per-token': 'slower to write',
  throughput: 'less at once',
  failures: 'unanswered',
  context: 'reads less than stated',
  slow: 'slow beside the others',
}

function foundIn({ findings, measures }: Result): string {
  const found = findings.map(
    ({ what, kind, was, is }) =>
      `${SAID[what]}${kind === undefined ? '' : ` (${kind})`}: ${short(was)} -> ${short(is)}`,
  )
  const left = Object.entries(measures.skipped).map(([why, count]) => `${count} left out: ${why}`)
  return [...found, ...left].join('; ') || NONE
}

const short = (value: number): string => (value > 0 && value < 1 ? value.toFixed(2) : value.toFixed(0))
