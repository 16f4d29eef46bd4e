// How long an address that gave wrong admin keys has to wait before another is looked at. Pure.

export interface Guesses {
  readonly count: number
  readonly lastAt: number
}

/** Typing errors of a person cost nothing. */
export const FREE_GUESSES = 10
/** After the last free one; twice as long after each that follows. */
export const FIRST_PAUSE_MS = 2_000
/** At most so long, and so many guesses an hour from then on: four. */
export const LONGEST_PAUSE_MS = 15 * 60_000
/** Guesses are forgotten so long after the last one. */
export const FORGET_MS = 24 * 60 * 60_000

export function pauseAfter(count: number): number {
  if (count < FREE_GUESSES) return 0
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (count - FREE_GUESSES))
}

/** Milliseconds until the next key is looked at; 0 where it may be at once. */
export function waitFor(known: Guesses | undefined, now: number): number {
  if (known === undefined) return 0
  return Math.max(0, known.lastAt + pauseAfter(known.count) - now)
}

/** With one guess more. */
export function guessed(known: Guesses | undefined, now: number): Guesses {
  const isOld = known === undefined || now - known.lastAt > FORGET_MS
  return { count: isOld ? 1 : known.count + 1, lastAt: now }
}

/** Of two memories of an address the one that knows more. */
export function surer(a: Guesses | undefined, b: Guesses | undefined): Guesses | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return b.count > a.count || (b.count === a.count && b.lastAt > a.lastAt) ? b : a
}

/**
 * What counts as one address: of IPv6 the half that names a network, since whoever has one address there has all of them.
 */
export function placeOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.toLowerCase().split('::', 2)
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length)
  const groups = [...front, ...Array.from({ length: missing }, () => '0'), ...back]
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}
