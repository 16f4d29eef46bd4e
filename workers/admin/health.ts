// How every target is doing, for operators: its circuit, its calls of the last ten minutes, how long it takes, what it uses.
import { dueAt } from '../health/circuit.ts'
import { type Condition, soundCondition } from '../health/condition.ts'
import { type Latency, p95Of, quantile } from '../health/latency.ts'
import { read } from '../health/tally.ts'
import { meanOf, noUse, paceOf, type Use } from '../health/use.ts'

export interface HealthDesk {
  /** `<provider>/<model>` of every target of the configuration, and of those that were called lately. */
  readonly targets: () => readonly string[]
  readonly read: (target: string) => Promise<Condition>
  /** What this isolate knows, for when the target's object cannot be reached. */
  readonly seenHere: (target: string) => Condition | undefined
  readonly now: () => number
}

/** Objects that are asked for one answer. */
const MOST = 256

export function listHealth(desk: HealthDesk): Promise<Record<string, unknown>[]> {
  const conditionOf = (target: string): Promise<Condition> =>
    desk.read(target).catch(() => desk.seenHere(target) ?? soundCondition)
  const shownOf = async (target: string): Promise<Record<string, unknown>> =>
    shown(target, await conditionOf(target), desk.now())
  return Promise.all(desk.targets().slice(0, MOST).map(shownOf))
}

function shown(
  target: string,
  { circuit, tally, stream, whole, use }: Condition,
  now: number,
): Record<string, unknown> {
  const slash = target.indexOf('/')
  const { requests, success } = read(tally, now)
  return {
    target,
    provider: target.slice(0, slash),
    model: target.slice(slash + 1),
    state: circuit.state,
    since: circuit.since === 0 ? null : timeOf(circuit.since),
    success,
    requests,
    latency: { stream: shownLatency(stream), whole: shownLatency(whole) },
    ...shownUse(use),
    ...(circuit.state === 'closed' ? {} : { reason: circuit.reason, probe_at: timeOf(dueAt(circuit)) }),
  }
}

const shownLatency = (latency: Latency): Record<string, number | null> => ({
  p50: quantile(latency, 0.5) ?? null,
  p95: p95Of(latency) ?? null,
  ewma: latency.samples === 0 ? null : Math.round(latency.ewmaMs),
  samples: latency.samples,
})

/** Means of recent calls; what a vendor does not report is not there. */
function shownUse(use: Use = noUse): Record<string, number | null> {
  const { input = 0, cacheRead = 0, cacheWrite = 0, output } = meanOf(use) ?? {}
  const prompt = input + cacheRead + cacheWrite
  const speed = paceOf(use)
  return {
    tokens_per_second: speed === undefined ? null : Math.round(speed * 10) / 10,
    prompt_tokens: prompt === 0 ? null : Math.round(prompt),
    completion_tokens: output === undefined ? null : Math.round(output),
    cache_hit_share: prompt === 0 ? null : Math.round((cacheRead / prompt) * 1_000) / 1_000,
  }
}

const timeOf = (at: number): string => new Date(at).toISOString()
