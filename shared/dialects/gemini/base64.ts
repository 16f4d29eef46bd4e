// Base64 without any runtime's help: texts and percent-encoded bytes into it, either alphabet out of it. Pure.
// Source: https://www.rfc-editor.org/rfc/rfc4648 (sections 4 and 5)

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

const VALUES: ReadonlyMap<string, number> = new Map([
  ...[...ALPHABET].map((letter, value): [string, number] => [letter, value]),
  ['-', 62],
  ['_', 63],
])

/** Every character is one byte; those above 255 have no place here. */
export function encodeBytes(bytes: string): string {
  let out = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at
    const triple =
      (bytes.charCodeAt(at) << 16) |
      (left > 1 ? bytes.charCodeAt(at + 1) << 8 : 0) |
      (left > 2 ? bytes.charCodeAt(at + 2) : 0)
    out += ALPHABET.charAt(triple >> 18) + ALPHABET.charAt((triple >> 12) & 63)
    out += left > 1 ? ALPHABET.charAt((triple >> 6) & 63) : '='
    out += left > 2 ? ALPHABET.charAt(triple & 63) : '='
  }
  return out
}

/** One character for each byte, with or without padding; undefined where it is no base64. */
export function decodeBytes(base64: string): string | undefined {
  let out = ''
  let held = 0
  let bits = 0
  for (const letter of base64.replace(/=+$/, '')) {
    const value = VALUES.get(letter)
    if (value === undefined) return undefined
    held = ((held << 6) | value) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      out += String.fromCharCode((held >> bits) & 255)
    }
  }
  return out
}

/** The bytes of a percent-encoded text, as `data:` addresses without base64 carry them. */
export const bytesOfPercent = (text: string): string =>
  encodeURI(text.toWellFormed().replaceAll(/%(?![0-9a-fA-F]{2})/g, '%25'))
    .replaceAll(/%25([0-9a-fA-F]{2})/g, '%$1')
    .replaceAll(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
