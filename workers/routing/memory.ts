// Who answered conversations that clients keep themselves, as far as this isolate has seen them: a client that sends the
// whole history again has a cached prompt, too. Known by how they begin; no text is kept. Pure.
import { beginningOf } from '../../shared/beginning.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { LastServed } from '../service.ts'
import { chanceOf } from './chance.ts'

export interface Memory {
  /** Who answered the turn before; undefined for a first turn, and where another isolate saw it. */
  recall(request: ModelRequest, tenant: string): LastServed | undefined
  note(request: ModelRequest, tenant: string, served: LastServed): void
}

/** Conversations that an isolate remembers, the newest; some 200 bytes each. */
const MAX_CONVERSATIONS = 2_000

export function openMemory(): Memory {
  const known = new Map<string, LastServed>() // a cache, bounded by MAX_CONVERSATIONS
  return {
    recall: (request, tenant) =>
      known.size > 0 && request.messages.some(({ role }) => role === 'assistant')
        ? known.get(nameOf(request, tenant))
        : undefined,
    note(request, tenant, served) {
      const name = nameOf(request, tenant)
      known.delete(name)
      known.set(name, served)
      if (known.size > MAX_CONVERSATIONS) known.delete(known.keys().next().value ?? '')
    },
  }
}

function nameOf(request: ModelRequest, tenant: string): string {
  const about = `${tenant}\n${request.model}\n${beginningOf(request)}`
  return `${chanceOf(about, 'one half')}${chanceOf(about, 'the other')}`
}
