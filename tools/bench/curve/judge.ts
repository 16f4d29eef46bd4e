// Whether a reply has a question right, as GSM8K is judged: by the last number in it. Pure.

/** Numbers as people write them: "1,200", "-15", "7.00". */
const FIGURE = /-?\d[\d,]*(?:\.\d+)?/g
const CLOSE = 1e-6

export function finalNumber(text: string): number | undefined {
  const found = text.match(FIGURE)?.at(-1)
  return found === undefined ? undefined : Number(found.replaceAll(',', ''))
}

export function isNumberRight(reply: string, gold: number): boolean {
  const said = finalNumber(reply)
  return said !== undefined && Math.abs(said - gold) < CLOSE
}
