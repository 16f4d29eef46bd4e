// Rows of the routing benchmark, as Markdown. Pure.
import { interval, measure } from './measure.ts'
import type { Outcome } from './sets.ts'

export const HEAD = ['| router | APGR (95 %) | CPT50 | CPT80 |', '|---|---:|---:|---:|']

export const point = (value: number): string => value.toFixed(3).replace(/^0/, '')

export function row(name: string, scores: readonly number[], outcomes: readonly Outcome[]): string {
  const { apgr, cpt50, cpt80 } = measure(scores, outcomes)
  const [low, high] = interval(scores, outcomes)
  return `| ${name} | ${point(apgr)} (${point(low)} to ${point(high)}) | ${cpt50.toFixed(1)} | ${cpt80.toFixed(1)} |`
}

export const published = (name: string, apgr: number, cpt50: number, cpt80: number): string =>
  `| ${name} | ${point(apgr)} | ${cpt50} | ${cpt80} |`

const share = (outcomes: readonly Outcome[], side: 'weak' | 'strong'): string =>
  ((100 * outcomes.reduce((sum, outcome) => sum + outcome[side], 0)) / outcomes.length).toFixed(1)

export const title = (name: string, outcomes: readonly Outcome[]): string =>
  `**${name}** (${outcomes.length} prompts, ${share(outcomes, 'weak')} -> ${share(outcomes, 'strong')} % right)`

export const percent = (value: number): string => `${(100 * value).toFixed(1)} %`
