// A prompt as a request, as a client with nothing else to say would send it.
import type { ModelRequest } from '../../shared/request.ts'

export const ask = (text: string): ModelRequest => ({
  model: 'auto',
  stream: false,
  streamUsage: false,
  choices: 1,
  format: { type: 'text' },
  sampling: {},
  tools: [],
  limits: {},
  messages: [{ role: 'user', parts: [{ type: 'text', text }] }],
  native: { dialect: 'openai-chat', body: {} },
})
