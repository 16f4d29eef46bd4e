// What can be seen of a request before it is answered, as numbers. Pure.
import { lastUserText, type ModelRequest } from '../../shared/request.ts'

/** Words beyond this say nothing new about how hard a request is, and cost time. */
const READ_CHARS = 2_000

export const BUCKETS = 8_192

/** Shape of the request, each scaled to about 0..1. The names are what `POST /v1/route` shows. */
export function shapeOf(request: ModelRequest): Record<string, number> {
  const text = lastUserText(request.messages)
  const read = text.slice(0, READ_CHARS)
  const words = read.split(/\s+/).filter((word) => word !== '').length
  return {
    chars: Math.min(1, text.length / READ_CHARS),
    words: Math.min(1, words / 60),
    sentences: Math.min(1, (read.match(/[.!?](?:\s|$)/g)?.length ?? 0) / 8),
    lines: Math.min(1, (read.split('\n').length - 1) / 10),
    digits: Math.min(1, (read.match(/\d/g)?.length ?? 0) / 20),
    numbers: Math.min(1, (read.match(/\d+/g)?.length ?? 0) / 6),
    operators: Math.min(1, (read.match(/[*/^%=<>]/g)?.length ?? 0) / 4),
    code: /```|[{};]\s*$|=>|\b(?:def|function|class|import|select|const)\b.*[(:=]/im.test(read) ? 1 : 0,
    // Not \s*: over blank lines it takes time in the square of their number, 19 ms for 2,000 of them.
    options: /^[ \t]*\(?[A-D][).:]\s/m.test(read) ? 1 : 0,
    foreign: Math.min(1, (read.match(/[^\x20-\x7e\s]/g)?.length ?? 0) / 10),
    turns: Math.min(1, request.messages.filter((message) => message.role === 'user').length / 8),
  }
}

/** Buckets of the words, word pairs and word beginnings of a text. Digits count as one, case as none. */
export function hashText(text: string): number[] {
  const words =
    text
      .slice(0, READ_CHARS)
      .toLowerCase()
      .replace(/\d/g, '0')
      .match(/[a-z0]+|[^\sa-z0]/g) ?? []
  const buckets = new Set<number>()
  let previous = '^'
  for (const word of words) {
    buckets.add(fnv(word))
    buckets.add(fnv(`${previous} ${word}`))
    if (word.length > 4) buckets.add(fnv(`${word.slice(0, 4)}*`))
    previous = word
  }
  buckets.add(fnv(`${previous} $`))
  return [...buckets]
}

/** FNV-1a, 32 bits, folded to the number of buckets. Source: RFC 9923 */
function fnv(text: string): number {
  let hash = 0x811c9dc5
  for (let position = 0; position < text.length; position += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(position), 0x01000193)
  }
  return (hash >>> 0) % BUCKETS
}
