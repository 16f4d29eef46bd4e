// From scores to what is printed and what is kept. Pure.
import type { Result } from '../../test/lab/faults/judge.ts'
import type { Line } from './match.ts'

export interface Card {
  readonly name: string
  readonly lines: readonly Line[]
}

const RESULTS: readonly Result[] = ['pass', 'partial', 'safe', 'fail']

/** Markdown: the scenarios as rows, the gateways beside each other, and below what kept each from passing. */
export function writeScorecard(cards: readonly Card[]): string {
  const [first] = cards
  const head = ['', 'fault', ...cards.flatMap(({ name }) => [name, 'attempts', 's'])]
  const rows = (first?.lines ?? []).map(({ id, fault }, at) => [
    id,
    fault,
    ...cards.flatMap(({ lines }) => cellsOf(lines[at])),
  ])
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return [...table, '', ...cards.flatMap(notesOf)].join('\n')
}

function cellsOf(line: Line | undefined): readonly string[] {
  if (line === undefined || !('score' in line)) return ['n/a', '', '']
  const { result, attempts, seconds } = line.score
  return [result === 'pass' ? result : `**${result}**`, attempts.join(' + '), seconds.toFixed(1)]
}

function notesOf(card: Card): readonly string[] {
  const notes = card.lines.flatMap((line) => {
    if (!('score' in line)) return [`- ${line.id} n/a: ${line.absent}`]
    return line.score.result === 'pass' ? [] : [`- ${line.id} ${line.score.result}: ${line.score.reason}`]
  })
  return [`${card.name}: ${totalOf(card)}.`, ...notes, '']
}

export function totalOf({ lines }: Card): string {
  const scores = lines.flatMap((line) => ('score' in line ? line.score : []))
  const counts = RESULTS.map((result) => {
    const count = scores.filter((score) => score.result === result).length
    return `${count} ${result}`
  })
  return `${counts.join(', ')} of ${scores.length}`
}

export const isPerfect = ({ lines }: Card): boolean =>
  lines.every((line) => 'score' in line && line.score.result === 'pass')

/** What is kept: every case with its verdict and what it rests on, without the texts. */
export const recordOf = ({ name, lines }: Card): unknown => ({
  name,
  lines: lines.map((line) => {
    if (!('score' in line)) return line
    const { cases, ...score } = line.score
    return {
      ...score,
      cases: cases.map(({ name, verdict, attempts, seconds, seen }) => ({
        name,
        ...verdict,
        attempts,
        seconds,
        calls: seen.calls.map(({ raw, startedAt, endedAt, headers: _, ...call }) => ({
          ...call,
          ms: endedAt - startedAt,
          tail: raw.slice(-400),
        })),
        upstream: [...seen.primary, ...seen.spare].map(({ model, at, events, refused, leftAt, endedAt }) => ({
          model,
          at: at - (seen.calls[0]?.startedAt ?? at),
          events,
          refused,
          leftMs: leftAt === undefined ? undefined : leftAt - at,
          endedMs: endedAt === undefined ? undefined : endedAt - at,
        })),
        rows: seen.rows,
      })),
    }
  }),
})
