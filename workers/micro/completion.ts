// Writes what micro generated as one chat.completion object. Pure.
import type { ScoredToken } from './answer.ts'
import type { GenerateEvent } from './generate.ts'
import { makeCounter, writeLogprobs, type ReplyHead } from './reply.ts'
import type { MicroRequest } from './request.ts'
import type { Vocabulary } from './vocabulary.ts'

interface Draft {
  text: string
  readonly tokens: ScoredToken[]
  reason: 'stop' | 'length'
}

export interface CompletionWriter {
  add(event: GenerateEvent): void
  write(): object
}

export function makeCompletion(
  head: ReplyHead,
  request: MicroRequest,
  vocabulary: Vocabulary,
): CompletionWriter {
  const counter = makeCounter()
  const drafts = Array.from({ length: request.choices }, (): Draft => ({
    text: '',
    tokens: [],
    reason: 'stop',
  }))
  let droppedMessages = 0
  return {
    add(event) {
      counter.add(event)
      if (event.type === 'start') {
        droppedMessages = event.droppedMessages
        return
      }
      const draft = drafts[event.index]
      if (!draft) return
      if (event.event.type === 'text') {
        draft.text += event.event.text
        draft.tokens.push(...event.event.tokens)
      } else if (event.event.type === 'finish') draft.reason = event.event.reason
    },
    write: () => ({
      id: head.id,
      object: 'chat.completion',
      created: head.created,
      model: 'micro',
      system_fingerprint: head.fingerprint,
      choices: drafts.map(({ text, tokens, reason }, index) => ({
        index,
        message: { role: 'assistant', content: text, refusal: null },
        logprobs: writeLogprobs(tokens, request, vocabulary),
        finish_reason: reason,
      })),
      usage: counter.usage(),
      ...(droppedMessages > 0 ? { minnow: { dropped_messages: droppedMessages } } : {}),
    }),
  }
}
