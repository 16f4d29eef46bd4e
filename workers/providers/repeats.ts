// Which tools and instructions came again of late: the first to come is not worth a mark in a vendor's cache, since it
// may be the last, and writing costs more. As far as this isolate has seen them; no text is kept.
import { instructionChars } from '../../shared/caching.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { digestOf } from '../digest.ts'

/** Vendors keep what is marked for so long from its last use. */
const LIFE_MS = 5 * 60_000
/** Beginnings that an isolate remembers, the newest; some 150 bytes each. */
const MAX_KNOWN = 1_000
/** No vendor keeps what is shorter than 512 tokens. */
const MIN_CHARS = 1_500

export interface Repeats {
  /** Notes how a request begins; true where another one of the same key began so within the last minutes. */
  note(request: ModelRequest, target: string, now: number): Promise<boolean>
}

export function openRepeats(): Repeats {
  const known = new Map<string, number>() // a cache, bounded by MAX_KNOWN
  return {
    async note(request, target, now) {
      if (instructionChars(request) < MIN_CHARS) return false
      const { tenant = '', tools, messages } = request
      const instructions = messages.filter(({ role }) => role === 'system' || role === 'developer')
      const parts = instructions.map((message) => message.parts)
      const name = await digestOf(JSON.stringify([tenant, target, tools, parts]))
      const at = known.get(name)
      known.delete(name)
      known.set(name, now)
      if (known.size > MAX_KNOWN) known.delete(known.keys().next().value ?? '')
      return at !== undefined && now - at <= LIFE_MS
    },
  }
}
