// A sparse matrix, a row an example: which words it has, and what it looks like. Pure.

export interface Row {
  readonly grams: Uint32Array
  /** Already scaled; as many in each row. */
  readonly looks: Float32Array
}

export interface Matrix {
  readonly rows: number
  readonly columns: number
  /** out = A weights */
  times(weights: Float64Array, out: Float64Array): void
  /** out = A' values */
  back(values: Float64Array, out: Float64Array): void
}

/** Words come first, their columns in `columnOf`; an entry is the word's weight times the row's. */
export function openMatrix(
  rows: readonly Row[],
  columnOf: Int32Array,
  words: number,
  wordWeights: Float64Array,
  rowWeights: Float64Array,
): Matrix {
  const width = rows[0]?.looks.length ?? 0
  const starts = new Int32Array(rows.length + 1)
  for (const [at, row] of rows.entries()) starts[at + 1] = (starts[at] ?? 0) + row.grams.length
  const places = new Int32Array(starts[rows.length] ?? 0)
  const looks = new Float64Array(rows.length * width)
  for (const [at, row] of rows.entries()) {
    let place = starts[at] ?? 0
    for (let gram = 0; gram < row.grams.length; gram += 1)
      places[place++] = columnOf[row.grams[gram] ?? 0] ?? 0
    looks.set(row.looks, at * width)
  }
  return {
    rows: rows.length,
    columns: words + width,
    times(weights, out) {
      for (let row = 0; row < rows.length; row += 1) {
        let sum = 0
        const end = starts[row + 1] ?? 0
        for (let at = starts[row] ?? 0; at < end; at += 1) {
          const column = places[at] ?? 0
          sum += (wordWeights[column] ?? 0) * (weights[column] ?? 0)
        }
        sum *= rowWeights[row] ?? 0
        for (let at = 0; at < width; at += 1)
          sum += (looks[row * width + at] ?? 0) * (weights[words + at] ?? 0)
        out[row] = sum
      }
    },
    back(values, out) {
      out.fill(0)
      for (let row = 0; row < rows.length; row += 1) {
        const value = values[row] ?? 0
        const step = value * (rowWeights[row] ?? 0)
        const end = starts[row + 1] ?? 0
        for (let at = starts[row] ?? 0; at < end; at += 1) {
          const column = places[at] ?? 0
          out[column] = (out[column] ?? 0) + (wordWeights[column] ?? 0) * step
        }
        for (let at = 0; at < width; at += 1)
          out[words + at] = (out[words + at] ?? 0) + (looks[row * width + at] ?? 0) * value
      }
    },
  }
}
