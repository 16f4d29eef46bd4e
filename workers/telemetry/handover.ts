// The isolate's side of telemetry: finished rows are handed to an outbox, off the request path.
// At once when nothing is on its way; while something is, rows gather a moment and follow without waiting for its answer,
// as an outbox answers only once it has written down what came from everywhere.
import type { Outcome } from '../../shared/plan.ts'
import type { Cx } from '../service.ts'
import { type HandOver, WINDOW } from './letter.ts'
import type { Log } from './log.ts'
import { COLUMNS, TEXT, writeRow } from './record.ts'
import type { Said } from './words.ts'

export interface Telemetry {
  /** Takes a row; it is shown within a moment, and in D1 once there is a page of rows. */
  record(outcome: Outcome, cx: Cx, said?: Said): void
}

/** What is needed of an outbox; the real one is a Durable Object. It may be told the same twice. */
export interface Outbox {
  take(handOver: HandOver): Promise<void>
}

/** Rows of one hand-over, and their characters: what an outbox writes down at once stays far below its 2 MB. */
const ROWS_AT_ONCE = 500
const CHARACTERS_AT_ONCE = 300_000
/** With the outbox away, this many rows are kept; beyond it the oldest are dropped and counted. */
const MAX_ROWS = 20_000
const RETRY_MS = [100, 500, 2_000, 5_000] as const
/** Only rows with something said have the last one. */
const HANDED = [...COLUMNS, TEXT]
/** Rows gather so long while others are on their way: as long as this, the last rows are lost with their isolate. */
const GATHER_MS = 40
/** A carrier not heard of for this long died with its request. */
const LOST_MS = 20_000

/** A hand-over that is not answered yet. It is repeated as it is until it is, by whoever carries it. */
interface Underway {
  readonly handOver: HandOver
  carrier: object | undefined
  seenAt: number
}

/** Seals what was said for its row; undefined where it cannot be, and is not kept. */
export type CloseText = (text: string, rowId: string) => string | undefined

export function openTelemetry(isolate: string, outbox: Outbox, log: Log, closeText: CloseText): Telemetry {
  const waiting: string[] = []
  const underway = new Map<number, Underway>() // in the order of their numbers; WINDOW bounds it
  let number = 0
  let dropped = 0
  let gatherer: { readonly since: number } | undefined

  /** Puts on its way what waits; undefined where nothing does, or too much is on its way already. */
  const gather = (cx: Cx): Underway | undefined => {
    const [oldest = number + 1] = underway.keys()
    if (number + 1 - oldest >= WINDOW) return undefined
    let characters = 0
    let count = 0
    while (count < Math.min(waiting.length, ROWS_AT_ONCE)) {
      characters += waiting[count]?.length ?? 0
      if (count > 0 && characters > CHARACTERS_AT_ONCE) break
      count += 1
    }
    if (count === 0) return undefined
    number += 1
    const rows = waiting.splice(0, count).join(',')
    const handOver = { from: isolate, number, columns: HANDED, count, rows }
    const next: Underway = { handOver, carrier: undefined, seenAt: cx.now() }
    underway.set(number, next)
    return next
  }

  /** Until it is taken; false where somebody else carries it, or somebody else should. */
  const deliver = async (load: Underway, cx: Cx): Promise<boolean> => {
    const mine = {}
    load.carrier = mine
    for (let failures = 0; load.carrier === mine; failures += 1) {
      load.seenAt = cx.now()
      try {
        await outbox.take(load.handOver)
        underway.delete(load.handOver.number)
        return true
      } catch (error) {
        const pauseMs = RETRY_MS[failures]
        log.warn(
          `telemetry: the outbox did not take ${load.handOver.count} rows (${error instanceof Error ? error.message : String(error)}), ${waiting.length} more waiting`,
        )
        if (pauseMs === undefined) break // the next request's row tries again
        await pause(pauseMs)
      }
    }
    if (load.carrier === mine) load.carrier = undefined
    return false
  }

  const carry = async (first: Underway | undefined, cx: Cx): Promise<void> => {
    let load = first
    while (load !== undefined && (await deliver(load, cx)))
      load = gatherer === undefined ? gather(cx) : undefined // else whoever gathers takes it
  }

  const gatherSoon = async (mine: object, cx: Cx): Promise<void> => {
    if (underway.size > 0) await pause(GATHER_MS)
    if (gatherer === mine) gatherer = undefined
    await carry(gather(cx), cx)
  }

  return {
    record(outcome, cx, said) {
      log.request(outcome)
      const text = said && closeText(JSON.stringify(said), outcome.id)
      if (waiting.length >= MAX_ROWS) {
        waiting.shift()
        dropped += 1
        if (dropped % 1_000 === 1)
          log.warn(`telemetry: the outbox is away, ${dropped} of the oldest rows dropped`)
      }
      waiting.push(JSON.stringify(text === undefined ? writeRow(outcome) : [...writeRow(outcome), text]))
      const now = cx.now()
      for (const load of underway.values()) {
        if (load.carrier === undefined || now - load.seenAt >= LOST_MS) cx.defer(carry(load, cx))
      }
      if (gatherer !== undefined && now - gatherer.since < LOST_MS) return
      gatherer = { since: now }
      cx.defer(gatherSoon(gatherer, cx))
    },
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
