// Vectors of questions: hashed n-grams of the words that one is about, and how near two vectors are. Pure.

export const WIDTH = 512

/** FNV-1a, 32 bits: cheap, and spreads short texts well. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0
  return value
}

/** Words and pairs of neighbours, in their order; letters in threes, a little, for how a word is written. */
export function vectorOf(words: readonly string[]): Float64Array {
  const sums = new Float64Array(WIDTH)
  const add = (feature: string, weight: number): void => {
    const place = hash(feature)
    const sign = (place & 0x8000_0000) === 0 ? 1 : -1 // two features at one place do not add up
    sums[place % WIDTH] = (sums[place % WIDTH] ?? 0) + sign * weight
  }
  const all = ['^', ...words, '$']
  for (const [at, word] of all.entries()) {
    const next = all[at + 1]
    if (next !== undefined) add(`pair ${word} ${next}`, 1)
    if (word === '^' || word === '$') continue
    add(`word ${word}`, 1)
    const framed = `^${word}$`
    for (let from = 0; from + 3 <= framed.length; from += 1)
      add(`three ${framed.slice(from, from + 3)}`, 0.5 / Math.sqrt(framed.length - 2))
  }
  return sums
}

/** As stored: of length 127, in whole numbers from -127 to 127. */
export function pack(vector: ArrayLike<number>): Uint8Array {
  let square = 0
  for (let at = 0; at < vector.length; at += 1) square += (vector[at] ?? 0) ** 2
  const scale = 127 / (Math.sqrt(square) || 1)
  const packed = new Int8Array(vector.length)
  for (let at = 0; at < vector.length; at += 1) packed[at] = Math.round((vector[at] ?? 0) * scale)
  return new Uint8Array(packed.buffer)
}

/** From -1 to 1; 0 where they do not come from one model. */
export function cosine(left: Uint8Array, right: Uint8Array): number {
  if (left.length !== right.length) return 0
  let [dot, ofLeft, ofRight] = [0, 0, 0]
  for (let at = 0; at < left.length; at += 1) {
    const a = ((left[at] ?? 0) << 24) >> 24
    const b = ((right[at] ?? 0) << 24) >> 24
    dot += a * b
    ofLeft += a * a
    ofRight += b * b
  }
  return ofLeft === 0 || ofRight === 0 ? 0 : dot / Math.sqrt(ofLeft * ofRight)
}
