// When a target counts as down, and when it is tried again. Pure; its states hold all they need and can be stored.
import type { Evidence } from './evidence.ts'

export interface Closed {
  readonly state: 'closed'
  /** 0 where it has never been otherwise. */
  readonly since: number
  /** Calls lately, fading by half every ten seconds. */
  readonly ok: number
  readonly failed: number
  readonly countedAt: number
  /** What the failures since the last sign of life count. */
  readonly streak: number
  /** Streams that died since the last that finished. */
  readonly cuts: number
}

interface Down {
  /** When it went down. */
  readonly since: number
  /** The word of the failure that opened it, or of the last try. */
  readonly reason: string
  readonly cuts: number
  readonly intervalMs: number
  /** The isolate to which the next try belongs; without one it is anybody's. */
  readonly heldBy?: string
}

export interface Open extends Down {
  readonly state: 'open'
  readonly probeAt: number
  readonly heldAt?: number
}

/** A request is trying whether it is up again. */
export interface HalfOpen extends Down {
  readonly state: 'half-open'
  readonly probedAt: number
}

export type Circuit = Closed | Open | HalfOpen

export interface Moment {
  readonly now: number
  /** The shortest time between two tries. */
  readonly probeMs: number
  /** 0..1, at random, so that isolates and targets do not try in step. */
  readonly chance: number
}

/** So many failures in a row open the circuit where half of what else is known are failures too, */
const STREAK = 3
/** and so many whatever came before: a busy target's good past would hide its outage for long. */
const LONG_STREAK = 10
/** With so many calls lately the share of failures alone is enough. */
const MANY_CALLS = 20
const FAILURE_SHARE = 0.5
const HALF_LIFE_MS = 10_000
/** An interval grows by this with every try that fails, to twice its first length. */
const GROWTH = 1.5
const LONGEST = 2
/** Intervals are shortened by up to this share. */
const JITTER = 0.1
/** An isolate that holds a try and has no request for it loses it to another after this, or a fifth of the interval. */
const LAPSE_MS = 2_000

export const soundCircuit: Closed = {
  state: 'closed',
  since: 0,
  ok: 0,
  failed: 0,
  countedAt: 0,
  streak: 0,
  cuts: 0,
}

/** What new evidence makes of a circuit. */
export function weigh(circuit: Circuit, evidence: Evidence, moment: Moment): Circuit {
  if (circuit.state === 'closed') return weighClosed(circuit, evidence, moment)
  const tried = evidence.probedAt === 0 ? circuit : probed(circuit, evidence.probedAt)
  const { now } = moment
  // An answer to a call from before the outage says nothing about its end.
  if (evidence.aliveAt >= tried.since) {
    // Where streams died one after another, an answer that has begun is no proof yet: one more that dies is enough.
    const cuts = Math.min(tried.cuts, STREAK - 1)
    return weighClosed({ ...soundCircuit, since: now, countedAt: now, cuts }, evidence, moment)
  }
  const { asideUntil, failedAt, reason } = evidence
  if (tried.state === 'half-open' && failedAt >= tried.probedAt) {
    const { state: _, probedAt: __, heldBy: ___, ...down } = tried
    const intervalMs = Math.min(down.intervalMs * GROWTH, moment.probeMs * LONGEST)
    const probeAt = Math.max(asideUntil, now + jittered(intervalMs, moment))
    return { ...down, state: 'open', reason, intervalMs, probeAt }
  }
  return tried.state === 'open' && asideUntil > tried.probeAt ? { ...tried, probeAt: asideUntil } : tried
}

function weighClosed(circuit: Closed, evidence: Evidence, moment: Moment): Circuit {
  const { now, probeMs } = moment
  const { ok, weight, asideUntil } = evidence
  // Calls that began before it closed fail for the old reason.
  const isNews = weight > 0 && evidence.failedAt >= circuit.since
  const fade = 2 ** (Math.min(0, circuit.countedAt - now) / HALF_LIFE_MS)
  const next: Closed = {
    state: 'closed',
    since: circuit.since,
    ok: Math.max(0, circuit.ok * fade + ok),
    failed: circuit.failed * fade + (isNews ? weight : 0),
    countedAt: now,
    streak: (evidence.aliveAt > 0 ? 0 : circuit.streak) + (isNews ? evidence.streak : 0),
    cuts: (evidence.finished ? 0 : circuit.cuts) + (isNews ? evidence.cuts : 0),
  }
  const isAside = isNews && asideUntil > now
  if (!isNews || (!isAside && !isFailing(next))) return next
  const probeAt = isFailing(next) ? Math.max(asideUntil, now + jittered(probeMs, moment)) : asideUntil
  return { state: 'open', since: now, reason: evidence.reason, cuts: next.cuts, intervalMs: probeMs, probeAt }
}

function isFailing({ ok, failed, streak, cuts }: Closed): boolean {
  const run = Math.max(streak, cuts)
  const isHalf = failed >= (ok + failed) * FAILURE_SHARE
  return run >= LONG_STREAK || (isHalf && (run >= STREAK || ok + failed >= MANY_CALLS))
}

const jittered = (ms: number, { chance }: Moment): number => Math.round(ms * (1 - JITTER * chance))

/** When the next try may begin; the one that is under way is given up after its interval. */
export const dueAt = (circuit: Open | HalfOpen): number =>
  circuit.state === 'open' ? circuit.probeAt : circuit.probedAt + circuit.intervalMs

function probed(circuit: Open | HalfOpen, at: number): Open | HalfOpen {
  if (at < dueAt(circuit)) return circuit
  const { since, reason, cuts, intervalMs, heldBy } = circuit
  const held = heldBy === undefined ? {} : { heldBy }
  return { state: 'half-open', since, reason, cuts, intervalMs, probedAt: at, ...held }
}

/** As one isolate sees it: `due` where the next try may begin and belongs to it, or to nobody. */
export function standingOf(circuit: Circuit, isolate: string, now: number): 'up' | 'down' | 'due' {
  if (circuit.state === 'closed') return 'up'
  const isMine = circuit.heldBy === undefined || circuit.heldBy === isolate
  return isMine && now >= dueAt(circuit) ? 'due' : 'down'
}

/**
 * From when on a try that was given away and not used may be given to another. Its holder does not hear of that before
 * its next exchange, and tries all the same: were it to ask first, a target that is rarely asked for would never be tried.
 */
export function lapsesAt(circuit: Open | HalfOpen): number {
  const heldAt = circuit.state === 'open' ? (circuit.heldAt ?? 0) : 0
  return Math.max(dueAt(circuit), heldAt) + Math.min(LAPSE_MS, circuit.intervalMs / 5)
}

/** Gives the next try to the isolate that asks, unless another holds it that may still come. */
export function hold(circuit: Circuit, isolate: string, now: number): Circuit {
  if (circuit.state === 'closed') return circuit
  const due = dueAt(circuit)
  if (circuit.state === 'half-open' && now < due) return circuit
  const isFree = circuit.heldBy === undefined || now >= lapsesAt(circuit)
  if (!isFree || circuit.heldBy === isolate) return circuit
  const { since, reason, cuts, intervalMs } = circuit
  return { state: 'open', since, reason, cuts, intervalMs, probeAt: due, heldBy: isolate, heldAt: now }
}

/** Where nobody keeps the circuit, the next try is anybody's. */
export function unheld(circuit: Circuit): Circuit {
  if (circuit.state === 'closed' || circuit.heldBy === undefined) return circuit
  const { heldBy: _, ...free } = circuit
  return free
}
