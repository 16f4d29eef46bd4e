// The items of an answer as a client gets them: begun, filled and done. Pure.
import type { Fields } from '../../fields.ts'

export type Status = 'in_progress' | 'completed' | 'incomplete'

export interface MessageDraft {
  readonly kind: 'message'
  readonly id: string
  readonly index: number
  readonly parts: PartDraft[]
  status: Status
}

export interface PartDraft {
  readonly type: 'output_text' | 'refusal'
  text: string
  readonly logprobs: unknown[]
}

export interface ThoughtDraft {
  readonly kind: 'reasoning'
  readonly id: string
  readonly index: number
  /** Undefined until there is a word to read. */
  text: string | undefined
  encrypted: string | undefined
}

export interface CallDraft {
  readonly kind: 'call'
  readonly id: string
  readonly index: number
  readonly callId: string
  readonly name: string
  json: string
  status: Status
}

export type Draft = MessageDraft | ThoughtDraft | CallDraft

export const writePart = ({ type, text, logprobs }: PartDraft): Fields =>
  type === 'refusal' ? { type, refusal: text } : { type, text, annotations: [], logprobs: [...logprobs] }

export const writeSummary = (text: string): Fields => ({ type: 'summary_text', text })

/** The item as far as it has come. */
export function writeItem(draft: Draft): Fields {
  const { id } = draft
  switch (draft.kind) {
    case 'message':
      return {
        id,
        type: 'message',
        status: draft.status,
        content: draft.parts.map(writePart),
        role: 'assistant',
      }
    case 'reasoning':
      return {
        id,
        type: 'reasoning',
        summary: draft.text === undefined ? [] : [writeSummary(draft.text)],
        ...(draft.encrypted === undefined ? {} : { encrypted_content: draft.encrypted }),
      }
    case 'call':
      return {
        id,
        type: 'function_call',
        status: draft.status,
        arguments: draft.json,
        call_id: draft.callId,
        name: draft.name,
      }
  }
}
