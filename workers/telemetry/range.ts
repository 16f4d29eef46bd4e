// A stretch of time as windows of rollups: whole days where it can be, hours at its ends. Pure.
import { LENGTH_MS, type Span } from './books.ts'

export interface Stretch {
  readonly span: Span
  readonly from: number
  /** Exclusive. */
  readonly to: number
}

export interface Range {
  readonly since: number
  readonly until: number
  readonly stretches: readonly Stretch[]
}

const floor = (at: number, span: Span): number => at - (at % LENGTH_MS[span])
const ceiling = (at: number, span: Span): number => floor(at + LENGTH_MS[span] - 1, span)

/** Begins with the hour that `since` is in and ends with the one that `until` is in. */
export function rangeOf(since: number, until: number): Range {
  const [from, to] = [floor(since, 'hour'), ceiling(until, 'hour')]
  const [firstDay, lastDay] = [ceiling(from, 'day'), floor(to, 'day')]
  const stretches: Stretch[] =
    firstDay < lastDay
      ? [
          { span: 'hour', from, to: firstDay },
          { span: 'day', from: firstDay, to: lastDay },
          { span: 'hour', from: lastDay, to },
        ]
      : [{ span: 'hour', from, to }]
  return { since: from, until: to, stretches: stretches.filter((stretch) => stretch.from < stretch.to) }
}

export const covers = ({ stretches }: Range, span: Span, startsAt: number): boolean =>
  stretches.some((stretch) => stretch.span === span && startsAt >= stretch.from && startsAt < stretch.to)
