// The names that this gateway gives to answers and items, in the form that the Responses API has them. Pure.
import type { ReplyContext } from '../../dialect.ts'

/** Stands in every id made here, so that no vendor is asked for an item that it never made. */
const MARK = 'mnw'
/** OpenAI refuses ids of items and calls that are longer than 64 characters. */
const ID_CHARS = 64
const SEED_CHARS = 40

const safe = (text: string): string => text.replaceAll(/[^A-Za-z0-9-]/g, '').slice(-SEED_CHARS)

/** The id of the answer: the name under which it is kept, else one made of the request's id. */
export const responseId = ({ replyId, requestId }: ReplyContext): string =>
  replyId ?? `resp_${safe(requestId)}`

/** What the ids of an answer's items are made of. */
export const seedOf = (context: ReplyContext): string =>
  safe((context.replyId ?? context.requestId).replace(/^resp_/, ''))

export const itemId = (prefix: string, seed: string, position: number | string): string =>
  `${prefix}_${MARK}${safe(seed)}_${position}`

export const isOurs = (id: unknown): boolean => typeof id === 'string' && /^[a-z]+_mnw/.test(id)

/** A call's id as the vendor takes it; the end of a long one is what tells it from others. */
export const callId = (id: string): string => (id.length <= ID_CHARS ? id : id.slice(-ID_CHARS))
