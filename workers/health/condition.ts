// All that is known of how a target is doing: its circuit, its calls lately, how long it takes, what it uses. Pure.
import type { Measured } from '../service.ts'
import { type Circuit, type Moment, soundCircuit, weigh } from './circuit.ts'
import { addEvidence, type Evidence, evidenceOf, noEvidence, type Result } from './evidence.ts'
import {
  addSamples,
  type Latency,
  mergeLatency,
  noLatency,
  quantile,
  type Samples,
  sampleOf,
} from './latency.ts'
import { count, type Tally } from './tally.ts'
import { addUses, meanOf, mergeUse, noUse, paceOf, type Use, useOf } from './use.ts'

export interface Condition {
  readonly circuit: Circuit
  readonly tally: Tally
  /** To the first content of a stream. */
  readonly stream: Latency
  /** To a whole reply. */
  readonly whole: Latency
  /** Absent in what was kept before it was measured. */
  readonly use?: Use
}

/** What has yet to be merged. */
export interface Report {
  readonly evidence: Evidence
  readonly stream?: Samples
  readonly whole?: Samples
  readonly use?: Use
}

export const soundCondition: Condition = {
  circuit: soundCircuit,
  tally: [],
  stream: noLatency,
  whole: noLatency,
}

/** What a result adds; undefined where it says nothing. */
export function reportOf(result: Result, now: number): Report | undefined {
  const evidence = evidenceOf(result, now)
  const use =
    result.kind === 'finished' && result.usage !== undefined
      ? useOf(result.usage, result.streamMs)
      : undefined
  if (use !== undefined) return { evidence: evidence ?? noEvidence, use }
  const ms = result.kind === 'answered' ? result.tookMs : result.kind === 'left' ? result.waitedMs : undefined
  if (ms === undefined) return evidence === undefined ? undefined : { evidence }
  const isStream = 'stream' in result && result.stream
  return { evidence: evidence ?? noEvidence, [isStream ? 'stream' : 'whole']: sampleOf(ms) }
}

/** A try whether the target is up again has begun. */
export const probeReport = (now: number): Report => ({ evidence: { ...noEvidence, probedAt: now } })

export function addReports(earlier: Report | undefined, later: Report | undefined): Report | undefined {
  if (earlier === undefined || later === undefined) return earlier ?? later
  const stream = addSamples(earlier.stream, later.stream)
  const whole = addSamples(earlier.whole, later.whole)
  const use = addUses(earlier.use, later.use)
  return {
    evidence: addEvidence(earlier.evidence, later.evidence),
    ...(stream === undefined ? {} : { stream }),
    ...(whole === undefined ? {} : { whole }),
    ...(use === undefined ? {} : { use }),
  }
}

export function absorb(condition: Condition, report: Report | undefined, moment: Moment): Condition {
  if (report === undefined) return condition
  const { evidence } = report
  return {
    circuit: weigh(condition.circuit, evidence, moment),
    tally: count(condition.tally, evidence.ok, evidence.failures, moment.now),
    stream: mergeLatency(condition.stream, report.stream),
    whole: mergeLatency(condition.whole, report.whole),
    ...(condition.use === undefined && report.use === undefined
      ? {}
      : { use: mergeUse(condition.use ?? noUse, report.use) }),
  }
}

const FEW = 10

/** What routing may know of it. */
export function measuredOf(
  { stream, whole, use = noUse }: Condition,
  isStream: boolean,
): Measured | undefined {
  const latency = isStream ? stream : whole
  const p50Ms = latency.samples < FEW ? undefined : quantile(latency, 0.5)
  const tokensPerSecond = paceOf(use)
  const mean = meanOf(use)
  if (p50Ms === undefined && tokensPerSecond === undefined && mean === undefined) return undefined
  return {
    ...(p50Ms === undefined ? {} : { p50Ms }),
    ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }),
    ...(mean === undefined ? {} : { use: mean }),
  }
}
