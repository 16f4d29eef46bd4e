// A digest of 64 bits over words, good against damage and chance, not against somebody who wants two texts to meet.
// Pure. Every step can be undone, so a change of a single word always shows.

export type Digest = readonly [number, number]

export const EMPTY_DIGEST: Digest = [0x6d696372, 0x6f6b7631]

/** Goes on with `words` where `digest` ended. */
export function extendDigest([a, b]: Digest, words: ArrayLike<number>): Digest {
  let [x, y] = [a, b]
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? 0
    x = Math.imul(x ^ word, 0x2c1b3c6d)
    x ^= x >>> 15
    y = Math.imul(y ^ word, 0x297a2d39)
    y ^= y >>> 13
  }
  return [x >>> 0, y >>> 0]
}

/** For each token, the digest of all tokens up to it and with it, as two words; `digest` is that of what came before. */
export function digestEach(digest: Digest, tokens: readonly number[]): Uint32Array {
  const words = new Uint32Array(tokens.length * 2)
  let last = digest
  tokens.forEach((token, index) => {
    last = extendDigest(last, [token])
    words.set(last, index * 2)
  })
  return words
}

/** The digest that `digestEach` noted for the last of its tokens. */
export function lastDigest(digests: Uint32Array): Digest {
  return [digests.at(-2) ?? EMPTY_DIGEST[0], digests.at(-1) ?? EMPTY_DIGEST[1]]
}
