// The items of an answer as a client gets them: begun, filled and done. Pure.
import type { Fields } from '../../fields.ts'

export type Status = 'in_progress' | 'completed' | 'incomplete'

export interface MessageDraft {
  readonly kind: 'message'
  readonly id: string
  readonly index: number
  readonly parts: PartDraft[]
  /** Where a vendor has begun it: what it said of it. */
  readonly given?: Fields
  status: Status
}

export interface PartDraft {
  readonly type: 'output_text' | 'refusal'
  text: string
  readonly logprobs: unknown[]
  readonly annotations?: readonly unknown[]
  /** Its end is told; what is said after it is another part. */
  readonly isDone?: boolean
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

/** An item that a vendor has told to its end. */
export interface ToldDraft {
  readonly kind: 'told'
  readonly index: number
  readonly item: Fields
}

export type Draft = MessageDraft | ThoughtDraft | CallDraft | ToldDraft

export const writePart = ({ type, text, logprobs, annotations = [] }: PartDraft): Fields =>
  type === 'refusal'
    ? { type, refusal: text }
    : { type, text, annotations: [...annotations], logprobs: [...logprobs] }

export const writeSummary = (text: string): Fields => ({ type: 'summary_text', text })

/** The item as far as it has come. */
export function writeItem(draft: Draft): Fields {
  if (draft.kind === 'told') return draft.item
  const { id } = draft
  switch (draft.kind) {
    case 'message':
      return {
        ...draft.given,
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
