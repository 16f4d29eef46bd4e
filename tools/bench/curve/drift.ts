// Whether a share of strong calls holds when the traffic changes midway: MMLU, then GSM8K, through the whole gateway.
import { askAll } from './curve.ts'
import type { Question } from './questions.ts'
import { share } from './settings.ts'
import type { Stage } from './stage.ts'
import { percent } from './table.ts'

const SHARES = [0.2, 0.5]
/** Points of a hundred that a window may be off. */
const BOUND = 3

export interface Drifted {
  readonly share: number
  /** Realised, window by window. */
  readonly windows: readonly number[]
}

export async function runDrift(
  stage: Stage,
  before: readonly Question[],
  after: readonly Question[],
  window: number,
): Promise<Drifted[]> {
  const found: Drifted[] = []
  for (const asked of SHARES) {
    const { sent } = await askAll(stage, share(asked), [...before, ...after])
    const starts = Array.from({ length: Math.floor(sent.length / window) }, (_, at) => at * window)
    const windows = starts.map((start) => {
      const part = sent.slice(start, start + window)
      return part.filter(({ isStrong }) => isStrong).length / part.length
    })
    found.push({ share: asked, windows })
  }
  return found
}

export function driftTable(found: readonly Drifted[], change: number): string {
  const names =
    found[0]?.windows.map((_, at) => `${at < change ? 'MMLU' : 'GSM8K'} ${(at % change) + 1}`) ?? []
  const off = found.flatMap(({ share, windows }) => windows.map((its) => 100 * Math.abs(its - share)))
  const worst = Math.max(...off)
  return [
    `| strongShare | ${names.join(' | ')} |`,
    `|---:|${names.map(() => '---:|').join('')}`,
    ...found.map(
      ({ share, windows }) => `| ${share} | ${windows.map((its) => `${percent(its)} %`).join(' | ')} |`,
    ),
    '',
    `The worst window is ${worst.toFixed(1)} points off: ${worst <= BOUND ? 'within' : 'NOT within'} the ${BOUND} points wanted.`,
  ].join('\n')
}
