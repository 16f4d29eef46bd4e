// Which of the turns so far are sent with a new question, so that they fit. Tool results go first, then turns, the oldest
// before the newer; a call and its results go together; what is sent begins with a user's message. Pure.
import { isModel, type Item, MARKER_TOKENS } from './item.ts'

/** A turn as it is known without its texts; what its last items say is its answer. */
export interface Sized {
  readonly position: number
  /** Turns up to and with this one, from the beginning of the conversation. */
  readonly depth: number
  /** Tokens of all of those. */
  readonly pathTokens: number
  readonly items: readonly Item[]
}

/** From where on turns were sent the last time. While that fits, the prompt begins as it did, and caches hold. */
export interface Anchor {
  /** The position of the first turn sent. */
  readonly start: number
  /** Results in the turns before this one were left out; beyond the last turn: in all. */
  readonly whole: number
  /** The token budget it was made for: where that has grown, more can be sent. */
  readonly budget: number
}

export interface Choosing {
  /** Tokens that the turns may take. */
  readonly room: number
  /** What is new goes on with the last turn: it answers its calls. */
  readonly continues: boolean
  readonly budget: number
  readonly anchor?: Anchor | undefined
}

export interface Pick {
  readonly position: number
  /** Which of its items. */
  readonly parts: readonly number[]
  /** Its results are replaced by a word that they are left out. */
  readonly lean: boolean
}

export interface LeftOut {
  readonly turns: number
  readonly tokens: number
  readonly results: number
}

export interface Choice {
  /** In order. */
  readonly picks: readonly Pick[]
  readonly tokens: number
  readonly left: LeftOut
  /** Turns from the beginning of the conversation of which nothing is sent. */
  readonly before: number
  readonly anchor?: Anchor
}

/** Where something has to go, as much goes as leaves a quarter free: so the next turns begin alike. */
const FILLED = 0.75

/** `turns` comes newest first, and is read no further than there is room. */
export function choose(turns: Iterable<Sized>, { room, continues, budget, anchor }: Choosing): Choice {
  const walked = gather(turns, room, continues)
  const costs = costsOf(walked)
  const last = walked.length
  const isComplete = last === 0 || walked[0]?.depth === 1
  const isStart = (at: number): boolean =>
    at === last ? !continues : walked[at]?.items[0]?.speaker === 'user' || (at === 0 && isComplete)
  const first = (fits: (at: number) => boolean, from = 0): number | undefined => {
    for (let at = from; at <= last; at += 1) if (fits(at)) return at
    return undefined
  }
  const take = (start: number, whole: number, isMade: boolean): Choice => {
    const parts = walked.slice(start).map(({ items }) => items.map((_, part) => part))
    const picks = pick(walked.slice(start), parts, whole - start)
    return told(walked, picks, isMade ? anchorAt(walked, start, whole, budget) : undefined)
  }

  if (isComplete && costs(0, 0) <= room && isStart(0)) return take(0, 0, false)

  const before = anchor === undefined || anchor.budget < budget ? undefined : placesOf(walked, anchor)
  if (before !== undefined && isStart(before.start) && costs(before.start, before.whole) <= room)
    return { ...take(before.start, before.whole, false), ...(anchor === undefined ? {} : { anchor }) }

  const filled = Math.floor(room * FILLED)
  const roomy = first((at) => isStart(at) && costs(at, last) <= filled)
  const nearest = lastStart(last, isStart)
  // Better the last exchange in a full prompt than none in an empty one.
  const start =
    roomy === undefined || roomy === last
      ? (fitting(nearest, (at) => costs(at, last) <= room) ?? roomy)
      : roomy
  if (start === undefined) return within(walked, room)
  const limit = costs(start, last) <= filled ? filled : room
  return take(start, first((at) => costs(start, at) <= limit, start) ?? last, true)
}

const fitting = (at: number | undefined, fits: (at: number) => boolean): number | undefined =>
  at !== undefined && fits(at) ? at : undefined

function lastStart(last: number, isStart: (at: number) => boolean): number | undefined {
  for (let at = last - 1; at >= 0; at -= 1) if (isStart(at)) return at
  return undefined
}

const isLong = ({ speaker, tokens }: Item): boolean => speaker === 'result' && tokens > MARKER_TOKENS

const leanOf = (item: Item): number => (isLong(item) ? MARKER_TOKENS : item.tokens)

const sum = (items: readonly Item[], size: (item: Item) => number): number =>
  items.reduce((total, item) => total + size(item), 0)

const fullOf = ({ tokens }: Item): number => tokens

/** In order, as far back as could be sent, or further where the last question of a user's stands there. */
function gather(turns: Iterable<Sized>, room: number, continues: boolean): readonly Sized[] {
  const walked: Sized[] = []
  let left = room
  let hasUser = !continues
  for (const turn of turns) {
    walked.push(turn)
    left -= sum(turn.items, leanOf)
    hasUser ||= turn.items.some(({ speaker }) => speaker === 'user')
    if (left < 0 && hasUser) break
  }
  return walked.toReversed()
}

/** What turns from `start` on take, where results are whole from `whole` on. */
function costsOf(walked: readonly Sized[]): (start: number, whole: number) => number {
  const [lean, full] = [leanOf, fullOf].map((size) => {
    const sums = [0]
    for (const { items } of walked.toReversed()) sums.push((sums.at(-1) ?? 0) + sum(items, size))
    return sums.toReversed()
  })
  return (start, whole) => (lean?.[start] ?? 0) - (lean?.[whole] ?? 0) + (full?.[whole] ?? 0)
}

const anchorAt = (walked: readonly Sized[], start: number, whole: number, budget: number): Anchor => {
  const beyond = (walked.at(-1)?.position ?? 0) + 1
  return {
    start: walked[start]?.position ?? beyond,
    whole: walked[whole]?.position ?? beyond,
    budget,
  }
}

/** Where the anchor lies among these turns; undefined where its branch has been left. */
function placesOf(
  walked: readonly Sized[],
  anchor: Anchor,
): { readonly start: number; readonly whole: number } | undefined {
  const start = walked.findIndex(({ position }) => position === anchor.start)
  if (start < 0) return undefined
  const whole = walked.findIndex(({ position }) => position >= anchor.whole)
  return { start, whole: Math.max(start, whole < 0 ? walked.length : whole) }
}

const pick = (
  turns: readonly Sized[],
  parts: readonly (readonly number[])[],
  whole: number,
): readonly Pick[] =>
  turns.map(({ position }, at) => ({ position, parts: parts[at] ?? [], lean: at < whole }))

/**
 * Not even what followed the user's last message fits. That message stays, and as many of the calls behind it, with
 * their results, as there is room for: at least the last ones, which are being answered.
 */
function within(walked: readonly Sized[], room: number): Choice {
  const last = walked.length - 1
  const asked = walked.findLastIndex(({ items }) => items.some(({ speaker }) => speaker === 'user'))
  const opening = walked[asked]
  const users = opening?.items.flatMap(({ speaker }, part) => (speaker === 'user' ? [part] : [])) ?? []
  /** An answer may be in several parts: thoughts, words, calls. They go together. */
  const answerOf = ({ items }: Sized): number => {
    const others = items.findLastIndex((item) => !isModel(item)) + 1
    return Math.min(others, items.length - 1)
  }
  /** Answers of the turn at `at`, and all turns after it; the user's message, wherever it stands. */
  const picksFrom = (at: number, whole: number): readonly Pick[] =>
    walked.flatMap((turn, place): Pick[] => {
      const lean = place < whole
      const own = place === asked ? users : []
      if (place > at) return [{ position: turn.position, parts: turn.items.map((_, part) => part), lean }]
      const answer = answerOf(turn)
      const answers = turn.items.flatMap((_, part) => (part >= answer ? [part] : []))
      const parts = place === at ? [...own.filter((part) => part < answer), ...answers] : own
      return parts.length === 0 ? [] : [{ position: turn.position, parts, lean }]
    })
  const cost = (picks: readonly Pick[]): number => costOf(walked, picks)
  let from = Math.max(0, asked)
  while (from < last && cost(picksFrom(from, last + 1)) > room) from += 1
  let whole = from
  while (whole <= last && cost(picksFrom(from, whole)) > room) whole += 1
  return told(walked, picksFrom(from, whole), undefined)
}

function costOf(walked: readonly Sized[], picks: readonly Pick[]): number {
  const turns = new Map(walked.map((turn) => [turn.position, turn]))
  return picks.reduce((total, { position, parts, lean }) => {
    const items = parts.flatMap((part) => turns.get(position)?.items[part] ?? [])
    return total + sum(items, lean ? leanOf : fullOf)
  }, 0)
}

function told(walked: readonly Sized[], picks: readonly Pick[], anchor: Anchor | undefined): Choice {
  const newest = walked.at(-1)
  const turns = new Map(walked.map((turn) => [turn.position, turn]))
  const depth = newest?.depth ?? 0
  const tokens = costOf(walked, picks)
  const results = picks
    .filter(({ lean }) => lean)
    .flatMap(({ position, parts }) => parts.flatMap((part) => turns.get(position)?.items[part] ?? []))
    .filter(isLong).length
  const first = picks[0]
  return {
    picks,
    tokens,
    left: { turns: depth - picks.length, tokens: (newest?.pathTokens ?? 0) - tokens, results },
    before: first === undefined ? depth : (turns.get(first.position)?.depth ?? 1) - 1,
    ...(anchor === undefined ? {} : { anchor }),
  }
}
