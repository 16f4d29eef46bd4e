// All that is known of how a target is doing: its circuit, its calls lately, how long it takes. Pure.
import { type Circuit, type Moment, soundCircuit, weigh } from './circuit.ts'
import { addEvidence, type Evidence, evidenceOf, noEvidence, type Result } from './evidence.ts'
import { addSamples, type Latency, mergeLatency, noLatency, type Samples, sampleOf } from './latency.ts'
import { count, type Tally } from './tally.ts'

export interface Condition {
  readonly circuit: Circuit
  readonly tally: Tally
  /** To the first content of a stream. */
  readonly stream: Latency
  /** To a whole reply. */
  readonly whole: Latency
}

/** What has yet to be merged. */
export interface Report {
  readonly evidence: Evidence
  readonly stream?: Samples
  readonly whole?: Samples
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
  return {
    evidence: addEvidence(earlier.evidence, later.evidence),
    ...(stream === undefined ? {} : { stream }),
    ...(whole === undefined ? {} : { whole }),
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
  }
}
