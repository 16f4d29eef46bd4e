// Writes what micro generates as chat.completion.chunk events, ready for the wire. Pure, stateful for one stream.
import { writeFrame } from '../../shared/sse.ts'
import type { GenerateEvent } from './generate.ts'
import { makeCounter, writeLogprobs, type ReplyHead, type WireLogprobs } from './reply.ts'
import type { MicroRequest } from './request.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface ChunkWriter {
  add(event: GenerateEvent): string
  /** The usage chunk, where it was asked for, and [DONE]. */
  end(): string
  /** The last event of a stream that failed; no [DONE] follows. */
  fail(error: object): string
}

interface Choice {
  readonly index: number
  readonly delta: object
  readonly logprobs?: WireLogprobs
  readonly finish_reason?: 'stop' | 'length'
}

export function makeChunks(head: ReplyHead, request: MicroRequest, vocabulary: Vocabulary): ChunkWriter {
  const counter = makeCounter()
  const begun = new Set<number>()
  let droppedMessages = 0

  const frame = (data: object | string) =>
    writeFrame({ event: '', data: typeof data === 'string' ? data : JSON.stringify(data) })
  const chunk = (rest: object) =>
    frame({
      id: head.id,
      object: 'chat.completion.chunk',
      created: head.created,
      model: 'micro',
      system_fingerprint: head.fingerprint,
      ...(request.includeUsage ? { usage: null } : {}),
      ...rest,
    })
  const choice = ({ index, delta, logprobs = null, finish_reason }: Choice, extra: object = {}) =>
    chunk({ choices: [{ index, delta, logprobs, finish_reason: finish_reason ?? null }], ...extra })

  function open(index: number): string {
    if (begun.has(index)) return ''
    begun.add(index)
    return choice({ index, delta: { role: 'assistant', content: '', refusal: null } })
  }

  return {
    add(event) {
      counter.add(event)
      if (event.type === 'start') {
        droppedMessages = event.droppedMessages
        return ''
      }
      const { index, event: inner } = event
      if (inner.type === 'doubt' || inner.type === 'verdict') return ''
      if (inner.type === 'text') {
        if (inner.text === '' && inner.tokens.length === 0) return ''
        const logprobs = writeLogprobs(inner.tokens, request, vocabulary)
        return open(index) + choice({ index, delta: { content: inner.text }, logprobs })
      }
      const extra = droppedMessages > 0 ? { minnow: { dropped_messages: droppedMessages } } : {}
      return open(index) + choice({ index, delta: {}, finish_reason: inner.reason }, extra)
    },
    end: () => (request.includeUsage ? chunk({ choices: [], usage: counter.usage() }) : '') + frame('[DONE]'),
    fail: (error) => frame(error),
  }
}
