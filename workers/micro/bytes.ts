// GPT-2's way of writing any byte as a printable character, in which vocabularies and merges are stored. Pure.

const isPrintable = (byte: number) =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff)

/** The character that stands for each byte. */
export const BYTE_CHARACTERS: readonly string[] = (() => {
  let next = 0x100
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++))
})()

const BYTES = new Map(BYTE_CHARACTERS.map((character, byte) => [character, byte]))

const utf8 = new TextEncoder()

/** The bytes a stored token stands for; characters outside the alphabet keep their UTF-8. */
export function tokenBytes(text: string): Uint8Array {
  const bytes: number[] = []
  for (const character of text) {
    const byte = BYTES.get(character)
    if (byte === undefined) bytes.push(...utf8.encode(character))
    else bytes.push(byte)
  }
  return Uint8Array.from(bytes)
}

/** The way a vocabulary writes these bytes. */
export function bytesText(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += BYTE_CHARACTERS[byte] ?? ''
  return text
}
