// How fast a stream brings content, so that one that only trickles is given up. Pure.
import { isContent, type ModelEvent } from '../../shared/event.ts'

export interface Floor {
  /** How often to look, in milliseconds; Infinity where there is no floor. */
  readonly checkMs: number
  /** Milliseconds that we waited for the provider. Where a slow client keeps us from reading, nobody waits. */
  waited(ms: number): void
  said(event: ModelEvent): void
  /** Has it been too slow over a whole window? `waitingMs` is the wait that is under way. */
  isBelow(waitingMs: number): boolean
}

export interface FloorLimits {
  readonly floorTokensPerSecond: number
  readonly floorWindowMs: number
}

/** A common estimate for any vocabulary; the floor is far below what any model does. */
const CHARS_PER_TOKEN = 4
/** The window is measured in steps: what trickles is found after one window and at most one step. */
const STEPS = 4

const NEVER: Floor = {
  checkMs: Infinity,
  waited: () => undefined,
  said: () => undefined,
  isBelow: () => false,
}

export function openFloor({ floorTokensPerSecond, floorWindowMs }: FloorLimits): Floor {
  if (floorTokensPerSecond === 0) return NEVER
  const stepMs = floorWindowMs / STEPS
  const marks = [{ atMs: 0, tokens: 0 }] // bounded: one a half step, and none older than a window but the first
  let tokens = 0
  let countedMs = 0
  let gapMs = 0
  let gapCapMs = 0 // before the first content another limit holds
  const counted = (more: number): number => countedMs + Math.min(gapMs + more, gapCapMs)
  return {
    checkMs: stepMs,
    waited: (ms) => void (gapMs += ms),
    said(event) {
      if (!isContent(event)) return
      countedMs = counted(0)
      gapMs = 0
      tokens += tokensOf(event)
      // Some vendors write a tool's arguments behind their pings and send them in one go, and what their own tools do
      // takes its time too: there a silence counts for one step of the window, so that a trickle is still one.
      gapCapMs = isWords(event) ? Infinity : stepMs
    },
    isBelow(waitingMs) {
      const atMs = counted(waitingMs)
      if (atMs - (marks.at(-1)?.atMs ?? 0) >= stepMs / 2) marks.push({ atMs, tokens })
      while ((marks[1]?.atMs ?? Infinity) <= atMs - floorWindowMs) marks.shift()
      const since = marks[0] ?? { atMs, tokens }
      const spanMs = atMs - since.atMs
      return spanMs >= floorWindowMs && tokens - since.tokens < (floorTokensPerSecond * spanMs) / 1_000
    },
  }
}

const isWords = ({ type }: ModelEvent): boolean =>
  type === 'text-delta' || type === 'reasoning-delta' || type === 'refusal-delta'

const tokensOf = (event: ModelEvent): number => {
  const chars = 'text' in event ? event.text.length : event.type === 'tool-delta' ? event.json.length : 0
  return Math.max(1, chars / CHARS_PER_TOKEN)
}
