// What this isolate knows of targets. It judges at once by what it sees itself, and trades that with the others off the path.
import type { Cx, HealthView } from '../service.ts'
import { standingOf, unheld } from './circuit.ts'
import {
  absorb,
  addReports,
  type Condition,
  measuredOf,
  probeReport,
  type Report,
  reportOf,
  soundCondition,
} from './condition.ts'
import type { Result } from './evidence.ts'
import { type Latency, p95Of, quantile } from './latency.ts'

/** What is needed of the health objects; the real ones are Durable Objects named by target. */
export interface HealthObjects {
  /** Merges a report, and answers with what all isolates know together. Whoever asks may be given the next try. */
  exchange(key: string, isolate: string, report: Report | undefined): Promise<Condition>
}

export interface Reports {
  /** A call to a target begins; true where it is the one that tries whether the target is up again. */
  begin(key: string, cx: Cx): boolean
  report(key: string, result: Result, cx: Cx): void
}

export interface Board extends HealthView, Reports {
  /** The targets that this isolate has heard of or called. */
  seen(): readonly string[]
  condition(key: string): Condition | undefined
}

export interface BoardOptions {
  readonly objects: HealthObjects
  readonly probeMs: number
  /** Targets of the configuration. Any other has an object only once it has answered: clients make up names. */
  readonly configured: ReadonlySet<string>
  readonly isolate?: string
}

/** Targets that an isolate remembers. */
const MAX_TARGETS = 1_000
/** A busy target's news is exchanged this often, news of a circuit at once. */
const EVERY_MS = 1_000
/** A view of a target that is up is renewed after this, with the next request whose route has it. */
const STALE_MS = 10_000
/** Deferred work that has not ended after this died with its request, as on Cloudflare it does after 30 s. */
const LOST_MS = 35_000

interface Entry {
  /** What the object said last, and what was seen here since. */
  view: Condition
  /** What the object has not been told. */
  pending: Report | undefined
  sending: { readonly report: Report | undefined; readonly at: number } | undefined
  /** When it was last asked, and whether it has ever answered. */
  askedAt: number
  heard: boolean
  /** There is news that may not wait for the exchange after the one on its way. */
  urgent: boolean
  /** An exchange is waiting for its second to pass. */
  waitingSince: number | undefined
  /** A request has taken the try and not yet called. */
  claimed: boolean
  answered: boolean
}

export function openBoard({
  objects,
  probeMs,
  configured,
  isolate = crypto.randomUUID(),
}: BoardOptions): Board {
  const entries = new Map<string, Entry>() // a cache, bounded by MAX_TARGETS
  const wanted = new Set<string>() // views that are too old, for the next request to renew; part of entries

  const momentAt = (now: number): Parameters<typeof absorb>[2] => ({ now, probeMs, chance: Math.random() })

  const entryOf = (key: string): Entry => {
    const known = entries.get(key)
    if (known !== undefined) return known
    if (entries.size >= MAX_TARGETS) makeRoom()
    const fresh: Entry = {
      view: soundCondition,
      pending: undefined,
      sending: undefined,
      askedAt: 0,
      heard: false,
      urgent: false,
      waitingSince: undefined,
      claimed: false,
      answered: false,
    }
    entries.set(key, fresh)
    return fresh
  }

  const makeRoom = (): void => {
    for (const key of entries.keys()) {
      if (configured.has(key)) continue
      entries.delete(key)
      wanted.delete(key)
      return
    }
  }

  const isShared = (key: string, entry: Entry): boolean => configured.has(key) || entry.answered

  const isStale = (entry: Entry, now: number): boolean =>
    now - entry.askedAt >= (entry.view.circuit.state === 'closed' && entry.heard ? STALE_MS : EVERY_MS)

  /** Sees something itself; true where that changed the state of the circuit. */
  const see = (entry: Entry, report: Report, now: number): boolean => {
    const before = entry.view.circuit.state
    entry.view = absorb(entry.view, report, momentAt(now))
    entry.pending = addReports(entry.pending, report)
    return entry.view.circuit.state !== before
  }

  /** Tells the object what it does not know and takes over what it does; one exchange at a time. */
  const exchange = async (key: string, entry: Entry, cx: Cx): Promise<void> => {
    const lost = entry.sending
    if (lost !== undefined && cx.now() - lost.at < LOST_MS) {
      entry.urgent = true // whoever waits for the answer goes on with this
      return
    }
    if (lost !== undefined) entry.pending = addReports(lost.report, entry.pending)
    do {
      entry.urgent = false
      const sent = { report: entry.pending, at: cx.now() }
      entry.askedAt = sent.at
      entry.sending = sent
      entry.pending = undefined
      wanted.delete(key)
      try {
        const merged = await objects.exchange(key, isolate, sent.report)
        if (entry.sending !== sent) return // it was given up, and another has sent it again
        entry.heard = true
        entry.view = absorb(merged, entry.pending, momentAt(cx.now()))
      } catch {
        // Unreachable: what was seen here has to do, tries included, and the report is kept for later.
        if (entry.sending !== sent) return
        entry.pending = addReports(sent.report, entry.pending)
        entry.view = { ...entry.view, circuit: unheld(entry.view.circuit) }
        entry.urgent = false
      }
      entry.sending = undefined
    } while (entry.urgent)
  }

  const soon = async (key: string, entry: Entry, cx: Cx): Promise<void> => {
    const since = cx.now()
    entry.waitingSince = since
    const waitMs = entry.askedAt + EVERY_MS - since
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
    if (entry.waitingSince === since) entry.waitingSince = undefined
    if (entry.pending !== undefined) await exchange(key, entry, cx)
  }

  const spread = (key: string, entry: Entry, isUrgent: boolean, cx: Cx): void => {
    if (!isShared(key, entry)) return
    entry.urgent ||= isUrgent
    if (isUrgent) cx.defer(exchange(key, entry, cx))
    else if (entry.waitingSince === undefined || cx.now() - entry.waitingSince >= LOST_MS)
      cx.defer(soon(key, entry, cx))
  }

  const latencyOf = (entry: Entry | undefined, stream: boolean): Latency | undefined =>
    stream ? entry?.view.stream : entry?.view.whole

  return {
    standing(key, now) {
      const entry = entryOf(key)
      if (isStale(entry, now)) wanted.add(key)
      return standingOf(entry.view.circuit, isolate, now)
    },

    claimProbe(key, now) {
      const entry = entryOf(key)
      if (standingOf(entry.view.circuit, isolate, now) !== 'due') return false
      see(entry, probeReport(now), now)
      entry.claimed = true
      wanted.add(key)
      return true
    },

    p95Ms(key, stream) {
      const latency = latencyOf(entries.get(key), stream)
      return latency === undefined ? undefined : p95Of(latency)
    },

    measured(key, stream) {
      const entry = entries.get(key)
      return entry === undefined ? undefined : measuredOf(entry.view, stream)
    },

    begin(key, cx) {
      const entry = entryOf(key)
      // Its report is about to tell and ask the same.
      if (entry.heard && entry.view.circuit.state === 'closed') wanted.delete(key)
      else if (!entry.heard && isStale(entry, cx.now())) wanted.add(key)
      for (const other of wanted) {
        wanted.delete(other)
        spread(other, entryOf(other), true, cx)
      }
      const isProbe = entry.claimed
      entry.claimed = false
      return isProbe
    },

    report(key, result, cx) {
      const entry = entryOf(key)
      const now = cx.now()
      if (result.kind === 'finished' && entry.view.circuit.cuts === 0) {
        // What it used is no news to hurry with: it goes with the next report.
        const used = result.usage === undefined ? undefined : reportOf(result, now)
        if (used !== undefined) see(entry, used, now)
        return
      }
      if (result.kind === 'left') {
        // It would have taken at least so long, which is news only where that is longer than it usually takes.
        const latency = latencyOf(entry, result.stream)
        const usualMs = latency && quantile(latency, 0.5)
        if (usualMs !== undefined && result.waitedMs < usualMs) return
      }
      const report = reportOf(result, now)
      if (report === undefined) return
      if (result.kind === 'answered') entry.answered = true
      spread(key, entry, see(entry, report, now), cx)
    },

    seen: () => [...entries].flatMap(([key, entry]) => (isShared(key, entry) ? [key] : [])),
    condition: (key) => entries.get(key)?.view,
  }
}
