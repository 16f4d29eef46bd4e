// A run as Markdown. Pure.
import type { Check } from './checks.ts'
import type { Told } from './client.ts'
import { FAULTS } from './faults.ts'
import type { Options, Played } from './play.ts'
import { percentile } from '../bench/statistics.ts'

const VERDICTS = new Map<boolean | undefined, string>([
  [true, 'holds'],
  [false, '**broken**'],
  [undefined, 'too short to say'],
])

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const counted = (values: readonly string[]): readonly (readonly [string, number])[] => {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].toSorted(([, a], [, b]) => b - a)
}

export function writeReport(options: Options, played: Played, checks: readonly Check[]): string {
  const { told, dealt, seconds } = played
  const calls = Object.values(dealt).reduce((sum, count) => sum + count, 0)
  const faulty = calls - (dealt['none'] ?? 0)
  const times = told
    .filter(({ fate }) => fate === 'answered')
    .map(({ startedAt, endedAt }) => endedAt - startedAt)
  const killed = options.kill ? ', the gateway killed after half of them' : ''
  return [
    `**${told.length} streamed requests, ${options.at} at a time${killed}**; seed ${options.seed}, ${seconds.toFixed(0)} s, ${(told.length / seconds).toFixed(0)} requests a second; ${calls} upstream calls, ${faulty} of them faulty (${((100 * faulty) / calls).toFixed(0)} %). Whole answers took ${percentile(times, 0.5)} ms (p50), ${percentile(times, 0.99)} ms (p99).`,
    writeChecks(checks),
    writeEnds(told),
    `Faults dealt: ${FAULTS.map(({ id, what }) => `${id} ${what} ${dealt[id] ?? 0}`).join('; ')}.`,
  ].join('\n\n')
}

export const writeChecks = (checks: readonly Check[]): string =>
  table(
    ['check', '', 'found'],
    checks.map(({ name, ok, found }) => [name, VERDICTS.get(ok) ?? '', found]),
  )

export const writeEnds = (told: readonly Told[]): string =>
  table(
    ['ended in', 'requests', 'share'],
    counted(told.map(({ fate, why }) => (why === '' ? fate : `${fate}: ${why}`))).map(([what, count]) => [
      what,
      String(count),
      `${((100 * count) / told.length).toFixed(2)} %`,
    ]),
  )
