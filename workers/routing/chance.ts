// A number in 0..1 that a name always gets again: what is left to chance is the same for the same request. Pure.

/** `what` keeps the chances of one request apart. FNV-1a with a mixing of its bits at the end; source: RFC 9923, MurmurHash3. */
export function chanceOf(name: string, what: string): number {
  let hash = 0x811c9dc5
  const text = `${what}\n${name}`
  for (let position = 0; position < text.length; position += 1)
    hash = Math.imul(hash ^ text.charCodeAt(position), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296
}
