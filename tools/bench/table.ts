// The results as Markdown, ready for the README. Pure.
import { CONNECTIONS, type FirstToken, KINDS, type Throughput } from './rounds.ts'
import type { Talk } from './talk.ts'

export interface Memory {
  readonly idleMb: number
  readonly peakMb: number
  readonly afterMb: number
}

export interface Results {
  readonly names: readonly string[]
  /** Contenders that could not take part -> why. */
  readonly absent: Readonly<Record<string, string>>
  readonly throughput: Readonly<Record<string, readonly Throughput[]>>
  readonly paced: Readonly<Record<string, Throughput>>
  readonly first: Readonly<Record<string, FirstToken>>
  readonly rested: Readonly<Record<string, FirstToken>>
  readonly memory: Readonly<Record<string, Memory>>
  readonly bundle: readonly { readonly name: string; readonly bytes: number }[]
  readonly talk: Talk | string | undefined
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(row)].join('\n')
}

const whole = (value: number): string =>
  Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '-'

const fixed = (value: number | undefined, digits: number): string =>
  value === undefined || !Number.isFinite(value) ? '-' : value.toFixed(digits)

const kindNames = ['JSON', 'stream'].flatMap((form) =>
  CONNECTIONS.map((connections) => `${form}, ${connections}`),
)

const countErrors = (errors: Readonly<Record<string, number>>): number =>
  Object.values(errors).reduce((sum, count) => sum + count, 0)

export function writeTables(results: Results): string {
  const { names, throughput, absent } = results
  const parts = [
    '**Requests per second** (p50 / p99 ms), by connections',
    table(
      ['', ...kindNames],
      names.map((name) => [
        name,
        ...kinds(
          throughput[name],
          (its) => `${whole(its.perSecond)} (${fixed(its.p50Ms, 1)} / ${fixed(its.p99Ms, 1)})`,
        ),
      ]),
    ),
    '**Processor milliseconds of the server per request**',
    table(
      ['', ...kindNames, 'paced stream, 32'],
      names.map((name) => [
        name,
        ...kinds(throughput[name], (its) => fixed(its.cpuMs, 3)),
        fixed(results.paced[name]?.cpuMs, 2),
      ]),
    ),
    '**Throughput of Minnow against**',
    table(
      ['', ...kindNames],
      names
        .filter((name) => name !== 'Minnow')
        .map((name) => [
          name,
          ...KINDS.map((_, index) =>
            ratio(throughput['Minnow']?.[index]?.perSecond, throughput[name]?.[index]?.perSecond),
          ),
        ]),
    ),
    '**First token and memory**, one connection',
    table(
      [
        '',
        'first token p50 / p99 ms',
        'added to direct',
        'after a second of rest',
        'added to direct',
        'MB idle / peak / after',
        'errors',
      ],
      names.map((name) => [
        name,
        both(results.first[name]),
        added(results.first, name),
        both(results.rested[name]),
        added(results.rested, name),
        memory(results.memory[name]),
        String(errorsOf(results, name)),
      ]),
    ),
    ...Object.entries(absent).map(([name, why]) => `${name}: not measured, ${why}.`),
    `Worker: ${results.bundle.map(({ name, bytes }) => `${name} ${whole(bytes / 1024)} KiB`).join(', ')}.`,
  ]
  if (typeof results.talk === 'string') parts.push(`micro: not measured, ${results.talk}.`)
  else if (results.talk !== undefined) {
    const { prefill, decode, promptTokens, answerTokens } = results.talk
    parts.push(
      `micro through the gateway: reads ${whole(prefill)} tokens/s (prompts of ${whole(promptTokens)}), writes ${whole(decode)} tokens/s (answers of ${whole(answerTokens)}).`,
    )
  }
  return parts.join('\n\n')
}

const kinds = (all: readonly Throughput[] | undefined, write: (its: Throughput) => string): string[] =>
  KINDS.map((_, index) => {
    const its = all?.[index]
    return its === undefined ? '-' : write(its)
  })

const ratio = (ours: number | undefined, theirs: number | undefined): string =>
  ours === undefined || theirs === undefined ? '-' : `${(ours / theirs).toFixed(2)}x`

const both = (first: FirstToken | undefined): string =>
  `${fixed(first?.p50Ms, 2)} / ${fixed(first?.p99Ms, 2)}`

function added(all: Results['first'], name: string): string {
  const [own, direct] = [all[name], all['direct']]
  if (own === undefined || direct === undefined || name === 'direct') return '-'
  return `${fixed(own.p50Ms - direct.p50Ms, 2)} / ${fixed(own.p99Ms - direct.p99Ms, 2)}`
}

const memory = (its: Memory | undefined): string =>
  its === undefined ? '-' : `${whole(its.idleMb)} / ${whole(its.peakMb)} / ${whole(its.afterMb)}`

function errorsOf(results: Results, name: string): number {
  const parts = [
    ...(results.throughput[name] ?? []),
    results.paced[name],
    results.first[name],
    results.rested[name],
  ]
  return parts.reduce((sum, part) => sum + (part === undefined ? 0 : countErrors(part.errors)), 0)
}
