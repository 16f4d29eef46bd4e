// How a conversation begins: the same in all of its turns, so it tells one from another where nobody has named it. Pure.
import { type ModelRequest, textOf } from './request.ts'

/** Conversations that begin alike so far have their first prompt in common, too. */
const READ_CHARS = 1_000

/** Up to the first thing that a user says. */
export function beginningOf({ messages }: Pick<ModelRequest, 'messages'>): string {
  const first = messages.findIndex(({ role }) => role === 'user')
  return messages
    .slice(0, first + 1)
    .map((message) => textOf(message).slice(0, READ_CHARS))
    .join('\n')
}

/** Has it been answered before? What stands last may be the beginning of an answer. */
export const isUnderWay = ({ messages }: Pick<ModelRequest, 'messages'>): boolean =>
  messages.some(({ role }, at) => role === 'assistant' && at < messages.length - 1)
