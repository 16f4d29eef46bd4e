// Chance that a seed decides: the same seed always gives the same numbers. For samples, tasks and tests; not for secrets. Pure.
// Source: G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (2003): the triple 13, 17, 5.

/** An odd number near 2^32 divided by the golden ratio; it spreads neighbouring seeds far apart. */
const SPREAD = 0x9e3779b1
/** The same to the nearest: its steps visit every number of 32 bits. */
const WEYL = 0x9e3779b9
/** Early numbers of similar seeds are still alike. */
const WARM_UP = 8

const shift = (bits: number): number => {
  let next = bits ^ (bits << 13)
  next ^= next >>> 17
  return next ^ (next << 5)
}

/** Numbers in [0, 1). Answers and records depend on the sequence of every seed: it stays as it is. */
export function seededRandom(seed: number): () => number {
  let bits = Math.imul(seed + 1, SPREAD) || SPREAD // from zero there is no way out
  const next = (): number => {
    bits = shift(bits)
    return (bits >>> 0) / 2 ** 32
  }
  for (let turn = 0; turn < WARM_UP; turn += 1) next()
  return next
}

export interface Random {
  /** In [0, 1). */
  next(): number
  /** A whole number from `low` to `high`, both possible. */
  whole(low: number, high: number): number
  pick<T>(items: readonly [T, ...T[]]): T
  /** So many different ones, in a random order. */
  some<T>(items: readonly T[], count: number): T[]
  shuffled<T>(items: readonly T[]): T[]
}

/** FNV-1a, 32 bits. Source: RFC 9923 */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0
  return value
}

/** The same from a name, with a Weyl sequence beside the shifts: names are more alike than numbers. */
export function randomFrom(seed: string): Random {
  let [bits, weyl] = [hash(seed) || 1, hash(`${seed}/weyl`)]
  const next = (): number => {
    bits = shift(bits)
    weyl = (weyl + WEYL) >>> 0
    return ((bits + weyl) >>> 0) / 2 ** 32
  }
  for (let turn = 0; turn < WARM_UP; turn += 1) next()
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  const shuffled = <T>(items: readonly T[]): T[] => {
    const left = [...items]
    return items.flatMap(() => left.splice(whole(0, left.length - 1), 1))
  }
  return {
    next,
    whole,
    pick: (items) => items[whole(0, items.length - 1)] ?? items[0],
    some: (items, count) => shuffled(items).slice(0, count),
    shuffled,
  }
}
