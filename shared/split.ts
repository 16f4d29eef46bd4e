// Long texts in pieces that a row can hold. Pure.

/** A value in an object's storage may have 2 MB, and a character takes up to 3 bytes there. */
const PIECE_CHARS = 600_000

/**
 * Never between the two halves of a character beyond 16 bits, which would be stored as two unreadable ones, and never
 * between two line ends, so that the end of an event can be found in one piece.
 */
export function split(text: string, chars: number = PIECE_CHARS): string[] {
  const pieces: string[] = []
  for (let from = 0; from < text.length;) {
    const full = from + chars
    const to = full < text.length && belongsTogether(text, full) && full - 1 > from ? full - 1 : full
    pieces.push(text.slice(from, to))
    from = to
  }
  return pieces
}

function belongsTogether(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1)
  return (before >= 0xd800 && before <= 0xdbff) || (before === 10 && text.charCodeAt(at) === 10)
}
