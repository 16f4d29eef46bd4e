// What the vendors' suite asks of every record: one question with everything in it, and the same without each part.
import type { ModelRequest, Sampling } from '../../shared/request.ts'
import { PIXEL, schema } from '../../tools/data/question.ts'

type Without = readonly [string, (request: ModelRequest) => ModelRequest]

const unsampled =
  (key: keyof Sampling) =>
  (request: ModelRequest): ModelRequest => {
    const { [key]: _, ...rest } = request.sampling
    return { ...request, sampling: rest }
  }

const withoutKey =
  (key: 'toolChoice' | 'parallelTools' | 'reasoning' | 'user' | 'serviceTier') =>
  (request: ModelRequest): ModelRequest => {
    const { [key]: _, ...rest } = request
    return rest
  }

/** Every parameter by its name in `dropped`, and the question without it. */
export const parameters: readonly Without[] = [
  ['temperature', unsampled('temperature')],
  ['top_p', unsampled('topP')],
  ['top_k', unsampled('topK')],
  ['min_p', unsampled('minP')],
  ['stop', unsampled('stop')],
  ['seed', unsampled('seed')],
  ['presence_penalty', unsampled('presencePenalty')],
  ['frequency_penalty', unsampled('frequencyPenalty')],
  ['logit_bias', unsampled('logitBias')],
  ['logprobs', unsampled('topLogprobs')],
  ['n', (request) => ({ ...request, choices: 1 })],
  ['response_format', (request) => ({ ...request, format: { type: 'text' } })],
  ['reasoning_effort', withoutKey('reasoning')],
  ['tool_choice', withoutKey('toolChoice')],
  ['parallel_tool_calls', withoutKey('parallelTools')],
  ['user', withoutKey('user')],
  ['service_tier', withoutKey('serviceTier')],
  ['tools', (request) => withoutKey('toolChoice')(withoutKey('parallelTools')({ ...request, tools: [] }))],
  [
    'images',
    (request) => ({
      ...request,
      messages: request.messages.map((message) => ({
        ...message,
        parts: message.parts.filter((part) => part.type !== 'image'),
      })),
    }),
  ],
]

/** The same question as a client of chat completions would send it, with a field that nobody has heard of. */
export const everythingChat = {
  model: 'big',
  messages: [
    { role: 'developer', content: 'Be brief.' },
    {
      role: 'user',
      name: 'ann',
      content: [
        { type: 'text', text: 'What is the weather?' },
        { type: 'image_url', image_url: { url: PIXEL } },
      ],
    },
  ],
  tools: [{ type: 'function', function: { name: 'weather', parameters: schema, strict: true } }],
  tool_choice: { type: 'function', function: { name: 'weather' } },
  parallel_tool_calls: false,
  stream: true,
  n: 2,
  response_format: { type: 'json_schema', json_schema: { name: 'weather', schema, strict: true } },
  reasoning_effort: 'high',
  temperature: 0.7,
  top_p: 0.6,
  top_k: 37,
  min_p: 0.04,
  stop: 'END',
  seed: 4242,
  presence_penalty: 0.25,
  frequency_penalty: 0.375,
  logit_bias: { '50256': -7 },
  logprobs: true,
  top_logprobs: 3,
  max_tokens: 2000,
  user: 'user-4711',
  service_tier: 'priority',
  x_unheard_of: true,
}
