// Row 30: the name of an answer, in the form of each client's dialect and the same from its first chunk to its last.
import { describe, expect, it } from 'vitest'
import type { ModelEvent } from '../../../shared/event.ts'
import { noUsage } from '../../../shared/usage.ts'
import { entries } from '../dialects.ts'
import { CONTEXT, written } from '../wire.ts'

const answer = (id: string): ModelEvent[] => [
  { type: 'start', id, model: 'm', createdAt: 1000 },
  { type: 'text-delta', index: 0, text: 'Hello' },
  { type: 'choice-end', index: 0, reason: 'stop' },
  { type: 'finish', reason: 'stop', usage: { ...noUsage, input: 1, output: 1 } },
]

/** Where the dialect says it. */
const NAMES = /"(?:id|responseId)":"((?:chatcmpl|msg|resp|lab|req)[^"]*)"/g
const namesIn = (out: readonly string[]): readonly string[] => [
  ...new Set([...out.join('\n').matchAll(NAMES)].map(([, name = '']) => name)),
]

const FORMS: Readonly<Record<string, readonly (readonly [vendor: string, client: string])[]>> = {
  'openai-chat': [
    ['chatcmpl-lab1', 'chatcmpl-lab1'],
    ['msg_lab1', 'chatcmpl-msg_lab1'],
    ['resp_lab1', 'chatcmpl-resp_lab1'],
    ['', 'chatcmpl-req_1'],
  ],
  anthropic: [
    ['msg_lab1', 'msg_lab1'],
    ['chatcmpl-lab1', 'msg_chatcmpl-lab1'],
    ['', 'msg_req_1'],
  ],
  gemini: [
    ['lab1', 'lab1'],
    ['chatcmpl-lab1', 'chatcmpl-lab1'],
    ['', 'req_1'],
  ],
  'openai-responses': [
    ['chatcmpl-lab1', 'resp_req1'],
    ['', 'resp_req1'],
  ],
}

describe.each(entries.map(({ dialect }) => ({ dialect, id: dialect.id })))('$id', ({ dialect, id }) => {
  it.each((FORMS[id] ?? []).map(([vendor, client]) => ({ vendor, client })))(
    "row 30: '$vendor' is '$client' to a client, streamed and whole",
    ({ vendor, client }) => {
      const events = answer(vendor)
      const out = written(
        dialect,
        events.map((event) => ({ events: [event] })),
      ).filter((data) => data !== '[DONE]')
      const names = namesIn(out).filter((name) => !name.startsWith('msg_mnw'))
      expect(names).toEqual([client])
      const { id: own, responseId = own } = dialect.writeReply([{ events }], CONTEXT)
      expect(responseId).toBe(client)
    },
  )
})
