// What a cascade makes of its look at answers: a route is taught by shadows, then escalates the share it was asked for, by
// what isolates really run. GSM8K, with the answers that the weak model gave.
import { lookOf } from '../../../workers/routing/answer.ts'
import { noteOf } from '../../../workers/routing/classify.ts'
import { openLooks } from '../../../workers/routing/looks.ts'
import { openDemand } from '../../../workers/routing/demand.ts'
import { openMind, readMind, type Taught } from '../../../workers/routing/mind.ts'
import { ask } from '../../train-router/ask.ts'
import { shuffled } from './measure.ts'
import type { Outcome, Pair } from './sets.ts'
import { point } from './table.ts'

const TAUGHT = 600
const SEEDS = [1, 2, 3, 4]
const SHARES = [0.1, 0.2, 0.3, 0.5, undefined]
const QUALITIES = [0.8, 0.85, 0.9, 0.95, 0.98]
const TERMS = { holdMs: 1, holdChars: 1, secondAnswer: false }

interface Came {
  readonly escalated: number
  readonly recovered: number
  /** Of the strong model's. */
  readonly quality: number
}

/** The shipped prior has seen these questions; that of a route which is new to it orders nothing. */
const teach = (outcomes: readonly Outcome[]): Taught => {
  const mind = openMind()
  for (const [at, { prompt, weak, strong, answer = '' }] of outcomes.entries()) {
    const request = ask(prompt)
    const look = { sketch: lookOf(request, answer), prior: 0 }
    mind.add({ ...noteOf(request, { weak: 'other' }), prior: 0, look, weak, strong, source: 'shadow', at })
  }
  return readMind(mind.lesson())
}

function send(outcomes: readonly Outcome[], { look }: Taught, lookShare: number | undefined): Came {
  const looks = openLooks(() => look)
  const plan = {
    route: 'auto',
    targets: [],
    tier: 'mini',
    reason: 'cascade',
    rescue: false,
    retries: { sameTarget: 0, total: 2 },
    cascade: TERMS,
    ...(lookShare === undefined ? {} : { lookShare }),
  } as const
  const sums = { strong: 0, gained: 0, all: 0, right: 0, best: 0 }
  for (const [at, { prompt, weak, strong, answer = '' }] of outcomes.entries()) {
    const caller = { keyId: 'key', name: 'key', budgets: [] }
    const looking = looks({ request: ask(prompt), plan, caller, id: `req_${at}` })
    const isStrong = looking?.judge({ text: answer, agreed: false })?.isStrong === true
    looking?.settle(isStrong ? 'frontier' : 'mini')
    sums.all += strong - weak
    sums.right += isStrong ? strong : weak
    sums.best += strong
    if (!isStrong) continue
    sums.strong += 1
    sums.gained += strong - weak
  }
  return {
    escalated: sums.strong / outcomes.length,
    recovered: sums.gained / sums.all,
    quality: sums.right / sums.best,
  }
}

export function lookTable(pairs: readonly Pair[]): string {
  const pair = pairs.find(({ family, outcomes }) => family === 'gsm8k' && outcomes[0]?.answer !== undefined)
  if (pair === undefined) return 'No answers to GSM8K here.'
  const splits = SEEDS.map((seed) => {
    const order = shuffled(pair.outcomes.length, seed).flatMap((at) => pair.outcomes[at] ?? [])
    const [taught, asked] = [teach(order.slice(0, TAUGHT)), order.slice(TAUGHT)]
    const shareFor = (quality: number): number | undefined =>
      openDemand({ quality }).look({
        ...(taught.look.curve && { curve: taught.look.curve }),
        costs: () => ({}),
      })
    return {
      standing: taught.look.standing,
      came: SHARES.map((share) => send(asked, taught, share)),
      kept: QUALITIES.map((quality) => send(asked, taught, shareFor(quality))),
    }
  })
  const each = (figure: (split: (typeof splits)[number]) => number): string => {
    const all = splits.map(figure)
    const mean = all.reduce((sum, one) => sum + one, 0) / all.length
    return `${(100 * mean).toFixed(1)} (${all.map((one) => (100 * one).toFixed(1)).join(', ')})`
  }
  return [
    `**A cascade that looks at answers, ${pair.name}** (taught with ${TAUGHT} labels, asked the other ${pair.outcomes.length - TAUGHT}; mean of ${SEEDS.length} splits, and each)`,
    '',
    '| strongShare | escalated % | gain recovered % |',
    '|---:|---:|---:|',
    ...SHARES.map(
      (share, at) =>
        `| ${share ?? 'none'} | ${each(({ came }) => came[at]?.escalated ?? 0)} | ${each(({ came }) => came[at]?.recovered ?? 0)} |`,
    ),
    '',
    '| quality | escalated % | of the strong quality % |',
    '|---:|---:|---:|',
    ...QUALITIES.map(
      (quality, at) =>
        `| ${quality} | ${each(({ kept }) => kept[at]?.escalated ?? 0)} | ${each(({ kept }) => kept[at]?.quality ?? 0)} |`,
    ),
    '',
    `The look's own figure on its held-out labels: ${splits.map(({ standing }) => point(standing.learner ?? 0)).join(', ')}.`,
  ].join('\n')
}
