// A small seeded generator of numbers in [0, 1), so that a request with a seed can be repeated. Pure.
// Source: G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (2003): the triple 13, 17, 5.

/** An odd number near 2^32 divided by the golden ratio; it spreads neighbouring seeds far apart. */
const SPREAD = 0x9e3779b1
/** Early numbers of similar seeds are still alike. */
const WARM_UP = 8

export function seededRandom(seed: number): () => number {
  let bits = Math.imul(seed + 1, SPREAD) || SPREAD // from zero there is no way out
  const next = (): number => {
    bits ^= bits << 13
    bits ^= bits >>> 17
    bits ^= bits << 5
    return (bits >>> 0) / 2 ** 32
  }
  for (let turn = 0; turn < WARM_UP; turn += 1) next()
  return next
}
