// Ascending numbers in few bits: their gaps, Golomb-Rice coded. 150 of 18 bits take about 230 bytes. Pure.

/** How many low bits of a gap are written as they are, the rest in unary. */
const lowBits = (count: number, range: number): number =>
  Math.max(0, Math.floor(Math.log2((range * 0.69) / Math.max(1, count))))

/** `values` ascend, each once, below `range`. */
export function packGaps(values: Uint32Array, range: number): number[] {
  const low = lowBits(values.length, range)
  const bytes: number[] = []
  let [bits, held] = [0, 0]
  const put = (bit: number): void => {
    held = (held << 1) | bit
    bits += 1
    if (bits === 8) {
      bytes.push(held)
      bits = 0
      held = 0
    }
  }
  let previous = -1
  for (const value of values) {
    const gap = value - previous - 1
    previous = value
    for (let high = gap >>> low; high > 0; high -= 1) put(1)
    put(0)
    for (let bit = low - 1; bit >= 0; bit -= 1) put((gap >>> bit) & 1)
  }
  if (bits !== 0) bytes.push(held << (8 - bits))
  return bytes
}

/** Undefined where the bytes do not hold `count` numbers below `range`. */
export function readGaps(bytes: Uint8Array, count: number, range: number): Uint32Array | undefined {
  const low = lowBits(count, range)
  const values = new Uint32Array(count)
  const last = bytes.length * 8
  const bitAt = (place: number): number => ((bytes[place >>> 3] ?? 0) >>> (7 - (place & 7))) & 1
  let at = 0
  let previous = -1
  for (let index = 0; index < count; index += 1) {
    let gap = 0
    for (; at < last && bitAt(at) === 1; at += 1) gap += 1
    at += 1
    for (let bit = 0; bit < low; bit += 1) gap = (gap << 1) | bitAt(at++)
    previous += gap + 1
    if (at > last || previous >= range) return undefined
    values[index] = previous
  }
  return values
}
