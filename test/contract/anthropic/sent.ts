// What becomes of a question on this wire: asked in chat completions, or in the middle language, sent as Messages.
import { anthropic } from '../../../shared/dialects/anthropic/index.ts'
import { openaiChat } from '../../../shared/dialects/openai-chat/index.ts'
import type { WireRequest, WireTarget } from '../../../shared/dialect.ts'
import type { Message, ModelRequest } from '../../../shared/request.ts'
import { requestFor } from '../../unit/samples.ts'

const dialect = anthropic()
const chat = openaiChat()

export const NEW = 'claude-opus-5-5'
export const OLD = 'claude-sonnet-4-5'

/** A chat completions body, written for a model. */
export const fromChat = (more: object, model = OLD, over: Partial<WireTarget> = {}): WireRequest =>
  dialect.writeRequest(
    chat.readRequest({ model: 'big', messages: [{ role: 'user', content: 'Hi' }], ...more }),
    { model, ...over },
  )

/** A request of the middle language, written for a model. */
export const fromMiddle = (
  more: Partial<ModelRequest>,
  model = OLD,
  over: Partial<WireTarget> = {},
): WireRequest =>
  dialect.writeRequest(requestFor('Hi', { stream: false, native: { dialect: 'none', body: {} }, ...more }), {
    model,
    ...over,
  })

/** A body of this dialect, sent on to a model of its own. */
export const passedOn = (more: object, model = OLD, over: Partial<WireTarget> = {}): WireRequest =>
  dialect.writeRequest(dialect.readRequest(own(more)), { model, ...over })

export const own = (more: object): Record<string, unknown> => ({
  model: 'big',
  max_tokens: 1_024,
  messages: [{ role: 'user', content: 'Hi' }],
  ...more,
})

export const says = (role: Message['role'], text: string, more: Partial<Message> = {}): Message => ({
  role,
  parts: text === '' ? [] : [{ type: 'text', text }],
  ...more,
})
