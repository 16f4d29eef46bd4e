// Chance that a seed decides: the same text always gives the same numbers. Pure.

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

/** FNV-1a, 32 bits; the seed of the generator. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0
  return value
}

/** Marsaglia's xorshift with a Weyl sequence: enough for tasks, not for secrets. */
export function randomFrom(seed: string): Random {
  let [state, weyl] = [hash(seed) || 1, hash(`${seed}/weyl`)]
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    weyl = (weyl + 0x9e3779b9) >>> 0
    return ((state + weyl) >>> 0) / 2 ** 32
  }
  for (let warm = 0; warm < 8; warm += 1) next() // neighbouring seeds begin alike
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
