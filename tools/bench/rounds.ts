// The schedule: every contender in turn for each kind of load, several rounds, so that a drift of the machine hits all.
import { join } from 'node:path'
import type { Contender } from './contenders.ts'
import type { Load, Measured } from './load.ts'
import { output } from './process.ts'
import { median, percentile } from './statistics.ts'

export const CONNECTIONS = [1, 32, 128] as const

export interface Kind {
  readonly stream: boolean
  readonly connections: number
}

export const KINDS: readonly Kind[] = [false, true].flatMap((stream) =>
  CONNECTIONS.map((connections) => ({ stream, connections })),
)

/** Medians over the rounds. */
export interface Throughput {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Processor time of the server for one request. */
  readonly cpuMs: number | undefined
  readonly errors: Readonly<Record<string, number>>
}

export interface FirstToken {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly samples: number
  readonly errors: Readonly<Record<string, number>>
}

const ask = (model: string, stream: boolean): object => ({
  model,
  messages: [
    { role: 'system', content: 'You are a helpful assistant. Answer in one sentence.' },
    { role: 'user', content: 'What does the quick brown fox do in the morning, and why?' },
  ],
  max_tokens: 64,
  ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
})

async function load(
  contender: Contender,
  change: Omit<Load, 'port' | 'path' | 'headers' | 'pid'>,
): Promise<Measured> {
  const whole: Load = {
    port: contender.port,
    path: '/v1/chat/completions',
    headers: contender.headers,
    ...(contender.pid === undefined ? {} : { pid: contender.pid }),
    ...change,
  }
  const printed = await output(process.execPath, [
    join(import.meta.dirname, 'load.ts'),
    JSON.stringify(whole),
  ])
  return JSON.parse(printed) as Measured
}

export interface Pace {
  readonly rounds: number
  readonly warmMs: number
  readonly measureMs: number
}

const WARM_MS = 500

/** Results by contender, in the order of `KINDS`. */
export async function measureThroughput(
  contenders: readonly Contender[],
  { rounds, warmMs, measureMs }: Pace,
  say: (line: string) => void,
): Promise<Map<string, Throughput[]>> {
  const all = new Map(contenders.map((contender) => [contender.name, KINDS.map((): Measured[] => [])]))
  for (let round = 0; round < rounds; round += 1) {
    say(`throughput, round ${round + 1} of ${rounds}`)
    for (const [index, { stream, connections }] of KINDS.entries()) {
      for (const contender of turned(contenders, round)) {
        const body = ask(contender.models.burst, stream)
        const measured = await load(contender, { body, connections, warmMs, measureMs })
        all.get(contender.name)?.[index]?.push(measured)
      }
    }
  }
  return new Map([...all].map(([name, kinds]) => [name, kinds.map(summary)]))
}

/** Streams at a pace, many at once: what a token costs the server when each arrives on its own. */
export async function measurePaced(
  contenders: readonly Contender[],
  { rounds, warmMs, measureMs }: Pace,
): Promise<Map<string, Throughput>> {
  const all = new Map(contenders.map((contender) => [contender.name, [] as Measured[]]))
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of turned(contenders, round)) {
      const body = ask(contender.models.paced, true)
      all.get(contender.name)?.push(await load(contender, { body, connections: 32, warmMs, measureMs }))
    }
  }
  return new Map([...all].map(([name, measured]) => [name, summary(measured)]))
}

/**
 * Time to the first token with one connection. With `restMs` the key rests before every request, so that whatever a
 * gateway keeps ready for a busy key is gone.
 */
export async function measureFirst(
  contenders: readonly Contender[],
  { blocks, each, restMs }: { readonly blocks: number; readonly each: number; readonly restMs?: number },
): Promise<Map<string, FirstToken>> {
  const all = new Map(contenders.map((contender) => [contender.name, [] as Measured[]]))
  const rest = restMs === undefined ? {} : { restMs }
  for (const contender of contenders) {
    const body = ask(contender.models.paced, true) // a process's very first requests are no sample of anything
    await load(contender, { body, connections: 1, count: 5, warmMs: 0, measureMs: 60_000 })
  }
  for (let block = 0; block < blocks; block += 1) {
    const loads = turned(contenders, block).map((contender) => async (): Promise<void> => {
      const body = ask(contender.models.paced, true)
      const limits = { connections: 1, count: each, warmMs: WARM_MS, measureMs: 60_000, ...rest }
      all.get(contender.name)?.push(await load(contender, { body, ...limits }))
    })
    for (const one of loads) await one()
  }
  return new Map(
    [...all].map(([name, measured]) => {
      const first = measured.flatMap((part) => part.firstMs)
      const errors = sum(measured.map((part) => part.errors))
      return [name, { p50Ms: median(first), p99Ms: percentile(first, 0.99), samples: first.length, errors }]
    }),
  )
}

/** Another one begins each round, so that none always follows the same neighbour. */
const turned = (contenders: readonly Contender[], round: number): Contender[] => {
  const first = round % contenders.length
  return [...contenders.slice(first), ...contenders.slice(0, first)]
}

function summary(rounds: readonly Measured[]): Throughput {
  const cpu = rounds.flatMap(({ cpuMs, replies }) =>
    cpuMs === undefined || replies === 0 ? [] : cpuMs / replies,
  )
  return {
    perSecond: median(rounds.map(({ replies, seconds }) => replies / seconds)),
    p50Ms: median(rounds.map(({ totalMs }) => percentile(totalMs, 0.5))),
    p99Ms: median(rounds.map(({ totalMs }) => percentile(totalMs, 0.99))),
    cpuMs: cpu.length === 0 ? undefined : median(cpu),
    errors: sum(rounds.map(({ errors }) => errors)),
  }
}

function sum(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const part of counts)
    for (const [what, count] of Object.entries(part)) total[what] = (total[what] ?? 0) + count
  return total
}
