// One question with everything in it, to see what becomes of it on a vendor's wire.
import type { ModelRequest, Sampling } from '../../shared/request.ts'

export const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII='

const sampling: Sampling = {
  temperature: 0.7,
  topP: 0.6,
  topK: 37,
  minP: 0.04,
  stop: ['END'],
  seed: 4242,
  presencePenalty: 0.25,
  frequencyPenalty: 0.375,
  logitBias: { '50256': -7 },
  topLogprobs: 3,
}

export const schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}

/** As a client of a dialect that no vendor speaks would ask, so that nothing can be passed on unread. */
export const everything: ModelRequest = {
  model: 'big',
  messages: [
    { role: 'developer', parts: [{ type: 'text', text: 'Be brief.' }] },
    {
      role: 'user',
      parts: [
        { type: 'text', text: 'What is the weather here?' },
        { type: 'image', url: PIXEL },
      ],
    },
    {
      role: 'assistant',
      parts: [{ type: 'text', text: 'I look.' }],
      toolCalls: [{ id: 'toolu_01A09q90qw90lq917835lq9', name: 'weather', json: '{"city":"Oslo"}' }],
    },
    {
      role: 'tool',
      toolCallId: 'toolu_01A09q90qw90lq917835lq9',
      parts: [{ type: 'text', text: 'rain, 8 degrees' }],
    },
  ],
  tools: [{ name: 'weather', description: 'The weather in a city.', parameters: schema, strict: true }],
  toolChoice: 'required',
  parallelTools: false,
  stream: true,
  streamUsage: false,
  choices: 2,
  format: { type: 'json-schema', name: 'weather', schema, strict: true },
  reasoning: { effort: 'high' },
  sampling,
  limits: { maxOutput: 2000 },
  user: 'user-4711',
  serviceTier: 'priority',
  native: { dialect: 'none', body: {} },
}
