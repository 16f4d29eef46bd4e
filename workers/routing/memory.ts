// Who answered conversations that clients keep themselves, as far as this isolate has seen them: a client that sends the
// whole history again has a cached prompt, too. Known by how they begin; no text is kept. Pure.
import { type ModelRequest, textOf } from '../../shared/request.ts'
import type { LastServed } from '../service.ts'
import { chanceOf } from './chance.ts'

export interface Memory {
  /** Who answered the turn before; undefined for a first turn, and where another isolate saw it. */
  recall(request: ModelRequest, tenant: string): LastServed | undefined
  note(request: ModelRequest, tenant: string, served: LastServed): void
}

/** Conversations that an isolate remembers, the newest; some 200 bytes each. */
const MAX_CONVERSATIONS = 2_000

/** Beginnings that are alike so far belong to one conversation, or might as well. */
const READ_CHARS = 1_000

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

function nameOf({ model, messages }: ModelRequest, tenant: string): string {
  const first = messages.findIndex(({ role }) => role === 'user')
  const start = messages
    .slice(0, first + 1)
    .map((message) => textOf(message).slice(0, READ_CHARS))
    .join('\n')
  const about = `${tenant}\n${model}\n${start}`
  return `${chanceOf(about, 'one half')}${chanceOf(about, 'the other')}`
}
