// What some bytes are, by how they begin. Pure.
// Source: https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern

const PICTURES = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif'])

/** Servers that do not know what they hold say one of these. */
const VAGUE = new Set(['', 'application/octet-stream', 'binary/octet-stream'])

/** May something of this type stand where a picture or a document is wanted? */
export function allows(kind: 'image' | 'file', type: string): boolean {
  if (VAGUE.has(type) || PICTURES.has(type) || type === 'image/jpg') return true
  return kind === 'file' && (type === 'application/pdf' || type.startsWith('text/'))
}

/** `undefined` is any byte. */
const BEGINNINGS: readonly (readonly [type: string, bytes: readonly (number | undefined)[]])[] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [...ascii('GIF87a')]],
  ['image/gif', [...ascii('GIF89a')]],
  ['image/webp', [...ascii('RIFF'), undefined, undefined, undefined, undefined, ...ascii('WEBPVP')]],
  ['application/pdf', [...ascii('%PDF-')]],
]

/** The true type; text is what was called text and can be read as it. */
export function typeOf(bytes: Uint8Array, declared: string): string | undefined {
  const known = BEGINNINGS.find(([, beginning]) =>
    beginning.every((byte, at) => byte === undefined || bytes[at] === byte),
  )
  if (known !== undefined) return known[0]
  return declared.startsWith('text/') && isText(bytes) ? declared : undefined
}

function isText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return true
  } catch {
    return false // said above
  }
}

function ascii(text: string): readonly number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0))
}
