// The settings of the re-benchmark with every gap filled. Pure.
import { microsFromDollars } from '../../shared/money.ts'
import type { ConfigRebench } from '../../shared/rebench-schema.ts'

export interface Samples {
  readonly tasks: number
  readonly latency: number
  readonly bursts: number
  readonly context: boolean
}

export interface Settings {
  /** 0: only when asked. */
  readonly everyHours: number
  /** Absent: all. */
  readonly models: readonly string[] | undefined
  readonly runMicros: number
  readonly monthMicros: number
  readonly concurrency: number
  readonly samples: Samples
  /** An address, or `$NAME` of the variable that has it. */
  readonly webhook: string | undefined
  readonly webhookSecret: string | undefined
}

/** Fields as people leave them out. */
type Given<T> = { readonly [name in keyof T]?: T[name] | undefined }

export const samplesOf = (given: Given<Samples>, usual: Samples): Samples => ({
  tasks: given.tasks ?? usual.tasks,
  latency: given.latency ?? usual.latency,
  bursts: given.bursts ?? usual.bursts,
  context: given.context ?? usual.context,
})

const USUAL: Samples = { tasks: 300, latency: 20, bursts: 5, context: true }

/** It spends money, so without a section nothing runs by itself. */
export const settingsOf = (config: ConfigRebench | undefined): Settings => ({
  everyHours: config === undefined ? 0 : (config.everyHours ?? 24),
  models: config?.models,
  runMicros: microsFromDollars(config?.runDollars ?? 0.5),
  monthMicros: microsFromDollars(config?.monthDollars ?? 10),
  concurrency: config?.concurrency ?? 4,
  samples: samplesOf(config ?? {}, USUAL),
  webhook: config?.webhook,
  webhookSecret: config?.webhookSecret,
})

/** Ten minutes early is on time: the cron comes every quarter of an hour. */
const EARLY_MS = 10 * 60_000

export const isDue = ({ everyHours }: Settings, lastStartedAt: number | undefined, now: number): boolean =>
  everyHours > 0 && (lastStartedAt === undefined || now - lastStartedAt >= everyHours * 3_600_000 - EARLY_MS)
