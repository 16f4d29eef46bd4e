// The embedded model as a provider: its object speaks chat completions, so it needs no dialect of its own.
import { MICRO_PROVIDER } from '../../shared/config.ts'
import { openaiChat } from '../../shared/dialects/openai-chat/index.ts'
import type { Provider } from '../service.ts'

/** What is needed of the object's namespace; the real one is a Durable Object binding. */
export interface MicroObjects {
  fetch(name: string, request: Request): Promise<Response>
}

/**
 * A key's requests without a conversation are spread over this many objects, each with its own processor time.
 * Keys share none: a prompt that is cached would show in `cached_tokens` that somebody else had sent it.
 */
const POOL = 4

/** The object in which a conversation is answered, and which keeps its keys and values. */
export const objectOf = (conversation: string): string => `conversation-${conversation}`

export function micro(objects: MicroObjects): Provider {
  let turn = 0
  return {
    id: MICRO_PROVIDER,
    // It would not mind being told, but it would not listen either.
    dialect: openaiChat({ refuses: ['frequency_penalty', 'logit_bias', 'min_p', 'presence_penalty'] }),
    send: (wire, { conversation, tenant, escalate, signal, requestId }) => {
      turn = (turn + 1) % POOL
      const headers: Record<string, string> = {
        'content-type': 'application/json',
        'x-request-id': requestId,
      }
      // What two conversations of one key begin with is kept once; of two keys, never.
      if (tenant !== undefined) headers['x-minnow-scope'] = tenant
      if (conversation !== undefined) headers['x-minnow-conversation'] = conversation
      if (escalate) headers['x-minnow-escalate'] = '1'
      return objects.fetch(
        conversation === undefined ? `pool-${tenant ?? ''}-${turn}` : objectOf(conversation),
        new Request(`https://micro${wire.path}`, {
          method: 'POST',
          headers,
          body: JSON.stringify(wire.body),
          signal,
        }),
      )
    },
  }
}
