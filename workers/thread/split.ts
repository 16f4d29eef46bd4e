// Long texts in pieces that a row can hold. Pure.

/** A value in an object's storage may have 2 MB, and a character takes up to 3 bytes there. */
const PIECE_CHARS = 600_000

/** Never between the two halves of a character beyond 16 bits, which would be stored as two unreadable ones. */
export function split(text: string, chars: number = PIECE_CHARS): string[] {
  const pieces: string[] = []
  for (let from = 0; from < text.length;) {
    const code = text.charCodeAt(from + chars - 1)
    const isFirstHalf = code >= 0xd800 && code <= 0xdbff
    const to = isFirstHalf && from + chars < text.length ? from + chars - 1 : from + chars
    pieces.push(text.slice(from, to))
    from = to
  }
  return pieces
}
