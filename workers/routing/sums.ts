// Finds the sums that a text writes out (`12 * 3 = 36`) and sees whether they are right. Pure.

const SUM =
  /((?:\$?\d[\d,]*(?:\.\d+)?%?\s*[-+*/x×÷]\s*){1,6}\$?\d[\d,]*(?:\.\d+)?%?)[a-z ]{0,25}=\s*(?:<<[^>]*>>)?\$?(-?\d[\d,]*(?:\.\d+)?)/g
/** Answers round to cents and to whole things. */
const NEAR = 0.006
/** Longer answers are read so far. */
const READ_CHARS = 4_000

export function checkSums(text: string): { readonly right: number; readonly wrong: number } {
  let [right, wrong] = [0, 0]
  for (const [, sum = '', result = ''] of text.slice(0, READ_CHARS).matchAll(SUM)) {
    const value = valueOf(sum)
    if (value === undefined) continue
    const told = Number(result.replaceAll(',', ''))
    if (Math.abs(value - told) <= Math.max(0.011, Math.abs(value) * NEAR)) right += 1
    else wrong += 1
  }
  return { right, wrong }
}

/** Times and over before plus and minus; undefined where nothing comes of it. */
function valueOf(sum: string): number | undefined {
  const pieces = sum.replaceAll(/[$,\s]/g, '').match(/\d+(?:\.\d+)?%?|[-+*/x×÷]/g) ?? []
  let [total, product, sign] = [0, Number.NaN, 1]
  let pending = '*'
  for (const piece of pieces) {
    if (/^\d/.test(piece)) {
      const number = piece.endsWith('%') ? Number(piece.slice(0, -1)) / 100 : Number(piece)
      if (Number.isNaN(product)) product = number
      else product = pending === '/' ? product / number : product * number
    } else if (piece === '+' || piece === '-') {
      total += sign * product
      product = Number.NaN
      sign = piece === '+' ? 1 : -1
    } else pending = piece === '/' || piece === '÷' ? '/' : '*'
  }
  const value = total + sign * product
  return Number.isFinite(value) ? value : undefined
}
