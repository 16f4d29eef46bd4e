// The state of the gateway in one sentence: what an operator would say who had read all figures. Pure.
import type { Measured, Target, Use } from './answers.ts'
import { count, money, plural, share } from './figures.ts'

export interface Summary {
  readonly tone: 'good' | 'watch' | 'bad' | 'still'
  readonly title: string
  readonly text: string
}

/** More failures than this and something is wrong, not just unlucky. */
const BAD_SHARE = 0.05
const WATCH_SHARE = 0.01

export function summaryOf(
  use: Use,
  span: string,
  targets: readonly Target[],
  measured: readonly Measured[],
): Summary {
  const down = targets.filter(({ state }) => state !== 'closed').map(({ target }) => target)
  const marked = measured.filter((result) => result.marked).map(({ model }) => model)
  const failed = use.requests === 0 ? 0 : use.failures / use.requests
  if (use.requests === 0 && down.length === 0 && marked.length === 0)
    return { tone: 'still', title: 'No requests yet', text: `Nothing was asked in ${span}.` }
  const text = [traffic(use, span), failuresIn(use)].filter((part) => part !== '').join(' ')
  if (down.length > 0)
    return { tone: 'bad', title: `${listed(down)} ${down.length === 1 ? 'is' : 'are'} down`, text }
  if (failed > BAD_SHARE) return { tone: 'bad', title: `${share(failed, 1)} of requests failed`, text }
  if (marked.length > 0)
    return {
      tone: 'watch',
      title: `${listed(marked)} ${marked.length === 1 ? 'has' : 'have'} become worse`,
      text,
    }
  if (failed > WATCH_SHARE) return { tone: 'watch', title: `${share(failed, 1)} of requests failed`, text }
  return { tone: 'good', title: 'All is well', text }
}

function traffic(use: Use, span: string): string {
  if (use.requests === 0) return `Nothing was asked in ${span}.`
  const head = `${plural(use.requests, 'request')} in ${span} cost ${money(use.cost)}`
  const saved = use.saved > 0 ? `; the frontier alone would have cost ${money(use.cost + use.saved)}.` : '.'
  return head + saved
}

function failuresIn({ requests, failures, rescued }: Use): string {
  if (requests === 0) return ''
  if (failures === 0 && rescued === 0) return 'None failed.'
  const more = failures === 0 ? '' : ' more'
  return [
    failures === 0 ? 'None failed;' : `${count(failures)} failed${rescued === 0 ? '.' : ';'}`,
    rescued === 0
      ? ''
      : `${count(rescued)}${more} would have, and ${rescued === 1 ? 'was' : 'were'} rescued.`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}

const MOST_NAMES = 3

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES)
  const more = names.length - shown.length
  if (more > 0) return `${shown.join(', ')} and ${more} more`
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`
}
