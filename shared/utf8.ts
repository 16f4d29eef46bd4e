// How long a text is in UTF-8, without encoding it. Pure.

/** Bytes. Half of a character beyond 16 bits, alone, is sent as the three of U+FFFD. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) continue
    bytes += unit < 0x800 ? 1 : 2
    if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) at += 1 // two units, four bytes
  }
  return bytes
}
