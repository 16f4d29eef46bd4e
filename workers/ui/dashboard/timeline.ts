// A request's calls on one scale of time, from its beginning to its end. Pure.
import type { Attempt, RequestRow } from './answers.ts'

export interface Bar {
  readonly target: string
  /** Shares of the whole time, 0..1. */
  readonly start: number
  /** Until the response's head came; all of it where none did. */
  readonly wait: number
  readonly length: number
  readonly startMs: number
  readonly tone: 'good' | 'bad' | 'aside'
  readonly says: string
}

export function timelineOf({
  at,
  total_ms: totalMs,
  attempts,
}: Pick<RequestRow, 'at' | 'total_ms' | 'attempts'>): Bar[] {
  const beganAt = Math.min(Date.parse(at), ...attempts.map(({ startedAt }) => startedAt))
  const endsAt = Math.max(
    beganAt + totalMs,
    ...attempts.map(({ startedAt, durationMs }) => startedAt + durationMs),
  )
  const whole = Math.max(1, endsAt - beganAt)
  return attempts.map((attempt) => ({
    target: attempt.target,
    start: (attempt.startedAt - beganAt) / whole,
    wait: Math.min(attempt.headMs ?? attempt.durationMs, attempt.durationMs) / whole,
    length: attempt.durationMs / whole,
    startMs: attempt.startedAt - beganAt,
    tone: toneOf(attempt),
    says: sayingOf(attempt),
  }))
}

const toneOf = ({ end, aside }: Attempt): Bar['tone'] => {
  if (end === 'answered') return 'good'
  return aside === true || end === 'lost' ? 'aside' : 'bad'
}

/** How a call ended, in words. */
export function sayingOf({ end, status, resumed, seamAt, doubt }: Attempt): string {
  const went = wentOn(resumed, seamAt)
  const told = status === undefined ? '' : ` (${status})`
  if (end === 'answered')
    return doubt === undefined ? `answered${went}` : `answered, though doubted: ${words(doubt)}`
  if (end === 'lost') return 'cancelled: another was faster'
  if (end === 'agreed') return 'asked to compare, and agreed'
  if (end === 'disagreed') return 'asked to compare, and did not agree'
  if (end === 'incomparable') return 'asked to compare, but could not be compared'
  if (end.startsWith('rejected-')) return `not given: ${words(end.slice(9))}`
  if (end.startsWith('cut-')) return `died in the middle of its answer: ${words(end.slice(4))}${told}`
  if (end === 'diverged') return 'was to go on, and said something else'
  return `failed: ${words(end)}${told}`
}

const wentOn = (resumed: string | undefined, seamAt: number | undefined): string =>
  resumed === undefined ? '' : `, going on after ${seamAt ?? 0} characters of another`

const words = (name: string): string => name.replaceAll('-', ' ')
